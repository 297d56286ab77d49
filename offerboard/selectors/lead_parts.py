"""The parts of a lead's page: tables, pictures, and the way to it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from directory import hs
from directory.places import country_name
from directory.selectors.hs import hs_note
from offerboard import presentation
from offerboard.models import Lead, LeadPicture


@dataclass(frozen=True, slots=True)
class SpecRow:
    """A name and its value; an empty value is shown as not stated. `note` stands beside it, less loud."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture as the gallery shows it."""

    href: str  # of the page with this picture in front
    thumbnail_url: str
    image_url: str
    width: int
    height: int
    alt: str
    current: bool


def specification(lead: Lead) -> list[SpecRow]:
    """What the goods are."""
    edition = hs_note(lead.hs_code, lead.hs_edition)
    return [
        SpecRow(_("Category"), lead.category.name if lead.category else ""),
        SpecRow(_("HS code"), hs.display(lead.hs_code), edition),
        SpecRow(_("Condition"), lead.get_condition_display()),
        SpecRow(_("Brand"), lead.brand),
        SpecRow(_("Model"), lead.model),
        SpecRow(_("Packaging"), lead.packaging),
    ]


def trade_terms(lead: Lead) -> list[SpecRow]:
    """On what terms they are traded."""
    wanted = lead.kind == Lead.Kind.BUY_INQUIRY
    origin = country_name(str(lead.origin)) or (_("Any country") if wanted else "")
    rule, _dot, meaning = lead.get_incoterm_display().partition(" · ")
    price = presentation.price_words(lead)
    return [
        SpecRow(_("Quantity"), presentation.quantity(lead.quantity, lead.unit)),
        SpecRow(
            _("Target price") if wanted else _("Price"),
            f"{price} {presentation.price_unit(lead)}" if price else presentation.price_missing(lead),
        ),
        SpecRow(_("Incoterms 2020"), f"{rule} {lead.place}".strip(), meaning),
        SpecRow(_("Payment terms"), lead.get_payment_terms_display()),
        SpecRow(_("Origin wanted") if wanted else _("Country of origin"), origin),
        SpecRow(_("Destination"), ", ".join(sorted(country_name(code) for code in lead.destinations))),
        SpecRow(_("Lead time"), presentation.lead_time(lead)),
        SpecRow(_("Samples"), lead.get_samples_display()),
    ]


def gallery(lead: Lead, *, chosen: str) -> list[PictureView]:
    """The lead's pictures in order; `chosen` is the number, from 1, of the one in front. One query."""
    pictures = list(lead.pictures.all())
    front = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 3 else 1
    front = front if 1 <= front <= len(pictures) else 1
    return [_picture(lead, picture, place, current=place == front) for place, picture in enumerate(pictures, start=1)]


def _picture(lead: Lead, picture: LeadPicture, place: int, *, current: bool) -> PictureView:
    return PictureView(
        href=f"{lead.get_absolute_url()}?picture={place}#pictures",
        thumbnail_url=picture.thumbnail.url,
        image_url=picture.image.url,
        width=picture.width,
        height=picture.height,
        alt=picture.caption or _("Picture %(number)d: %(title)s") % {"number": place, "title": lead.title},
        current=current,
    )


def crumbs(lead: Lead) -> list[tuple[str, str]]:
    """Leads / the branch / the category, each a page of the board."""
    board = reverse("offerboard:board")
    path = [lead.category.parent, lead.category] if lead.category else []
    return [(_("Leads"), board), *((one.name, f"{board}?category={one.slug}") for one in path if one)]
