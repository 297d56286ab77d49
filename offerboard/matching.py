"""Finding the searches that a new lead belongs to, without asking each of a million.

A search that sends mails has keys: combinations of what a lead must have, at the least, to be found by it. Of words it
is the rarest; categories and countries stand beside it. A lead looks up all combinations of what it has, in one walk
through one index, and meets a few searches. These compare the rest: the whole of their words and marks as one tsquery,
the prices, the quantity. That agrees with `offerboard.search`, as both ask the same words and marks of the same
document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain, product
from math import prod
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F

from directory.models import Category, TeamMember, Verification
from offerboard.covers import Cover, cover, lexemes, share
from offerboard.models import BoardEntry, SavedSearch, SearchKey
from offerboard.saved_filters import to_filters
from offerboard.search import Part, asked_for, either, marks_of

MOST_KEYS = 24  # of one search, unless one list alone is longer
ANY_LEAD = ["@ksell_offer", "@kbuy_inquiry"]
PLACES = ("@b", "@d", "@e")  # marks of the place on the board, which no search asks for

# --- the keys of a search -----------------------------------------------------------------------------------------


def ask_for_leads(saved: SavedSearch) -> None:
    """Write what the search asks of new leads: its query, and the keys under which a lead meets it.

    Belongs into the transaction that lets it send mails. Six queries.
    """
    wish = Wish.of(saved, categories=_narrowest(saved.categories))
    queries, values = wish.queries()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {queries}", values)  # SQL of ours
        query, words = cursor.fetchone()
    saved.query = query
    saved.save(update_fields=["query"])
    saved.keys.all().delete()
    shares = shares_of([*lexemes(words), *chain.from_iterable(wish.marks)])
    SearchKey.objects.bulk_create(wish.keys(words, shares))


def ask_no_more(saved: SavedSearch) -> None:
    """Forget the keys; new leads do not meet the search any more."""
    saved.keys.all().delete()
    SavedSearch.objects.filter(pk=saved.pk).update(query=None)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a search asks, as marks and words."""

    saved: SavedSearch
    categories: Sequence[int]
    marks: list[list[str]]  # of each list, a lead must carry one

    @classmethod
    def of(cls, saved: SavedSearch, *, categories: Sequence[int]) -> "Wish":
        """`categories` are the search's own, without branches of which a leaf was chosen too."""
        filters = to_filters(saved, slugs={}, company="")
        return cls(saved, categories, marks_of(filters, categories=categories, company=saved.company_id) or [ANY_LEAD])

    def queries(self) -> Part:
        """Two expressions, tsqueries as text: words and marks, and the words alone, "" where there are none."""
        asked, values = asked_for(self.saved.words) if self.saved.words else ("''::tsquery", [])
        parts = ["%s::tsquery"] * len(self.marks) + [asked] * bool(self.saved.words)
        every = [*(either(one) for one in self.marks), *values]
        return f"({' && '.join(parts)})::text, ({asked})::text", [*every, *values]

    def keys(self, words: str, shares: Mapping[str, float]) -> list[SearchKey]:
        """The keys, unsaved; `words` is the tsquery of the words alone."""
        found = sorted(self._lexemes(cover(words, shares), shares))
        return [
            SearchKey(search=self.saved, lexeme=lexeme, category=category, country=country, kind=self.saved.kind)
            for lexeme, category, country in product(
                *_shortened(found, [*self.categories] or [0], self.saved.countries or [""])
            )
        ]

    def _lexemes(self, words: Cover | None, shares: Mapping[str, float]) -> Cover:
        """What a lead has one of, if the search finds it: nothing, if it finds none."""
        if self.saved.words and words is None:
            return frozenset()
        if self.saved.company_id is not None:
            return frozenset([f"@o{self.saved.company_id}"])
        if words is not None:
            return words
        beside = [frozenset(one) for one in self.marks if one[0][:2] in ("@m", "@u", "@s", "@t")]
        return min(beside, key=lambda one: share(one, shares), default=frozenset([""]))


def _narrowest(categories: Sequence[int]) -> list[int]:
    """Without the branches in which a leaf was chosen too, as the board reads its filters."""
    narrowed = set(Category.objects.filter(pk__in=categories).values_list("parent_id", flat=True))
    return [category for category in categories if category not in narrowed]


