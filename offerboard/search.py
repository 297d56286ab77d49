"""Finding public leads: words and filters go in, one page of leads with its count and facets comes out.

Every lead on the board has a narrow entry with one document, made by `lead_document` in the database: its words, and as
marks that begin with @ all that it is filtered by. So a search is one question to one index. However common a word is,
the work is bounded: the search walks back through the board from the newest lead in stretches of a known number of
places, and stops when it has seen enough. What is found below `CAP` is exact in order and count; above it, both are of
the newest. A facet that is not complete counts some of the leads, and so at most as many as there are.

Three filters no mark can answer, as they are ranges or lapse with time: price, quantity, verified. They are looked up
lead by lead among the newest `LOOK` that fit the rest; who pages on, newest first, looks further back.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import connection, models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from directory import hs
from directory.models import Category, Company, Verification
from offerboard.keyset import Cursor, NotOurCursor, read_cursor, write_cursor
from offerboard.models import BoardEntry

PAGE = 20  # leads
CAP = 5_000  # a count above it is "5,000+"
SAMPLE = 1_000  # leads by which facets are counted where there are more than `CAP`
LOOK = 2_000  # leads
WIDER_CAP, WIDER_LOOK = 500, 1_000  # the same for counts of what else one could have chosen
FEW = 3  # with more filters set than so many, these are counted among the newest places only
LONGEST, MOST_WORDS = 400, 40  # characters and words read of what was typed
# How many places on the board share a mark, as in lead_document.
SHELVES = {"@e": 1 << 19, "@d": 1 << 16, "@b": 1 << 13}
SHELF = SHELVES["@b"]
PROBED = 2 * SHELF  # places; the newest shelf may hold few
FASTEST = 8  # times as far as the walk has come, its next stretch may reach


class Sort(models.TextChoices):
    """In which order leads stand."""

    NEWEST = "newest", _("Newest first")
    RELEVANCE = "relevance", _("Best match first")
    PRICE = "price", _("Price, lowest first")
    ENDING = "ending", _("Ending soon")


class Within(models.TextChoices):
    """How long ago a lead was posted at most."""

    DAY = "24h", _("24 hours")
    WEEK = "7d", _("7 days")
    MONTH = "30d", _("30 days")


SPANS = {Within.DAY: timedelta(days=1), Within.WEEK: timedelta(days=7), Within.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader asks for; empty fields ask nothing. Codes are valid ones, slugs need not exist."""

    words: str = ""  # as typed, with "quotes", or and -minus; or an HS code
    kind: str = ""
    categories: tuple[str, ...] = ()  # slugs of leaves or of whole branches; any of them
    countries: tuple[str, ...] = ()  # of the company, ISO 3166-1 alpha-2; any of them
    company: str = ""  # its slug
    within: str = ""
    price_from: Decimal | None = None  # of one unit, in `currency`
    price_to: Decimal | None = None
    currency: str = ""  # ISO 4217
    quantity: Decimal | None = None  # at least, in `unit`
    unit: str = ""  # UN/ECE Recommendation 20
    conditions: tuple[str, ...] = ()
    incoterms: tuple[str, ...] = ()
    verified: bool = False
    sort: str = Sort.NEWEST

    @property
    def order(self) -> Sort:
        """The order that can be kept: prices compare within one currency only, and only words match well or badly."""
        possible = {Sort.PRICE: bool(self.currency), Sort.RELEVANCE: bool(self.words)}
        return Sort(self.sort) if possible.get(Sort(self.sort), True) else Sort.NEWEST


EVERYTHING = Filters()
BOARD = BoardEntry._meta.db_table
Part = tuple[str, list[Any]]  # SQL and its values
# SQL; every query below begins with these companies. IS TRUE keeps it a question about each lead in turn: as a join it
# would lose the order of the walk.
VERIFIED = "(EXISTS (SELECT FROM verified WHERE verified.company_id = found.company_id)) IS TRUE"


