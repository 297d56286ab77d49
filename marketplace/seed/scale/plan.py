"""What a market of a given number and size is made of, before any row is written."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from directory.slugs import RANDOM_LENGTH, RANDOM_LETTERS

DAYS = 400  # from the oldest lead to the newest
GROWTH = 150  # days in which the market grows e-fold, so that recent leads stand denser
LEADS_PER_COMPANY = 40
_GOLDEN = (5**0.5 - 1) / 2  # its multiples scatter evenly
_STEP = 103_893_011  # odd and no multiple of 7: steps over all short codes once before it meets the first again


@dataclass(frozen=True, slots=True)
class Shelf:
    """A leaf of the category tree as leads refer to it."""

    id: int
    path: tuple[int, ...]  # the ids of its top and of itself
    slug: str
    top: str
    name: str
    headings: tuple[str, ...]  # HS chapters or headings


@dataclass(frozen=True, slots=True)
class Trader:
    """A company as its leads refer to it."""

    id: int
    owner: int  # a member's id
    country: str
    city: str
    language: str  # of its country; "" for one that posts in English only
    shelves: tuple[Shelf, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """One market: the same plan gives the same rows, byte by byte."""

    number: int
    leads: int
    now: datetime
    first_lead: int  # the lowest id of a lead
    traders: Sequence[Trader]
    others: Sequence[datetime] = ()  # when leads that were there before were posted, in order

    def rng(self, *names: object) -> Random:
        """A source of chance for one part of the market."""
        return Random("/".join(["scale", str(self.number), *map(str, names)]))  # noqa: S311  # repeatable

    def posted_at(self, place: int) -> datetime:
        """When the lead of this place, from 0, was posted: each later than the one before."""
        left = 1 - (place + place * _GOLDEN % 1) / self.leads
        age = -GROWTH * math.log(1 - left * (1 - math.exp(-DAYS / GROWTH)))
        return self.now - timedelta(days=age)

    def rank(self, place: int, posted_at: datetime) -> int:
        """Its rank on the board, counted from 1, with those of the other leads between."""
        return place + 1 + bisect_right(self.others, posted_at)

    def other_ranks(self) -> list[int]:
        """The ranks that the other leads have between these."""
        return [
            bisect_left(range(self.leads), posted_at, key=self.posted_at) + 1 + before
            for before, posted_at in enumerate(self.others)
        ]


def short_code(place: int) -> str:
    """Six letters for an address, another six for each place, in no order that one sees."""
    base = len(RANDOM_LETTERS)
    rest = (place + 1) * _STEP % base**RANDOM_LENGTH
    letters = []
    for _ in range(RANDOM_LENGTH):
        rest, letter = divmod(rest, base)
        letters.append(RANDOM_LETTERS[letter])
    return "".join(letters)
