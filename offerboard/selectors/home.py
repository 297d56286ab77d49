"""What the home page shows, fetched whole."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import Company
from directory.places import country_name
from directory.prepared import AT
from directory.selectors.cards import CompanyCard, company_cards
from directory.selectors.trust import identity_checked_at
from offerboard.models import BoardEntry, Lead
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import LeadCard, number
from offerboard.search import Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.cards import PreparedCards
from offerboard.selectors.counts import market_holding
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
    """The market at a glance, in the figures of the last count. Four queries."""
    tree = category_tree()
    market = market_holding()
    sizes = {top: market.categories.get(top, 0) for top in tree.leaves}
    largest = sorted(sizes, key=lambda top: -sizes[top])[:MOST_CATEGORIES]
    leaves = [slug for slug in market.categories if slug not in tree.leaves]
    sought = sorted(leaves, key=lambda slug: -market.categories[slug])[:EXAMPLES]
    cards = NEWEST_CARDS.cards({}, now=now)
    return HomePage(
        lede=_lede(companies=market.companies, countries=len(market.countries)),
        countries=sorted(((code, country_name(code)) for code in market.countries), key=lambda pair: pair[1]),
        examples=[(tree.names[slug], _board_of(slug)) for slug in sought],
        shelves=[Shelf(tree.names[top], _board_of(top), number(sizes[top])) for top in largest],
        sell=_column(Lead.Kind.SELL_OFFER, cards, market.kinds),
        buy=_column(Lead.Kind.BUY_INQUIRY, cards, market.kinds),
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
    """The newest of both kinds, asked for at once: each kind walks down the board's index."""
    entries = BoardEntry.objects.public(at=AT).newest_first().values("pk")
    sell, buy = (entries.filter(kind=kind)[:NEWEST] for kind in Lead.Kind)
    return Lead.objects.filter(pk__in=sell.union(buy, all=True)).newest_first()


NEWEST_CARDS = PreparedCards(_newest)


def _column(kind: Lead.Kind, cards: list[LeadCard], by_kind: dict[str, int]) -> Column:
    selling = kind == Lead.Kind.SELL_OFFER
    shown = [card for card in cards if card.is_sell == selling]
    count = max(by_kind.get(kind, 0), len(shown))  # the first ones stand here before they are counted
    words = (
        ngettext("The only sell offer", "All %(n)s sell offers", count)
        if selling
        else ngettext("The only buy inquiry", "All %(n)s buy inquiries", count)
    )
    return Column(
        cards=shown,
        all_label=words % {"n": number(count)},
        all_url=board_address(Filters(kind=kind)),
    )


def _recently_verified(*, now: datetime) -> list[CompanyCard]:
    verified = Company.objects.listed().annotate(last_checked_at=identity_checked_at(at=now))
    newest = verified.filter(last_checked_at__isnull=False).order_by("-last_checked_at", "-id")
    return company_cards(newest[:VERIFIED], now=now)
