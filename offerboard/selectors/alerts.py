"""What a mail about new leads says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from mailings.times import Frequency
from offerboard.models import Lead, SavedSearch
from offerboard.presentation import LeadCard, number
from offerboard.selectors.cards import cards_by_id
from offerboard.selectors.saved_searches import search_address
from offerboard.stop_links import stop_all_link, stop_search_link

MOST = 10  # leads of one search


@dataclass(frozen=True, slots=True)
class AlertLead:
    """A lead in two lines."""

    title: str
    url: str
    says: str  # kind, price, quantity, company


@dataclass(frozen=True, slots=True)
class AlertGroup:
    """A search with what it has found."""

    name: str
    found: str  # "12 new leads"
    leads: list[AlertLead]
    more: str  # "and 2 more"; "" if all are here
    board_url: str
    stop_url: str


@dataclass(frozen=True, slots=True)
class Alert:
    """All that one mail says."""

    heading: str  # its subject
    groups: list[AlertGroup]
    stop_all_url: str


def news(leads: Iterable[int], *, member: Member, now: datetime) -> list[int]:
    """Those of the leads that the member may be told of, newest first: public now, and of other companies."""
    public = Lead.objects.public(at=now).filter(pk__in=list(leads))
    return list(public.exclude(company__team__member=member).newest_first().values_list("pk", flat=True))


def alert(found: Mapping[UUID, Sequence[int]], *, member: Member, now: datetime) -> Alert:
    """The mail about leads by search, newest first; in the language and time zone of the moment."""
    searches = SavedSearch.objects.filter(pk__in=found).select_related("company").order_by("created_at", "pk")
    groups = [
        _group(saved, cards_by_id(found[saved.pk][:MOST], now=now), count=len(found[saved.pk])) for saved in searches
    ]
    return Alert(
        heading=_heading(groups, count=len({lead for leads in found.values() for lead in leads})),
        groups=groups,
        stop_all_url=stop_all_link(member.pk),
    )


def _heading(groups: Sequence[AlertGroup], *, count: int) -> str:
    new = _count(count)
    if len(groups) == 1:
        return _("%(new_leads)s: %(search)s") % {"new_leads": new, "search": groups[0].name}
    of = ngettext("%(n)s search", "%(n)s searches", len(groups)) % {"n": number(len(groups))}
    return _("%(new_leads)s of %(searches)s") % {"new_leads": new, "searches": of}


def _count(leads: int) -> str:
    return ngettext("%(n)s new lead", "%(n)s new leads", leads) % {"n": number(leads)}


def _group(saved: SavedSearch, cards: Sequence[LeadCard], *, count: int) -> AlertGroup:
    more = count - len(cards)
    return AlertGroup(
        name=saved.name,
        found=_count(count),
        leads=lead_lines(cards),
        more=ngettext("and %(n)s more", "and %(n)s more", more) % {"n": number(more)} if more else "",
        board_url=urljoin(settings.SITE_URL, search_address(saved)),
        stop_url=stop_search_link(saved),
    )


def lead_lines(cards: Iterable[LeadCard]) -> list[AlertLead]:
    """Each in two lines."""
    return [_lead(card) for card in cards]


def _lead(card: LeadCard) -> AlertLead:
    price = f"{card.price} {card.price_note}".strip() if card.price else card.price_missing
    says = f"{card.kind_label} · {card.facts[0][1]} · {price} · {card.company_name}, {card.company_country}"
    return AlertLead(title=card.title, url=urljoin(settings.SITE_URL, card.url), says=says)


@dataclass(frozen=True, slots=True)
class StoppedPage:
    """What the link of a mail leads to. Whoever holds the link has read the search's name in the mail."""

    name: str  # of the search; "" where it is all of them, or gone
    is_stopped: bool  # nothing is sent any more


def stopped_page(*, pk: UUID | None = None, member_id: int | None = None) -> StoppedPage:
    """Of one search, or of all that a member has. One query."""
    searches = SavedSearch.objects.filter(pk=pk) if pk else SavedSearch.objects.filter(member=member_id)
    rows = list(searches.values_list("name", "frequency"))
    return StoppedPage(
        name=rows[0][0] if pk and rows else "",
        is_stopped=all(frequency == Frequency.OFF for _name, frequency in rows),
    )
