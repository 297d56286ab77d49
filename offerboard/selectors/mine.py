"""What a company sees of its own leads."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from directory.models import Company
from offerboard import presentation
from offerboard.keyset import Cursor, NotOurCursor, read_cursor, write_cursor
from offerboard.models import Inquiry, Lead

PAGE = 20
FEW = 5  # leads
COUNTED = 5000  # leads, the last changed ones; of companies with more the tabs say “at least”
MOST_WORDS = 160  # characters, as titles have
ORDER = "mine"  # last changed first
TABS: Mapping[str, Any] = {
    "published": gettext_lazy("Published"),
    "drafts": gettext_lazy("Drafts"),
    "waiting": gettext_lazy("Waiting for review"),
    "paused": gettext_lazy("Paused"),
    "expired": gettext_lazy("Expired"),
    "rejected": gettext_lazy("Rejected"),
    "closed": gettext_lazy("Closed"),
}
ONLY_WHEN_FILLED = {"waiting", "rejected"}  # most companies never have one
STATE_TABS: Mapping[str, str] = {
    Lead.State.DRAFT: "drafts",
    Lead.State.PENDING: "waiting",
    Lead.State.PUBLISHED: "published",
    Lead.State.PAUSED: "paused",
    Lead.State.REJECTED: "rejected",
    Lead.State.CLOSED: "closed",
}
TAG_COLOURS: Mapping[str, str] = {"published": "tag-ok", "expired": "tag-warn", "rejected": "tag-bad"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the states by which the page sorts leads."""

    key: str
    label: str
    count: int
    is_whole: bool  # else there may be more
    url: str
    is_current: bool

    @property
    def count_label(self) -> str:
        """57, or 1,200+; nothing where none was found and some may be."""
        if self.is_whole:
            return presentation.number(self.count)
        return f"{presentation.number(self.count)}+" if self.count else ""


@dataclass(frozen=True, slots=True)
class MyLead:
    """A row of the page: what it says and what can be done to it now."""

    slug: str
    url: str  # its public page while it has one, else its preview
    title: str
    is_sell: bool
    kind_label: str
    category: str
    price: str
    quantity: str
    tab: str
    state: str
    colour: str
    moment: datetime  # what `timing` speaks of
    timing: str
    moment_full: str
    ends_soon: bool
    inquiries: str
    rejection: str
    is_hidden: bool
    is_leaving: bool  # hidden with its author, who wishes to leave
    can_renew: bool
    can_pause: bool
    can_resume: bool
    can_close: bool
    can_edit: bool
    is_draft: bool
    can_copy: bool
    copy_number: str  # goes with the button, so that of two clicks one copies


@dataclass(frozen=True, slots=True)
class MyLeadsPage:
    """The page: tabs with counts, the rows of one, and where the next page starts."""

    tabs: list[Tab]
    current: Tab
    rows: list[MyLead]
    next_url: str
    label: str
    words: str  # searched for in the titles, or ""

    @property
    def is_searchable(self) -> bool:
        """A handful of leads is found by looking."""
        return bool(self.words) or sum(tab.count for tab in self.tabs) > FEW


def my_leads_page(*, company: Company, tab: str, words: str = "", cursor: str, now: datetime) -> MyLeadsPage:
    """The company's leads of one tab, last changed first; without a known tab the first that holds any. Two queries.

    With `words`, only leads with them in their title; the tabs count these.
    """
    words = " ".join(words.split())[:MOST_WORDS]
    tabs = my_tabs(company=company, tab=tab, words=words, now=now)
    current = next(one for one in tabs if one.is_current)
    leads = Lead.objects.filter(_in_tab(current.key, now), _titled(words), company=company)
    after = _read(cursor)
    if after:
        leads = leads.filter(Q(updated_at__lt=after.key) | Q(updated_at=after.key, slug__lt=after.slug))
    found = _rows(leads.order_by("-updated_at", "-slug")[: PAGE + 1], now=now)
    rows = [row for _lead, row in found[:PAGE]]
    seen = after.seen if after else 0
    next_url = ""
    if len(found) > PAGE:
        last, _row = found[PAGE - 1]
        mark = write_cursor(Cursor(order=ORDER, key=last.updated_at, slug=last.slug, seen=seen + PAGE))
        next_url = f"?{urlencode({'state': current.key} | _asked(words) | {'after': mark})}"
    return MyLeadsPage(
        tabs=tabs,
        current=current,
        rows=rows,
        next_url=next_url,
        label=_label(seen, len(rows), current) if next_url or after else "",
        words=words,
    )


def my_tabs(*, company: Company, tab: str, words: str = "", now: datetime) -> list[Tab]:
    """The tabs with their counts; the one asked for, else the first that holds a lead, is current.

    One query, along the index of the rows' order, over at most COUNTED leads: an importer may have any number.
    """
    latest = Lead.objects.filter(company=company).order_by("-updated_at", "-slug")[: COUNTED + 1]
    counts = latest.aggregate(
        **{key: Count("pk", filter=_in_tab(key, now) & _titled(words)) for key in TABS}, looked_at=Count("pk")
    )
    is_whole = counts["looked_at"] <= COUNTED
    chosen = tab if tab in TABS else next((key for key in TABS if counts[key]), "published")
    return [
        Tab(
            key=key,
            label=str(label),
            count=counts[key],
            is_whole=is_whole,
            url=f"{reverse('offerboard:my_leads')}?{urlencode({'state': key} | _asked(words))}",
            is_current=key == chosen,
        )
        for key, label in TABS.items()
        if counts[key] or key == chosen or key not in ONLY_WHEN_FILLED or not is_whole
    ]