def shares_of(wanted: Sequence[str]) -> dict[str, float]:
    """Which part of the board holds each lexeme, as the planner knows it; rare ones are not among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, share FROM pg_stats, "
            "unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (lexeme, share) "
            "WHERE schemaname = current_schema() AND tablename = %s AND attname = 'search' AND lexeme = ANY (%s)",
            [BoardEntry._meta.db_table, list(wanted)],
        )
        return dict(cursor.fetchall())


def _shortened(wanted: list[str], categories: list[int], countries: list[str]) -> tuple[Any, Any, Any]:
    """The lists, of which the longest are left out until few combinations remain; the query compares them anyway."""
    lists: dict[str, list[Any]] = {"lexeme": wanted, "category": categories, "country": countries}
    empty: dict[str, Any] = {"lexeme": "", "category": 0, "country": ""}
    while prod(map(len, lists.values())) > MOST_KEYS:
        asking = [name for name, values in lists.items() if values != [empty[name]]]
        if len(asking) == 1:
            break
        longest = max(asking, key=lambda name: len(lists[name]))
        lists[longest] = [empty[longest]]
    return lists["lexeme"], lists["category"], lists["country"]


# --- the searches of a lead ---------------------------------------------------------------------------------------


class Finders(NamedTuple):
    """Searches that find the lead and whose members want to hear of it at the same moment.

    There may be thousands. What is not asked about singly is not made an object either: to Python they are words.
    """

    frequency: str
    time_zone: str
    searches: list[str]  # their identifiers


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What searches ask of a lead on the board."""

    document: str  # a tsvector
    lexemes: list[str]
    categories: list[int]
    country: str
    kind: str
    price: Decimal | None
    quantity: Decimal
    is_verified: bool
    team: list[int]  # members of its company, who need not be told


# The searches met are found first, as an array: joined, the planner would fear to meet many and read all searches.
_MATCHES = """
SELECT search.frequency, member.time_zone, array_agg(search.id)::text[]
FROM offerboard_savedsearch AS search
JOIN accounts_member AS member ON member.id = search.member_id
WHERE search.id = ANY (ARRAY(
    SELECT search_id FROM offerboard_searchkey
    WHERE lexeme = ANY (%(lexemes)s) AND category = ANY (%(categories)s::bigint[])
    AND country = ANY (%(countries)s) AND kind = ANY (%(kinds)s)
))
AND search.frequency <> 'off'
AND %(document)s::tsvector @@ search.query
AND (search.price_from IS NULL OR %(price)s >= search.price_from)
AND (search.price_to IS NULL OR %(price)s <= search.price_to)
AND (search.quantity IS NULL OR %(quantity)s >= search.quantity)
AND (NOT search.verified OR %(is_verified)s)
AND member.state = 'active' AND member.id <> ALL (%(team)s::bigint[])
GROUP BY search.frequency, member.time_zone
"""


def finders(lead_id: int, *, now: datetime) -> list[Finders]:
    """The searches that find the lead and whose members may hear of it; none while it is not public. Five queries."""
    lead = _arrival(lead_id, now=now)
    if lead is None:
        return []
    values: dict[str, Any] = {
        "lexemes": ["", *lead.lexemes],
        "categories": [0, *lead.categories],
        "countries": ["", lead.country],
        "kinds": ["", lead.kind],
        "document": lead.document,
        "price": lead.price,
        "quantity": lead.quantity,
        "is_verified": lead.is_verified,
        "team": lead.team,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES, values)
        return [Finders(*row) for row in cursor.fetchall()]


def _arrival(lead_id: int, *, now: datetime) -> _Arrival | None:
    entries = BoardEntry.objects.public(at=now).filter(pk=lead_id)
    row = entries.annotate(path=F("lead__category_path")).values(
        *("search", "path", "country", "kind", "price", "quantity", "company_id")
    )
    found = row.first()
    if found is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(%s::tsvector)", [found["search"]])
        (held,) = cursor.fetchone()
    company = found["company_id"]
    return _Arrival(
        document=found["search"],
        lexemes=[lexeme for lexeme in held if not lexeme.startswith(PLACES)],
        categories=found["path"],
        country=found["country"],
        kind=found["kind"],
        price=found["price"],
        quantity=found["quantity"],
        is_verified=Verification.objects.identity().current(at=now).filter(company=company).exists(),
        team=list(TeamMember.objects.filter(company=company).values_list("member", flat=True)),
    )
