"""What a feed of leads holds."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from directory.places import country_name
from offerboard import presentation
from offerboard.models import Lead
from offerboard.search import Filters, Sort, newest
from offerboard.selectors.addresses import board_address, feed_address
from offerboard.selectors.tree import Tree, category_tree

LONGEST_SUMMARY = 500  # characters


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A lead as readers of feeds show it."""

    url: str  # also its lasting id
    title: str
    summary: str
    company_name: str
    company_url: str
    category: str
    posted_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class LeadFeed:
    """The newest leads of a search; addresses carry the host."""

    title: str
    url: str  # the same on the board
    feed_url: str  # its own, which is also its lasting id
    entries: list[FeedEntry]

    @property
    def updated_at(self) -> datetime | None:
        """When an entry last changed; None without any."""
        return max((entry.updated_at for entry in self.entries), default=None)


def lead_feed(filters: Filters, *, now: datetime) -> LeadFeed:
    """The newest public leads that the filters ask for, whatever order the filters name."""
    tree = category_tree()
    filters = replace(filters, sort=Sort.NEWEST, categories=tree.narrowest(tree.known(filters.categories)))
    return LeadFeed(
        title=_title(filters, tree),
        url=settings.SITE_URL + board_address(filters),
        feed_url=settings.SITE_URL + feed_address(filters),
        entries=_entries(filters, now=now),
    )


def _entries(filters: Filters, *, now: datetime) -> list[FeedEntry]:
    """What was found, asked for once more by the public rule: it alone decides what is shown."""
    found = newest(filters, now=now)
    leads = Lead.objects.public(at=now).filter(pk__in=found).newest_first()
    rows: Any = leads.select_related("company", "category").defer("company__description", "company__search")
    return [_entry(lead) for lead in rows]


def _entry(lead: Any) -> FeedEntry:
    facts = [
        str(lead.get_kind_display()),
        f"{presentation.price_words(lead)} {presentation.price_unit(lead)}".strip()
        if lead.price is not None
        else presentation.price_missing(lead),
        presentation.quantity(lead.quantity, lead.unit),
        country_name(str(lead.country)),
    ]
    text = " · ".join([*facts, " ".join(lead.description.split())])
    return FeedEntry(
        url=settings.SITE_URL + lead.get_absolute_url(),
        title=lead.title,
        summary=Truncator(text).chars(LONGEST_SUMMARY),
        company_name=lead.company.legal_name,
        company_url=settings.SITE_URL + lead.company.get_absolute_url(),
        category=lead.category.name if lead.category else "",
        posted_at=lead.posted_at,
        updated_at=max(lead.updated_at, lead.posted_at),
    )


def _title(filters: Filters, tree: Tree) -> str:
    """Buy inquiries: Green coffee, Viet Nam, “grade 1”."""
    kinds = {"": _("Leads"), Lead.Kind.SELL_OFFER: _("Sell offers"), Lead.Kind.BUY_INQUIRY: _("Buy inquiries")}
    named = [
        *(tree.names[slug] for slug in filters.categories),
        *(country_name(code) for code in filters.countries),
        *([_("“%(words)s”") % {"words": filters.words}] if filters.words else []),
    ]
    kind = kinds[filters.kind]
    return _("%(leads)s: %(named)s") % {"leads": kind, "named": ", ".join(named)} if named else kind