def my_lead(*, lead: Lead, now: datetime) -> MyLead:
    """One row, as it is now. One query."""
    [(_lead, row)] = _rows(Lead.objects.filter(pk=lead.pk), now=now)
    return row


def tab_of(lead: Lead, *, now: datetime) -> str:
    """The key of the tab a lead stands in; expiry is a time and no state."""
    tab = STATE_TABS[lead.state]
    is_over = lead.expires_at is not None and lead.expires_at <= now
    return "expired" if is_over and tab in {"published", "paused"} else tab


def _read(cursor: str) -> Cursor | None:
    """A mark that we never wrote leads to the start."""
    try:
        after = read_cursor(cursor, order=ORDER)
    except NotOurCursor:
        return None
    return after if isinstance(after.key, datetime) else None


def _label(seen: int, shown: int, tab: Tab) -> str:
    """Leads 21 to 40 of 55, or of 1,200+."""
    known = replace(tab, count=max(tab.count, seen + shown))
    words = {"first": seen + 1, "last": seen + shown, "total": known.count_label}
    return _("Leads %(first)d to %(last)d of %(total)s") % words


def _in_tab(key: str, now: datetime) -> Q:
    if key == "expired":
        return Q(state__in=[Lead.State.PUBLISHED, Lead.State.PAUSED], expires_at__lte=now)
    state = next(state for state, tab in STATE_TABS.items() if tab == key)
    return Q(state=state, expires_at__gt=now) if key in {"published", "paused"} else Q(state=state)


def _titled(words: str) -> Q:
    return Q(title__icontains=words) if words else Q()


def _asked(words: str) -> dict[str, str]:
    return {"q": words} if words else {}


def _rows(leads: Any, *, now: datetime) -> list[tuple[Lead, MyLead]]:
    asked = Inquiry.objects.filter(lead=OuterRef("pk")).order_by().values("lead").annotate(n=Count("pk")).values("n")
    rows = (
        leads.select_related("category", "company")
        .defer("description", "company__description", "company__search")
        .annotate(asked=Coalesce(Subquery(asked), 0))
    )
    return [(lead, _row(lead, asked=lead.asked, now=now)) for lead in rows]


def _row(lead: Lead, *, asked: int, now: datetime) -> MyLead:
    tab = tab_of(lead, now=now)
    moment, timing = _timing(lead, tab=tab, now=now)
    is_public = lead.is_public(at=now)
    price = presentation.price_words(lead)
    return MyLead(
        slug=lead.slug,
        url=lead.get_absolute_url() if is_public else reverse("offerboard:preview", args=[lead.slug]),
        title=str(lead),
        is_sell=lead.kind == Lead.Kind.SELL_OFFER,
        kind_label=lead.get_kind_display(),
        category=lead.category.name if lead.category else _("No category yet"),
        price=f"{price} {presentation.price_note(lead)}".strip() if price else _price_missing(lead),
        quantity=presentation.quantity(lead.quantity, lead.unit) if lead.quantity else _("No quantity yet"),
        tab=tab,
        state=str(TABS[tab]),
        colour=TAG_COLOURS.get(tab, ""),
        moment=moment,
        timing=timing,
        moment_full=presentation.full_time(moment),
        ends_soon=tab == "published" and bool(presentation.ends_soon(moment, now=now)),
        inquiries=ngettext("%(n)s inquiry", "%(n)s inquiries", asked) % {"n": presentation.number(asked)},
        rejection=lead.rejection if tab == "rejected" else "",
        is_hidden=bool(set(lead.holds) - {Lead.Hold.COMPANY, Lead.Hold.LEAVING}),
        is_leaving=Lead.Hold.LEAVING in lead.holds,
        can_renew=lead.may_return(at=now) and not lead.runs_its_full_time(at=now),
        can_pause=tab == "published",
        can_resume=tab == "paused",
        can_close=tab not in {"drafts", "closed"},
        can_edit=tab != "closed",
        is_draft=tab == "drafts",
        can_copy=tab not in {"drafts", "rejected"} and Lead.Hold.MODERATION not in lead.holds,
        copy_number=str(uuid4()),
    )


def _price_missing(lead: Lead) -> str:
    if lead.state == Lead.State.DRAFT and not lead.price_on_request:
        return _("No price yet")
    return presentation.price_missing(lead)


def _timing(lead: Lead, *, tab: str, now: datetime) -> tuple[datetime, str]:
    """What a row says about time, and the moment it means."""
    changed = lead.updated_at
    ago = presentation.ago(changed, now=now)
    if lead.expires_at and tab in {"published", "paused"}:
        return lead.expires_at, presentation.time_left(lead.expires_at, now=now)
    if lead.expires_at and tab == "expired":
        return lead.expires_at, _("Expired %(ago)s") % {"ago": presentation.ago(lead.expires_at, now=now)}
    words = {
        "drafts": _("Saved %(ago)s"),
        "waiting": _("Sent %(ago)s"),
        "rejected": _("Rejected %(ago)s"),
        "closed": _("Closed %(ago)s"),
    }
    return changed, words[tab] % {"ago": ago}