@dataclass(frozen=True, slots=True)
class Facet:
    """How many of the leads found fall to each value of one filter, as if that filter alone were not set."""

    counts: dict[str, int] = field(default_factory=dict)
    is_complete: bool = True  # otherwise there may be more

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found."""

    ids: list[int]  # of leads, in order
    position: int  # of the page's first lead, from 1
    next_cursor: str  # "" on the last page
    count: int  # exact where it is complete; CAP + 1 stands for more
    is_complete: bool  # whether the walk came to the board's end: count and order are of all that fits
    facets: dict[str, Facet]  # by the names of the filters they belong to


def search(filters: Filters, *, now: datetime, after: str = "") -> Results:
    """The page that follows the cursor `after`; a cursor we did not write, or of another order, is the first page."""
    question = _Question.of(filters, now=now).probed()
    try:
        cursor = read_cursor(after, order=filters.order, key_type=ORDERS[filters.order].key_type)
    except NotOurCursor:
        cursor = None
    seen = cursor.seen if cursor else 0
    runs = _runs(question)
    page, counts = _answer(question, runs, cursor)
    is_complete = runs[0].is_complete(counts)
    next_cursor = _behind(page, order=filters.order, seen=seen)
    if not next_cursor and not is_complete and question.looked_up()[0] and filters.order == Sort.NEWEST:
        next_cursor = _further_back(question, cursor, seen=seen + len(page))
    return Results(
        ids=[lead for lead, _key, _slug in page[:PAGE]],
        position=seen + 1,
        next_cursor=next_cursor,
        count=counts[0, "found", ""],
        is_complete=is_complete,
        facets={name: facet for run in runs for name, facet in run.counted(counts)},
    )


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a program reads at once: as many leads as it likes, and nothing counted."""

    ids: list[int]  # of leads, in order
    next_cursor: str  # "" at the end


def pull(filters: Filters, *, now: datetime, most: int, after: str = "") -> Pulled:
    """Up to `most` leads behind the cursor. Raises NotOurCursor.

    Fewer come, or none, where `LOOK` were looked at one by one; the next cursor then leads further back. An order other
    than newest first ends with what was sorted: the newest `CAP`, or of `LOOK` that were looked at.
    """
    order = ORDERS[filters.order]
    cursor = read_cursor(after, order=filters.order, key_type=order.key_type) if after else None
    question = _Question.of(filters, now=now).probed()
    sql, values = _found(question, most=most + 1 if filters.order == Sort.NEWEST else CAP)
    found = f"SELECT * FROM ({sql}) AS found", values
    rows = _rows(question, *_page(question, cursor, most=most, found=found))
    page: list[Row] = [(lead, *value.rsplit(" ", 1)) for _place, _name, value, lead in sorted(rows)]
    seen = cursor.seen if cursor else 0
    next_cursor = _behind(page, order=filters.order, seen=seen, most=most)
    if not next_cursor and question.looked_up()[0] and filters.order == Sort.NEWEST:
        next_cursor = _further_back(question, cursor, seen=seen + len(page))
    return Pulled([lead for lead, _key, _slug in page[:most]], next_cursor)


def newest(filters: Filters, *, now: datetime) -> list[int]:
    """Ids of the newest leads that fit, a page of them, without counting anything."""
    question = _Question.of(replace(filters, sort=Sort.NEWEST), now=now)
    sql, values = _found(question, most=PAGE)
    return [lead for (lead,) in _rows(question, f"SELECT lead_id FROM ({sql}) AS found ORDER BY rank DESC", values)]


