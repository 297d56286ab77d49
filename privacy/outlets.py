"""How privacy reaches people by mail, which it cannot do itself: a higher app registers its outbox from its apps.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID


class QueueMail(Protocol):
    """Owes somebody a mail, in the caller's transaction; returns the number of its row in the outbox."""

    def __call__(
        self,
        *,
        template: str,
        to: str,
        language: str,
        context: Mapping[str, Any],
        now: datetime,
        asked_for: bool = True,
    ) -> UUID:
        """`template` names a pair in templates/mail/.

        What privacy writes is what somebody asked about their data or has a right to be told, so that a suppressed
        address gets it too; unless it is not `asked_for`: then nothing is sent there, and no row has the number.
        """


@dataclass(frozen=True, slots=True)
class Outlet:
    """What privacy asks of the room that sends mail."""

    queue: QueueMail
    unsent: "CountUnsent"
    sent: "FindSent"
    forget: "ForgetMail"


class CountUnsent(Protocol):
    """How many of these mails are still waiting to be handed over."""

    def __call__(self, deliveries: Iterable[UUID]) -> int:
        """By their numbers in the outbox."""


class FindSent(Protocol):
    """When these mails were handed over; those that were not are left out."""

    def __call__(self, deliveries: Iterable[UUID]) -> Mapping[UUID, datetime]:
        """By their numbers in the outbox, which forgets them some months later."""


class ForgetMail(Protocol):
    """Takes mails that have ended out of the outbox, with the addresses they went to; in the caller's transaction."""

    def __call__(self, deliveries: Iterable[UUID]) -> None:
        """By their numbers in the outbox."""


_outlets: list[Outlet] = []


def register_outlet(outlet: Outlet) -> None:
    """Make the outbox known; a second one is a programming error."""
    if _outlets and _outlets[0] != outlet:
        message = "there is an outlet for privacy's mail already"
        raise ValueError(message)
    _outlets[:] = [outlet]


def outlet() -> Outlet:
    """The outbox. Raises LookupError where no app has registered one."""
    if not _outlets:
        message = "no app sends privacy's mail"
        raise LookupError(message)
    return _outlets[0]
