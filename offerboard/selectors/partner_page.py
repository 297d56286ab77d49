"""What a partner's page and its feed show: the board inside what the partner chose."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from offerboard.presentation import LeadCard
from offerboard.search import Filters
from offerboard.selectors import board_filters
from offerboard.selectors.addresses import board_address, partner_address
from offerboard.selectors.board_answer import answer, lead_count, leads_shown
from offerboard.selectors.board_filters import Tab
from offerboard.selectors.cards import cards_by_id
from offerboard.selectors.feeds import LeadFeed, lead_feed
from offerboard.selectors.tree import category_tree
from partners.models import PartnerPage


class NoPartnerPage(Exception):
    """There is no such partner, its contract is over, or it has no page, or none of the page's categories is left."""


@dataclass(frozen=True, slots=True)
class PartnerBoard:
    """Everything the template of a partner's page draws."""

    title: str
    intro: str
    partner: str  # its name
    website: str
    privacy_url: str  # of the partner, "" where it gave none
    logo: tuple[str, int, int] | None  # address, width and height in pixels
    address: str
    kind: str  # that the reader chose; the partner's own needs no saying
    count: str  # "1,284 leads"
    cards: list[LeadCard]
    shown: str  # "Leads 1 to 20 of 1,284"
    first_url: str
    next_url: str
    tabs: list[Tab]  # none where the partner chose a kind
    notes: tuple[str, ...]
    instead: tuple[str, str] | None  # “did you mean”: words and address
    clear_url: str  # "" where nothing was asked
    board_url: str  # the same leads on the board, with all of its filters
    canonical: str
    feed_url: str


def partner_board(partner: str, *, words: str, kind: str, after: str, now: datetime) -> PartnerBoard:
    """The leads behind the cursor `after` that hold the words, of that kind if the partner left it open.

    Six queries at most; where the words find nothing, other searches are tried. Raises NoPartnerPage.
    """
    page, chosen = _page(partner, now=now)
    asked = replace(chosen, words=words, kind=chosen.kind or kind)
    own_kind = "" if chosen.kind else kind

    def address(filters: Filters, *, after: str = "") -> str:
        return partner_address(partner, words=filters.words, kind="" if chosen.kind else filters.kind, after=after)

    found = answer(asked, now=now, after=after)
    results = found.results
    return PartnerBoard(
        title=page.title,
        intro=page.intro,
        partner=page.partner.receiver.name,
        website=page.partner.website,
        privacy_url=page.privacy_url,
        logo=(page.logo.url, page.logo_width or 0, page.logo_height or 0) if page.logo else None,
        address=partner_address(partner),
        kind=own_kind,
        count=lead_count(results),
        cards=cards_by_id(results.ids, now=now),  # asked for once more by the public rule: it alone decides
        shown=leads_shown(results),
        first_url=address(asked) if results.position > 1 else "",
        next_url=address(asked, after=results.next_cursor) if results.next_cursor else "",
        tabs=[] if chosen.kind else board_filters.tabs(asked, results, address=address),
        notes=found.notes,
        instead=(found.better, address(replace(asked, words=found.better))) if found.better else None,
        clear_url=partner_address(partner) if words or own_kind else "",
        board_url=board_address(asked),
        canonical=settings.SITE_URL + board_address(asked),
        feed_url=reverse("offerboard:partner_feed", args=[partner]),
    )


def partner_feed(partner: str, *, now: datetime) -> LeadFeed:
    """The newest leads of the page. Raises NoPartnerPage."""
    page, chosen = _page(partner, now=now)
    return replace(
        lead_feed(chosen, now=now),
        title=f"{page.title} · {page.partner.receiver.name}",
        url=settings.SITE_URL + partner_address(partner),
        feed_url=settings.SITE_URL + reverse("offerboard:partner_feed", args=[partner]),
    )


def _page(partner: str, *, now: datetime) -> tuple[PartnerPage, Filters]:
    """The page and what the partner chose. Two queries.

    Of the categories, those that are still there: without any, the filters would ask for the whole board.
    """
    pages = PartnerPage.objects.shown(on=now.date()).select_related("partner__receiver")
    page = pages.filter(partner__slug=partner).first()
    if page is None:
        raise NoPartnerPage
    tree = category_tree()
    categories = tree.narrowest(tree.known(page.categories))
    if not categories:
        raise NoPartnerPage
    return page, Filters(kind=page.kind, categories=categories, countries=tuple(page.countries))
