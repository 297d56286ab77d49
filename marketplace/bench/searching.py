"""Budgets 1 to 4: how long searches take, whether their pages are right, and how deep one can page."""

import statistics
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from django.core.cache import cache

from marketplace.bench.clock import percentile, ratio_in_turn, seconds
from marketplace.bench.exact import exact_ids
from marketplace.bench.findings import Finding, Unmeasured
from marketplace.bench.mix import ADVERSARIAL, Query, search_mix
from marketplace.bench.place import Market
from marketplace.bench.profiles import of_queries
from offerboard.keyset import Cursor, write_cursor
from offerboard.models import BoardEntry, Lead
from offerboard.search import EVERYTHING, ORDERS, PAGE, Sort, search

TIMES = 3  # each search is asked in a run, after once to warm up
DEEP_PAGES = 3  # of each search are compared
MOST_PAGES = 60  # are read to find them
DEPTH = 300_000  # leads
MIX, MIX_TAME = "p99 of the search mix", "p99 without the adversarial tenth"


def measure_search(market: Market) -> Iterator[Finding]:
    """Budgets 1 and 2: the mix at this size; page, count and facets together, and no answer is kept from the last."""
    mix = search_mix(market)
    page = _primary_key_page(market)
    for query in mix:
        _ask(query, market)
    taken: list[tuple[float, Query]] = []
    pages: list[float] = []
    for _ in range(TIMES):
        for query in mix:
            cache.clear()
            taken.append((seconds(partial(_ask, query, market)), query))
            pages.append(seconds(page))
    page_time = statistics.median(pages)
    yield _slow_end(MIX, market, taken, page_time, at_most=60)
    yield _slow_end(MIX_TAME, market, [pair for pair in taken if pair[1].part != ADVERSARIAL], page_time)
    for part in dict.fromkeys(query.part for query in mix):
        yield _slow_end(f"… {part}", market, [pair for pair in taken if pair[1].part == part], page_time)


def _slow_end(
    what: str, market: Market, taken: list[tuple[float, Query]], page: float, *, at_most: float | None = None
) -> Finding:
    """The 99th of a hundred searches."""
    times = [time * 1000 for time, _ in taken]
    p99 = percentile(times, 0.99)
    slowest = max(taken, key=lambda pair: pair[0])[1]
    return Finding(
        number=2,
        what=what,
        value=p99,
        at_most=at_most,
        measured=f"median {statistics.median(times):.1f} ms; {p99 / page / 1000:.0f} keyed pages, {page * 1000:.2f} ms",
        words=f"{p99:.1f} ms",
        profile=lambda: f"The slowest: {slowest.part}, {slowest.filters}\n{of_queries(partial(_ask, slowest, market))}",
    )


def measure_exactness(market: Market) -> Iterator[Finding]:
    """Budget 3: the first pages, newest first, against an exact query of the same."""
    newest = [query for query in search_mix(market) if query.filters.sort == Sort.NEWEST]
    wrong = [query for query in newest if not _is_exact(query, market)]
    yield Finding(
        number=3,
        what=f"first {DEEP_PAGES} pages equal to an exact query's",
        value=100 * (1 - len(wrong) / len(newest)),
        at_least=100,
        measured=f"{len(newest) - len(wrong)} of {len(newest)} searches",
        words=f"{100 * (1 - len(wrong) / len(newest)):.1f} %",
        profile=lambda: "\n".join(f"differs: {query.part}, {query.filters}" for query in wrong)[:6000],
    )


def measure_depth(market: Market) -> Iterator[Finding | Unmeasured]:
    """Budget 4: a page far down the board over the first page."""
    order = ORDERS[Sort.NEWEST]
    board = BoardEntry.objects.public(at=market.now).newest_first()
    depth = min(DEPTH, board.count() * 3 // 4)
    last = board.values_list(order.key, "lead__slug")[depth - 1 : depth].first()
    if last is None:
        yield Unmeasured(4, "deep page over first page", "no leads")
        return
    after = write_cursor(Cursor(order=Sort.NEWEST, key=Decimal(last[0]), slug=last[1], seen=depth))
    deep = partial(search, EVERYTHING, now=market.now, after=after)
    first = partial(search, EVERYTHING, now=market.now)
    there, here, ratio = ratio_in_turn(deep, first, rounds=15, before=cache.clear)
    yield Finding(
        number=4,
        what=f"page at depth {depth:,} over the first",
        value=ratio,
        at_most=2,
        measured=f"{there * 1000:.1f} ms over {here * 1000:.1f} ms",
        profile=lambda: of_queries(deep),
    )


def _ask(query: Query, market: Market) -> None:
    search(query.filters, now=market.now)


def _is_exact(query: Query, market: Market) -> bool:
    """Whether page after page gives what the exact query gives; a page may be short where search looks further back."""
    wanted = exact_ids(query.filters, now=market.now, limit=PAGE * DEEP_PAGES)
    found: list[int] = []
    after = ""
    for _ in range(MOST_PAGES):
        results = search(query.filters, now=market.now, after=after)
        found += results.ids
        after = results.next_cursor
        if not after or len(found) > len(wanted) or len(found) == len(wanted) == PAGE * DEEP_PAGES:
            break
    return found[: PAGE * DEEP_PAGES] == wanted


def _primary_key_page(market: Market) -> "partial[list[Lead]]":
    ids = list(BoardEntry.objects.public(at=market.now).newest_first().values_list("pk", flat=True)[:PAGE])
    return partial(_fetch, ids)


def _fetch(ids: list[int]) -> list[Lead]:
    return list(Lead.objects.filter(pk__in=ids).defer("description"))
