"""Who must know at once what people agree to and refuse: a higher app registers itself from its apps.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from privacy.consents import Question
from privacy.models import ConsentEvent

Said = Mapping[ConsentEvent, bool | None]  # each new answer, with the one that it takes the place of


class Hear(Protocol):
    """Does what follows from answers, in the transaction that writes them down."""

    def __call__(self, *, subject: UUID, said: Said, now: datetime) -> None:
        """`subject` is the key of a person, or the number of a browser."""


class CountUnderWay(Protocol):
    """Called after the commit: waits a few seconds for what nobody can call back, and says how much of it is left."""

    def __call__(self, *, subject: UUID, refused: Sequence[Question]) -> int:
        """`refused` is all that was answered with no, also where that was said before."""


@dataclass(frozen=True, slots=True)
class Hearer:
    """What a higher app does when people say yes or no."""

    hear: Hear
    under_way: CountUnderWay


_hearers: list[Hearer] = []


def register_hearer(hearer: Hearer) -> None:
    """Have it called from now on; a second call changes nothing."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def tell_hearers(*, subject: UUID, said: Said, now: datetime) -> None:
    """In the transaction of the answers."""
    for hearer in _hearers:
        hearer.hear(subject=subject, said=said, now=now)


def under_way(*, subject: UUID, refused: Sequence[Question]) -> int:
    """How much of what these answers forbid may still arrive; asked after the commit, and it may take seconds."""
    return sum(hearer.under_way(subject=subject, refused=refused) for hearer in _hearers)
