"""Budget 13: how long it takes to find the saved searches that a new lead belongs to, among a million."""

import statistics
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from accounts.models import Member
from marketplace.bench.clock import percentile, seconds
from marketplace.bench.findings import Finding
from marketplace.bench.place import Market
from marketplace.bench.profiles import of_python
from marketplace.bench.vocabulary import read_vocabulary
from offerboard.covers import lexemes
from offerboard.matching import Wish, finders, shares_of
from offerboard.models import BoardEntry, Lead, SavedSearch, SearchKey

MOST, EACH = 1_000_000, 10  # searches: so many for each lead of the market, up to a million
BY_ONE = 20  # searches of one member
BATCH = 500
COPIES = 10  # members who look for the same
LEADS, WARM = 300, 100
BOUND = 20  # milliseconds


def measure_matching(market: Market) -> Iterator[Finding]:
    """Leads of the whole board in turn, each as if it were new; the searches are invented once for each market."""
    wanted = min(MOST, market.leads * EACH)
    if SavedSearch.objects.exclude(frequency="off").count() < wanted:
        _invent(wanted, market)
    rng = Random(f"matching/{market.number}")  # noqa: S311  # the same every time is the point
    board = list(BoardEntry.objects.public(at=market.now).order_by("pk").values_list("pk", flat=True))
    leads = rng.sample(board, min(LEADS + WARM, len(board)))
    for lead in leads[:WARM]:
        finders(lead, now=market.now)
    found: list[int] = []
    times = [1000 * seconds(partial(_match, lead, market, found)) for lead in leads[WARM:]]
    slowest = leads[WARM + times.index(max(times))]
    yield Finding(
        number=13,
        what=f"matching a lead with {wanted:,} searches, ms",
        value=statistics.median(times),
        at_most=BOUND,
        measured=f"p90 {percentile(times, 0.9):.1f}, p99 {percentile(times, 0.99):.1f}; {_found(found)}",
        profile=lambda: of_python(lambda: finders(slowest, now=market.now)),
    )


def _match(lead: int, market: Market, found: list[int]) -> None:
    found.append(sum(len(one.searches) for one in finders(lead, now=market.now)))


def _found(counts: Sequence[int]) -> str:
    return f"{statistics.median(counts):,.0f} searches found, p99 {percentile(counts, 0.99):,}"


# --- what people would search for ---------------------------------------------------------------------------------


def _invent(wanted: int, market: Market) -> None:
    """Searches after the leads that there are, so that what is much traded is much looked for."""
    rng = Random(f"searches/{market.number}")  # noqa: S311  # as above
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("TRUNCATE offerboard_savedsearch CASCADE")
    trade = {word.casefold() for word in read_vocabulary(rng).common} | {"and", "for", "from", "the", "with"}
    models = list(Lead.objects.order_by("-pk").exclude(category=None)[:50_000])
    members = [_somebody(number) for number in range(wanted // BY_ONE)]
    Member.objects.bulk_create(members, batch_size=BATCH)
    shares: dict[str, float] = {}
    for _start in range(0, wanted // COPIES, BATCH):
        searches = [
            _search(rng, rng.choice(models), rng.choice(members), trade=trade, now=market.now)
            for _number in range(BATCH)
        ]
        _store([Wish.of(saved, categories=saved.categories) for saved in searches], shares)
    with connection.cursor() as cursor:
        cursor.execute(_COPY, {"copies": COPIES - 1, "members": [member.pk for member in members]})
        cursor.execute("VACUUM ANALYZE offerboard_savedsearch, offerboard_searchkey, accounts_member")


def _somebody(number: int) -> Member:
    return Member(email=f"seeker-{uuid4().hex}@bench.example", full_name=f"Seeker {number}")


def _search(rng: Random, lead: Lead, member: Member, *, trade: set[str], now: datetime) -> SavedSearch:
    """Like what a buyer of that lead might save: most name goods, many a country or a category, few a price.

    Words of trade, which stand in two of a hundred leads or more, name no goods, and nobody looks for them alone.
    """
    title = [word for word in lead.title.split() if word.isalpha() and len(word) > 2 and word.casefold() not in trade]
    asked: dict[str, Any] = {}
    if title and rng.random() < 0.65:
        first = rng.randrange(len(title))
        asked["words"] = " ".join(title[first : first + rng.choice([1, 2, 2, 3])])
    if rng.random() < 0.45 or not asked:
        asked["categories"] = [lead.category_path[-1 if rng.random() < 0.7 else 0]]
    if rng.random() < 0.4 or "words" not in asked:
        asked["countries"] = sorted(
            {lead.country.code, *rng.sample(["CN", "IN", "VN", "TR", "DE"], rng.choice([0, 0, 2]))}
        )
    if rng.random() < 0.6:
        asked["kind"] = lead.kind
    if lead.price and rng.random() < 0.1:
        asked |= {"currency": lead.currency, "price_to": lead.price}
    if lead.incoterm and rng.random() < 0.05:
        asked["incoterms"] = [lead.incoterm]
    if rng.random() < 0.08:
        asked["verified"] = True
    key: UUID = uuid4()
    frequency = rng.choice(["instant", "daily", "daily", "weekly"])
    return SavedSearch(
        id=key, member=member, name="x", fingerprint=key.hex, frequency=frequency, created_at=now, **asked
    )


_COPY = """
CREATE TEMP TABLE bench_copy AS
SELECT id, gen_random_uuid() AS copy, (%(members)s)[1 + floor(random() * cardinality(%(members)s))::int] AS member_id
FROM offerboard_savedsearch, generate_series(1, %(copies)s);
INSERT INTO offerboard_savedsearch (
    id, member_id, fingerprint, name, words, kind, categories, countries, company_id, price_from, price_to, currency,
    quantity, unit, conditions, incoterms, verified, frequency, query, created_at
)
SELECT copy, bench_copy.member_id, copy, name, words, kind, categories, countries, company_id, price_from, price_to,
    currency, quantity, unit, conditions, incoterms, verified, frequency, query, created_at
FROM bench_copy JOIN offerboard_savedsearch USING (id);
INSERT INTO offerboard_searchkey (search_id, lexeme, category, country, kind)
SELECT copy, lexeme, category, country, kind FROM bench_copy JOIN offerboard_searchkey ON search_id = bench_copy.id;
DROP TABLE bench_copy;
"""


def _store(wishes: Sequence[Wish], shares: dict[str, float]) -> None:
    """As `ask_for_leads` would, many at once. `shares` is what was learned so far, and learns more."""
    parts = [wish.queries() for wish in wishes]
    sql = " UNION ALL ".join(f"SELECT {place}, {queries}" for place, (queries, _values) in enumerate(parts))
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY 1", [*chain.from_iterable(values for _queries, values in parts)])
        rows = cursor.fetchall()
    unknown = {lexeme for _place, _query, words in rows for lexeme in lexemes(words)}
    unknown |= {mark for wish in wishes for marks in wish.marks for mark in marks}
    shares |= shares_of(sorted(unknown - shares.keys()))
    keys: list[SearchKey] = []
    for wish, (_place, query, words) in zip(wishes, rows, strict=True):
        wish.saved.query = query
        keys += wish.keys(words, shares)
    SavedSearch.objects.bulk_create([wish.saved for wish in wishes])
    SearchKey.objects.bulk_create(keys)