# --- the question ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Question:
    """The filters with what they need to know of the database: ids behind slugs, and where the board ends."""

    filters: Filters
    now: datetime
    ids: dict[str, int]  # of the categories and of the company that exist, by slug
    newest: int  # place on the board
    oldest: int  # leads below this place are too old for "posted within"
    is_wider: bool = False  # whether it lacks a filter of the one that was probed
    is_cut_short: bool = False  # whether more would fit that is not looked at
    density: float = 0.0  # how many leads fit the words and marks, at least, for each of the newest places

    @classmethod
    def of(cls, filters: Filters, *, now: datetime) -> "_Question":
        """One query."""
        board = BoardEntry.objects.all()
        span = SPANS.get(Within(filters.within)) if filters.within else None
        too_old = board.filter(posted_at__lte=now - span).order_by("-posted_at", "-rank") if span else board.none()
        slugs = Category.objects.filter(slug__in=filters.categories).values_list("id", "slug")
        company = Company.objects.filter(slug=filters.company).values_list("id", Value("@"))
        places = [board.newest_first().values_list("rank", Value("@newest"))[:1]]
        if span:
            places.append(too_old.values_list("rank", Value("@oldest"))[:1])
        known = {slug: number for number, slug in slugs.union(company, *places, all=True)}
        return cls(filters, now, known, known.pop("@newest", 0), known.pop("@oldest", 0))

    def probed(self) -> "_Question":
        """The same with its density. One query, or none where everything fits."""
        if not (fitting := self.fitting()):
            return self
        high = (self.newest // SHELF + 1) * SHELF
        low = max(high - PROBED, 0)
        among: Part = ("search @@ %s::tsquery", [either(_places(low, high))])
        condition, values = _all([among, *fitting])
        [(held,)] = _rows(self, f"SELECT count(*) FROM {BOARD} WHERE {condition}", values)
        return replace(self, density=held / (self.newest - low + 1))

    def without(self, name: str) -> "_Question":
        """The same question but for one filter."""
        filters = replace(self.filters, **{name: getattr(EVERYTHING, name)})
        return replace(self, filters=filters, oldest=0 if name == "within" else self.oldest, is_wider=True)

    def cut_short(self) -> "_Question":
        """The same question, of the newest places only."""
        end = (self.newest // SHELF + 1) * SHELF - PROBED
        return replace(self, oldest=max(self.oldest, end), is_cut_short=end > self.oldest)

    def marks(self) -> list[list[str]]:
        """The marks a lead must carry: one of each list."""
        return marks_of(
            self.filters,
            categories=[self.ids.get(slug, 0) for slug in self.filters.categories],
            company=self.ids.get("@", 0) if self.filters.company else None,
        )

    def fitting(self) -> list[Part]:
        """What one scan of the index answers: the words and all marks."""
        fitting = [("search @@ %s::tsquery", [either(marks)]) for marks in self.marks()]
        return [*fitting, holding(self.filters.words)] if self.filters.words else fitting

    def looked_up(self) -> tuple[list[str], list[Decimal]]:
        """What no mark says: SQL about one lead, and its values."""
        asked = self.filters
        ranges = {"price >= %s": asked.price_from, "price <= %s": asked.price_to, "quantity >= %s": asked.quantity}
        limits = {sql: value for sql, value in ranges.items() if value is not None}
        return [*limits, *([VERIFIED] if asked.verified else [])], [*limits.values()]


def marks_of(asked: Filters, *, categories: Iterable[int], company: int | None) -> list[list[str]]:
    """The marks a lead must carry, one of each list; categories and company are given by number."""
    lists = [
        [f"@k{asked.kind}"] if asked.kind else [],
        [f"@c{category}" for category in categories],
        [f"@n{code}" for code in asked.countries],
        [] if company is None else [f"@o{company}"],
        [f"@m{asked.currency}"] if asked.currency else [],
        [f"@u{asked.unit}"] if asked.unit else [],
        [f"@s{condition}" for condition in asked.conditions],
        [f"@t{rule}" for rule in asked.incoterms],
    ]
    return [marks for marks in lists if marks]


def either(marks: Iterable[str]) -> str:
    """Any of the marks; they are quoted, so whatever one holds, it stays one mark."""
    return " | ".join("'" + mark.replace("'", "''") + "'" for mark in marks)


def _all(conditions: Iterable[Part]) -> Part:
    texts, values = zip(*conditions, strict=True)
    return " AND ".join(texts), [*chain.from_iterable(values)]


# Signs of languages that part no words: market_spaced in the database knows the same ones.
_UNPARTED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_DANGLING = re.compile(r"-(?!\w)|(?<=\S)-(?=-)")  # minus signs before no word


def spaced(words: str) -> str:
    """The words as documents hold them: Chinese and Japanese signs one by one, neighbours as a phrase."""
    words = _DANGLING.sub(" ", re.sub("[‘’ʼ]", "'", words))
    if '"' in words:
        return re.sub(f"([{_UNPARTED}])", r" \1 ", words)
    return re.sub(f"[{_UNPARTED}]+", lambda signs: f' "{" ".join(signs[0])}" ', words)


def asked_for(words: str) -> Part:
    """What typed words ask, a tsquery: their English stems, or the words as the title has them; or goods of an HS code.

    With a minus the stems alone decide: what the title does not say, the description may.
    """
    typed = spaced(" ".join(words[:LONGEST].split()[:MOST_WORDS]))
    asked: list[Part] = [("websearch_to_tsquery('market_english', %s)", [typed])]
    if not re.search(r"(^|\s)-", typed):
        asked.append(("websearch_to_tsquery('market_words', %s)", [typed]))
    with suppress(hs.UnknownHsCode):
        asked.append(("%s::tsquery", [either([f"@h{hs.normalise(words)}"])]))
    texts, values = zip(*asked, strict=True)
    return f"({' || '.join(texts)})", [*chain.from_iterable(values)]


def holding(words: str) -> Part:
    """Whether an entry holds the words; "!!!" and "-coffee" hold nothing, as no index finds what is not there."""
    asked, values = asked_for(words)
    return f"search @@ {asked} AND querytree({asked}) NOT IN ('', 'T')", [*values, *values]


# --- the walk back through the board ------------------------------------------------------------------------------

COLUMNS = (
    "lead_id, rank, posted_at, expires_at, price, quantity, "
    "company_id, kind, category_id, country, condition, incoterm, currency"
)


def _walk(question: _Question, *, most: int, below: int | None = None) -> Part:
    """SQL and values of the newest entries that fit all words and marks.

    Stretch by stretch the index is asked for what fits in it, until there are enough. No other index may tempt the
    planner to read the board entry by entry, as the documents lie apart: so place and time are written as expressions.
    A wider question is only counted: where a stretch holds more than enough, any of them will do.

    That the rows come in the order of the stretches rests on PostgreSQL: a lateral join over a function's rows is a
    nested loop in their order. That "posted within" cuts the walk short rests on ranks that grow with the time of
    posting; where an import and a publication overlap, the time itself still decides.
    """
    fitting = question.fitting()
    place, time = ("rank + 0", "posted_at + interval '0'") if fitting else ("rank", "posted_at")
    conditions: list[Part] = [
        ("posted_at <= %s AND expires_at > %s", [question.now, question.now]),
        (f"{place} > %s", [question.oldest]),
        *fitting,
    ]
    if question.filters.within:
        conditions.append((f"{time} > %s", [question.now - SPANS[Within(question.filters.within)]]))
    if below is not None:
        conditions.append((f"{place} < %s", [below]))
    if not fitting:
        condition, values = _all(conditions)
        return f"SELECT {COLUMNS} FROM {BOARD} WHERE {condition} ORDER BY rank DESC LIMIT {most}", values
    condition, values = _all([("search @@ stretch.places", []), *conditions])
    order = "" if question.is_wider else f"ORDER BY {place} DESC"
    entries = f"SELECT {COLUMNS} FROM {BOARD} WHERE {condition} {order} LIMIT {most}"
    by_stretch = f"unnest(%s::tsquery[]) AS stretch (places) CROSS JOIN LATERAL ({entries}) AS entry"
    stretches = [either(places) for places in _stretches(question, most=most, below=below)]
    return f"SELECT entry.* FROM {by_stretch} LIMIT {most}", [stretches, *values]


def _stretches(question: _Question, *, most: int, below: int | None) -> Iterator[list[str]]:
    """The marks of each stretch of the walk, from the newest lead, or `below` a place, to the oldest that may fit.

    A stretch is about as long as it takes to find the rest. How much fits may differ far back, so each is at least as
    long as the walk so far, and at most some times as long.
    """
    top = question.newest if below is None else min(below, question.newest)
    high, end = (top // SHELF + 1) * SHELF, question.oldest // SHELF * SHELF
    needed = int(1.2 * most / max(question.density, 1e-9))
    walked, length = 0, min(needed, PROBED * (1 if question.is_wider else FASTEST))
    while high > end:
        low = max((high - length) // SHELF * SHELF, end)
        yield _places(low, high)
        walked += high - low
        high = low
        length = min(max(needed - walked, walked), (FASTEST - 1) * walked)


def _places(low: int, high: int) -> list[str]:
    """As few marks as cover all places on the board from `low` on and below `high`."""
    marks = []
    while low < high:
        mark, size = next(shelf for shelf in SHELVES.items() if low % shelf[1] == 0 and low + shelf[1] <= high)
        marks.append(f"{mark}{low // size}")
        low += size
    return marks


def _found(question: _Question, *, most: int, below: int | None = None) -> Part:
    """SQL and values of the newest entries that fit everything, `most` at most."""
    conditions, condition_values = question.looked_up()
    walk, values = _walk(question, most=LOOK if conditions else most, below=below)
    if not conditions:
        return walk, values
    fitting = f"SELECT * FROM ({walk}) AS found WHERE {' AND '.join(conditions)} LIMIT {most}"
    return fitting, [*values, *condition_values]


# --- one page, from wherever the last one ended -------------------------------------------------------------------


Row = tuple[int, str, str]  # a lead, its key in the chosen order as text, its slug
Counts = dict[tuple[int, str, str], int]  # by run, facet and value


@dataclass(frozen=True, slots=True)
class Order:
    """What an order sorts by; among equals, the lead that was written later stands first."""

    key: str
    key_type: type[datetime | Decimal] = Decimal
    direction: str = "ASC"


ORDERS = {
    Sort.NEWEST: Order("rank", direction="DESC"),
    Sort.RELEVANCE: Order("match", direction="DESC"),
    Sort.PRICE: Order("price"),
    Sort.ENDING: Order("expires_at", key_type=datetime),
}


def _page(
    question: _Question, cursor: Cursor | None, *, most: int = PAGE, found: Part = ("SELECT * FROM found_0", [])
) -> Part:
    """SQL and values of the page behind the cursor and one lead more: number, "page", key and slug, lead.

    Newest first, the walk begins at the cursor. In any other order, all that was found is sorted, of the newest `CAP`
    if there is more.
    """
    order = ORDERS[question.filters.order]
    (sql, values), behind = found, ""
    if question.filters.order != Sort.NEWEST:
        sql += f" ORDER BY rank DESC LIMIT {CAP}"
    elif cursor:
        sql, values = _found(question, most=most + 1, below=_place(cursor))
    if order.key == "match":
        match, match_values = _match(question.filters.words)
        sql, values = f"SELECT found.*, {match} AS match FROM ({sql}) AS found", [*match_values, *values]
    if cursor and question.filters.order != Sort.NEWEST:
        beyond = "<" if order.direction == "DESC" else ">"
        last = f"coalesce((SELECT id FROM offerboard_lead WHERE slug = %s), {2**63 - 1})"  # it may be gone: show all
        tied = f"{order.key} = %s AND lead_id < {last}"
        behind = f"WHERE {order.key} {beyond} %s OR {tied}"
        values = [*values, cursor.key, cursor.key, cursor.slug]
    by = f"ORDER BY {order.key} {order.direction}, lead_id DESC"
    slug = "(SELECT slug FROM offerboard_lead WHERE id = lead_id)"
    columns = f"row_number() OVER ({by}), 'page', {order.key} || ' ' || {slug}, lead_id"
    return f"SELECT {columns} FROM ({sql}) AS page {behind} {by} LIMIT {most + 1}", values


def _match(words: str) -> Part:
    """SQL and values of how well the words match a lead that was found, in billionths."""
    asked, values = asked_for(words)
    match = f"(ts_rank(search, {asked}) * 1e9)::bigint"
    return f"(SELECT {match} FROM {BOARD} AS entry WHERE entry.lead_id = found.lead_id)", values


def _behind(page: list[Row], *, order: Sort, seen: int, most: int = PAGE) -> str:
    """The cursor of the next page; "" if this is the last."""
    if len(page) <= most:
        return ""
    _lead, key, slug = page[most - 1]
    typed = datetime.fromisoformat(key) if ORDERS[order].key_type is datetime else Decimal(key)
    return write_cursor(Cursor(order=order, key=typed, slug=slug, seen=seen + most))


def _further_back(question: _Question, cursor: Cursor | None, *, seen: int) -> str:
    """Where the leads that were looked at one by one leave off; "" when they reach the board's end."""
    walk, values = _walk(question, most=LOOK, below=_place(cursor))
    slug = "(SELECT slug FROM offerboard_lead WHERE id = lead_id)"
    rows = _rows(question, f"SELECT {slug}, rank FROM ({walk}) AS walk OFFSET {LOOK - 1}", values)
    return "".join(write_cursor(Cursor(Sort.NEWEST, Decimal(rank), slug, seen)) for slug, rank in rows)


def _place(cursor: Cursor | None) -> int | None:
    return int(cursor.key) if cursor and isinstance(cursor.key, Decimal) else None


def _rows(question: _Question, sql: str, values: Iterable[Any], *, tables: Iterable[str] = ()) -> list[Any]:
    """What the SQL answers; it may read from the tables, and from `verified`."""
    claims = Verification.objects.identity().current(at=question.now).values("company_id")
    verified, claim_values = claims.query.sql_with_params()
    with connection.cursor() as cursor:
        first = f"verified AS NOT MATERIALIZED ({verified})"
        cursor.execute(f"WITH {', '.join([first, *tables])} {sql}", [*claim_values, *values])
        rows: list[Any] = cursor.fetchall()
        return rows


# --- counts -------------------------------------------------------------------------------------------------------


def _facet_columns(now: datetime) -> dict[str, str]:
    """SQL of what each facet counts by; the names are those of the filters they belong to."""
    ends = {name.value: (now - span).isoformat() for name, span in SPANS.items()}
    ages = " ".join(f"WHEN posted_at > '{end}' THEN '{name}'" for name, end in ends.items())
    return {
        "kind": "kind",
        "countries": "country",
        "within": f"CASE {ages} ELSE '' END",
        "conditions": "condition",
        "incoterms": "incoterm",
        "currency": "currency",
        "categories": "category_id",
        "verified": "company_id",
    }


@dataclass(frozen=True, slots=True)
class _Run:
    """One walk that is counted: by itself, and by the values of some facets."""

    number: int
    question: _Question
    facets: list[str]
    cap: int  # leads counted
    look: int  # leads looked at one by one

    def tables(self) -> tuple[list[str], list[Any]]:
        """SQL of what was found and, where leads are looked up, of what was looked at, each up to its bound."""
        conditions, condition_values = self.question.looked_up()
        walk, values = _walk(self.question, most=self.look if conditions else self.cap + 1)
        if not conditions:
            return [f"found_{self.number} AS MATERIALIZED ({walk})"], values
        found = f"SELECT * FROM walk_{self.number} AS found WHERE {' AND '.join(conditions)} LIMIT {self.cap + 1}"
        ours = [f"walk_{self.number} AS MATERIALIZED ({walk})", f"found_{self.number} AS MATERIALIZED ({found})"]
        return ours, [*values, *condition_values]

    def selects(self) -> Iterator[str]:
        """SQL of the counts: number, facet, value, how many. All plain facets are counted in one pass."""
        found = f"found_{self.number}"
        yield f"SELECT {self.number}, 'found', '', count(*) FROM {found}"
        if self.question.looked_up()[0]:
            yield f"SELECT {self.number}, 'walk', '', count(*) FROM walk_{self.number}"
        if self.cap > SAMPLE:
            most = f"CASE WHEN (SELECT count(*) FROM {found}) > {self.cap} THEN {SAMPLE} END"
            found = f"(SELECT * FROM {found} LIMIT {most})"
        columns = {name: column for name, column in _facet_columns(self.question.now).items() if name in self.facets}
        if "verified" in columns:
            company = columns.pop("verified")
            counted = f"SELECT {company}, count(*) AS leads FROM {found} AS found GROUP BY {company}"
            by = f"SELECT {VERIFIED} AS checked, leads FROM ({counted}) AS found"
            value = "checked::text, sum(leads)::bigint"
            yield f"SELECT {self.number}, 'verified', {value} FROM ({by}) AS found GROUP BY checked"
        if columns:
            sets = ", ".join(f"({name})" for name in columns)
            names = " ".join(f"WHEN GROUPING({name}) = 0 THEN '{name}'" for name in columns)
            values = " ".join(f"WHEN GROUPING({name}) = 0 THEN {_shown(name)}" for name in columns)
            aliased = ", ".join(f"{column} AS {name}" for name, column in columns.items())
            yield (
                f"SELECT {self.number}, CASE {names} END, CASE {values} END, count(*) "
                f"FROM (SELECT {aliased} FROM {found} AS found) AS found GROUP BY GROUPING SETS ({sets})"
            )

    def is_complete(self, counts: Counts) -> bool:
        """Whether no bound was met."""
        is_looked_through = counts.get((self.number, "walk", ""), 0) < self.look
        return is_looked_through and counts[self.number, "found", ""] <= self.cap

    def counted(self, counts: Counts) -> Iterator[tuple[str, Facet]]:
        """The facets by name."""
        for facet in self.facets:
            found = {value: n for (number, name, value), n in counts.items() if (number, name) == (self.number, facet)}
            yield facet, Facet(found, is_complete=self.is_complete(counts) and not self.question.is_cut_short)


def _runs(question: _Question) -> list[_Run]:
    """The search itself with the facets whose filter is not set; and for each other facet, the search without it.

    These are counted less far, and if they are many, only among the newest places.
    """
    names = list(_facet_columns(question.now))
    asked = [name for name in names if getattr(question.filters, name) != getattr(EVERYTHING, name)]
    runs = [_Run(0, question, [name for name in names if name not in asked], CAP, LOOK)]
    for number, name in enumerate(asked, start=1):
        wider = question.without(name)
        if len(asked) > FEW:
            wider = wider.cut_short()
        runs.append(_Run(number, wider, [name], WIDER_CAP, WIDER_LOOK))
    return runs


def _answer(question: _Question, runs: list[_Run], cursor: Cursor | None) -> tuple[list[Row], Counts]:
    """One page and all counts, in one query."""
    tables, table_values = zip(*(run.tables() for run in runs), strict=True)
    page, page_values = _page(question, cursor)
    selects = [f"({page})", *(select for run in runs for select in run.selects())]
    rows = _rows(
        question,
        " UNION ALL ".join(selects),
        [*chain.from_iterable(table_values), *page_values],
        tables=chain.from_iterable(tables),
    )
    shown = sorted((place, lead, *value.rsplit(" ", 1)) for place, name, value, lead in rows if name == "page")
    counts = {(number, name, value): count for number, name, value, count in rows if name != "page"}
    return [(lead, key, slug) for _place, lead, key, slug in shown], counts


def _shown(name: str) -> str:
    return "(SELECT slug FROM directory_category WHERE id = categories)" if name == "categories" else name
