"""What the home page shows, fetched whole."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import Company
from directory.places import country_name
from directory.prepared import AT
from directory.selectors.cards import CompanyCard, company_cards
from directory.selectors.trust import identity_checked_at
from offerboard.models import Lead
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import LeadCard, number
from offerboard.search import Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.cards import PreparedCards
from offerboard.selectors.tree import category_tree

MOST_CATEGORIES = 16
NEWEST = 4  # of each kind
VERIFIED = 6
EXAMPLES = 4  # searches that find something


@dataclass(frozen=True, slots=True)
class Shelf:
    """A branch of the tree with how many leads it holds."""

    name: str
    url: str
    count: str


@dataclass(frozen=True, slots=True)
class Column:
    """The newest leads of one kind."""

    cards: list[LeadCard]
    all_label: str  # "All 13,206 sell offers"
    all_url: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """Everything the home page's template draws."""

    lede: str
    countries: list[tuple[str, str]]  # that have leads: code and name
    examples: list[tuple[str, str]]
    shelves: list[Shelf]
    sell: Column
    buy: Column
    verified: list[CompanyCard]
    canonical: str


def home_page(*, now: datetime) -> HomePage:
    """The market at a glance, in true figures. Five queries."""
    tree = category_tree()
    public = Lead.objects.public(at=now)
    by_category: dict[str, int] = {}
    by_kind: dict[str, int] = {}
    for slug, kind, count in public.values_list("category__slug", "kind").annotate(Count("pk")):
        by_category[slug] = by_category.get(slug, 0) + count
        by_kind[kind] = by_kind.get(kind, 0) + count
    firms = dict(public.values_list("country").annotate(Count("company", distinct=True)))
    sizes = {top: sum(by_category.get(slug, 0) for slug in (top, *leaves)) for top, leaves in tree.leaves.items()}
    largest = sorted(sizes, key=lambda top: -sizes[top])[:MOST_CATEGORIES]
    sought = sorted(by_category, key=lambda slug: -by_category[slug])[:EXAMPLES]
    cards = NEWEST_CARDS.cards({}, now=now)
    return HomePage(
        lede=_lede(companies=sum(firms.values()), countries=len(firms)),
        countries=sorted(((code, country_name(code)) for code in firms), key=lambda pair: pair[1]),
        examples=[(tree.names[slug], _board_of(slug)) for slug in sought],
        shelves=[Shelf(tree.names[top], _board_of(top), number(sizes[top])) for top in largest],
        sell=_column(Lead.Kind.SELL_OFFER, cards, by_kind),
        buy=_column(Lead.Kind.BUY_INQUIRY, cards, by_kind),
        verified=_recently_verified(now=now),
        canonical=settings.SITE_URL + reverse("marketplace:home"),
    )


def _board_of(category: str) -> str:
    return board_address(Filters(categories=(category,)))


def _lede(*, companies: int, countries: int) -> str:
    if not companies:
        return _("The first leads will stand here. Read everything without an account.")
    words = {
        "companies": ngettext("%(n)s company", "%(n)s companies", companies) % {"n": number(companies)},
        "countries": ngettext("%(n)s country", "%(n)s countries", countries) % {"n": number(countries)},
    }
    return _("Trade leads from %(companies)s in %(countries)s. Read everything without an account.") % words


def _newest() -> LeadQuerySet:
    """The newest of both kinds, asked for at once."""
    public = Lead.objects.public(at=AT).newest_first().values("pk")
    of_each = [Q(pk__in=public.filter(kind=kind)[:NEWEST]) for kind in Lead.Kind]
    return Lead.objects.filter(of_each[0] | of_each[1]).newest_first()


NEWEST_CARDS = PreparedCards(_newest)


def _column(kind: Lead.Kind, cards: list[LeadCard], by_kind: dict[str, int]) -> Column:
    count = by_kind.get(kind, 0)
    selling = kind == Lead.Kind.SELL_OFFER
    words = (
        ngettext("The only sell offer", "All %(n)s sell offers", count)
        if selling
        else ngettext("The only buy inquiry", "All %(n)s buy inquiries", count)
    )
    return Column(
        cards=[card for card in cards if card.is_sell == selling],
        all_label=words % {"n": number(count)},
        all_url=board_address(Filters(kind=kind)),
    )


def _recently_verified(*, now: datetime) -> list[CompanyCard]:
    verified = Company.objects.listed().annotate(last_checked_at=identity_checked_at(at=now))
    newest = verified.filter(last_checked_at__isnull=False).order_by("-last_checked_at", "-id")
    return company_cards(newest[:VERIFIED], now=now)
