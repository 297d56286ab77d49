"""Leads as cards: what a card shows beyond the lead itself, fetched with it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Subquery

from directory.prepared import AT, KEYS, AnyOf, Prepared
from directory.selectors.trust import identity_checked_at
from directory.shown import note_badges, note_rows
from offerboard.models import Lead, LeadPicture, PriceTier
from offerboard.models.lead import LeadQuerySet
from offerboard.presentation import CardWords, LeadCard, card_of

# What the words of a card are made of; the rest is about who else has to know that the lead was shown.
WORDS = {name: name for name in CardWords._fields} | {  # keeps the order of the fields
    "company_slug": "company__slug",
    "company_name": "company__legal_name",
    "category": "category__name",
}
NOTED = {"lead_id": "pk", "changed": "updated_at", "firm_id": "company_id", "firm_changed": "company__updated_at"}


class _Row(NamedTuple):
    """One row of a query for cards, behind its words."""

    lead_id: int
    changed: datetime
    firm_id: int
    firm_changed: datetime


def lead_cards(leads: LeadQuerySet, *, now: datetime, by_line: bool = True) -> list[LeadCard]:
    """The cards of these leads in their order. One query.

    The badge comes from the company's current identity claim, so it goes the moment the claim lapses.
    """
    return _drawn_up(_columns(leads, at=now), now=now, by_line=by_line)


class PreparedCards:
    """The cards of a query that is asked often; see directory.prepared for its stand-ins. AT is always one of them."""

    def __init__(self, leads: Callable[[], LeadQuerySet], *, by_line: bool = True) -> None:
        self._query = Prepared(lambda: _columns(leads(), at=AT))
        self._by_line = by_line

    def cards(self, given: Mapping[Any, Any], *, now: datetime) -> list[LeadCard]:
        """The cards of these leads in their order. One query."""
        return _drawn_up(self._query.rows({AT: now, **given}), now=now, by_line=self._by_line)


_BY_ID = Prepared(lambda: _columns(Lead.objects.public(at=AT).filter(AnyOf("pk")).order_by(), at=AT))


def cards_by_id(ids: Iterable[int], *, now: datetime) -> list[LeadCard]:
    """The cards of those of the leads that are public now, in the order of `ids`. One query."""
    places = {pk: place for place, pk in enumerate(ids)}
    rows = _BY_ID.rows({AT: now, KEYS: list(places)})
    rows.sort(key=lambda row: places[row[len(WORDS)]])
    return _drawn_up(rows, now=now, by_line=True)


def _columns(leads: LeadQuerySet, *, at: datetime) -> Any:
    """The query with what cards are made of, in the order in which `_drawn_up` reads it."""
    first_picture = LeadPicture.objects.filter(lead=OuterRef("pk")).order_by("position", "id").values("thumbnail")[:1]
    cheapest = PriceTier.objects.filter(lead=OuterRef("pk")).order_by("price", "place")
    own = {
        "thumbnail": Subquery(first_picture),
        "lowest": Subquery(cheapest.values("price")[:1]),
        "lowest_from": Subquery(cheapest.values("min_quantity")[:1]),
        "verified_at": identity_checked_at(at=at, company="company_id"),
    }
    columns = [own.get(name) or F(path) for name, path in (WORDS | NOTED).items()]
    names = [f"card_{name}" for name in WORDS | NOTED]
    return leads.annotate(**dict(zip(names, columns, strict=True))).values_list(*names)


def _drawn_up(found: Iterable[tuple[Any, ...]], *, now: datetime, by_line: bool) -> list[LeadCard]:
    rows = [(CardWords(*row[: len(WORDS)]), _Row(*row[len(WORDS) :])) for row in found]
    note_rows("leads", {noted.lead_id: noted.changed for _words, noted in rows})
    note_rows("companies", {noted.firm_id: noted.firm_changed for _words, noted in rows})
    note_badges(noted.firm_id for words, noted in rows if words.verified_at)
    return [card_of(words, now=now, by_line=by_line) for words, _noted in rows]
