"""Budgets 5 to 7: how quick pages are beside a view that does nothing, and how many queries they make."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

from django.core.cache import cache
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from marketplace.bench.caller import HELLO, Caller, application
from marketplace.bench.clock import ratio_in_turn
from marketplace.bench.findings import Finding, Unmeasured
from marketplace.bench.place import Market
from marketplace.bench.profiles import of_python, of_queries
from marketplace.seed.people import DEMO_EMAILS
from offerboard.models import Lead

ROUNDS, TIMES = 15, 4
VISITOR, SIGNED_IN = 6, 10  # queries


@dataclass(frozen=True, slots=True)
class Pages:
    """Addresses of pages, each once with little on it and once with much."""

    board: str  # as everybody sees it
    filtered: tuple[str, str]  # the board of one company
    lead: tuple[str, str]
    company: tuple[str, str]
    inbox: tuple[str, str]


def measure_pages(_market: Market) -> Iterator[Finding | Unmeasured]:
    """Budgets 5 to 7, as a visitor and as a member."""
    pages = _pages()
    with application() as whole:
        visitor = Caller(whole)
        member = Caller(whole, Member.objects.get(email=DEMO_EMAILS["seller"]))
        for address in (pages.board, *pages.filtered, *pages.lead, *pages.company, HELLO):
            visitor.page(address)
        yield _rate(5, "board page, uncached", visitor, pages.board, at_least=0.25, uncached=True)
        yield _rate(5, "board page, cached", visitor, pages.board, at_least=0.9)
        yield _not_modified(visitor, pages.board)
        yield _rate(6, "lead page, uncached", visitor, pages.lead[1], at_least=0.25, uncached=True)
        yield _rate(6, "company page, uncached", visitor, pages.company[1], at_least=0.25, uncached=True)
        for name, addresses in (("board", pages.filtered), ("lead", pages.lead), ("company", pages.company)):
            yield _queries(f"{name}, visitor", visitor, addresses, at_most=VISITOR)
            yield _queries(f"{name}, signed in", member, addresses, at_most=SIGNED_IN)
        yield _queries("inbox, signed in", member, pages.inbox, at_most=SIGNED_IN)


def _pages() -> Pages:
    """Of what is public now: pages go by the clock on the wall, not by the market's."""
    board = reverse("offerboard:board")
    leads = Lead.objects.public(at=timezone.now())
    newest = leads.filter(board_entry__isnull=False).order_by("-board_entry__rank").values_list("slug", flat=True)
    plain, pictured = newest.filter(pictures=None)[0], newest.filter(pictures__isnull=False)[0]
    by_leads = leads.values_list("company__slug").annotate(n=Count("pk")).order_by("n", "company")
    quiet, busy = by_leads[0][0], by_leads.reverse()[0][0]
    inbox = reverse("offerboard:inquiries")
    return Pages(
        board=board,
        filtered=(f"{board}?company={quiet}", f"{board}?company={busy}"),
        lead=(reverse("offerboard:lead", args=[plain]), reverse("offerboard:lead", args=[pictured])),
        company=(reverse("directory:company", args=[quiet]), reverse("directory:company", args=[busy])),
        inbox=(f"{inbox}?folder=sent", inbox),  # of the demo's seller, who got more than she sent
    )


def _rate(number: int, what: str, caller: Caller, address: str, *, at_least: float, uncached: bool = False) -> Finding:
    """Requests a second over those of the view that does nothing."""
    page = partial(_new_page, caller, address, count()) if uncached else partial(caller.page, address)
    hello, taken, ratio = ratio_in_turn(
        partial(caller.page, HELLO), page, rounds=ROUNDS, times=TIMES, before=cache.clear if uncached else None
    )
    return Finding(
        number=number,
        what=what,
        value=ratio,
        at_least=at_least,
        measured=f"{1 / taken:.0f}/s over {1 / hello:.0f}/s",
        profile=lambda: f"{of_queries(page)}\n{of_python(page)}",
    )


def _new_page(caller: Caller, address: str, numbers: "count[int]") -> None:
    """Read the page under an address that nobody has read before, so that no kept page answers."""
    caller.page(f"{address}{'&' if '?' in address else '?'}bench={next(numbers)}")


def _not_modified(caller: Caller, address: str) -> Finding | Unmeasured:
    """For readers who have the page already."""
    etag = caller.page(address).headers.get("etag", "")
    if not etag or caller.get(address, etag=etag).status != 304:
        return Unmeasured(5, "board page, 304", "not built yet: the board answers no 304")
    again = partial(caller.get, address, etag=etag)
    hello, taken, ratio = ratio_in_turn(partial(caller.page, HELLO), again, rounds=ROUNDS, times=TIMES)
    return Finding(
        number=5,
        what="board page, 304",
        value=ratio,
        at_least=0.4,
        measured=f"{1 / taken:.0f}/s over {1 / hello:.0f}/s",
        profile=lambda: f"{of_queries(again)}\n{of_python(again)}",
    )


def _queries(what: str, caller: Caller, addresses: tuple[str, str], *, at_most: int) -> Finding:
    """Statements of a page that shows little and of one that shows much; as many for both."""
    cache.clear()
    for address in addresses:
        caller.page(address)  # what is noted or read once in minutes, such as a session's last use, is of no page
    few, many = (caller.queries(f"{address}{'&' if '?' in address else '?'}bench=q") for address in addresses)
    return Finding(
        number=7,
        what=f"queries: {what}",
        value=many if few == many else max(few, many, at_most + 1),
        at_most=at_most,
        measured=f"{few} with little on it, {many} with much",
        words=str(many) if few == many else f"{few} or {many}: not constant",
        profile=lambda: "\n".join(of_queries(partial(caller.page, address)) for address in addresses),
    )
