"""How receivers hear that data they got was corrected or erased, and how they confirm it: GDPR art. 19.

A higher app, or an installation, registers a channel from its apps.py: for one receiver by its key in the log of
disclosures (“receiver:7”), or for all of a kind (“partner”). Receivers without a channel are told by staff.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from privacy.models import Receipt


class NotReached(Exception):
    """The receiver could not be told now; it is tried again."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A receiver says that it has done what it was told."""

    reference: UUID
    proof: str  # what it says in its own words, or where its answer is kept


class Channel(Protocol):
    """A way to a receiver."""

    def tell(self, receipt: Receipt) -> None:
        """Tell the receiver, within seconds; `receipt.told_at` is set when this is the reminder.

        May be called again with the same `reference` after a crash: the receiver must not mind. Raises NotReached.
        """

    def confirmed(self) -> Iterable[Confirmation]:
        """What the receiver has confirmed since; one is done with when the next is asked for.

        A channel whose receiver calls us answers nothing here and calls `services.receipts.confirm_receipt` itself.
        """


_channels: dict[str, Channel] = {}


def register_channel(receiver: str, channel: Channel) -> None:
    """Make a channel known for a receiver's key or kind; a second one is a programming error."""
    if _channels.setdefault(receiver, channel) is not channel:
        message = f"there is a channel to {receiver} already"
        raise ValueError(message)


def channel_to(*, kind: str, key: str) -> Channel | None:
    """The receiver's own channel, or its kind's; None where staff tell it."""
    return _channels.get(key) or _channels.get(kind)


def channels() -> Mapping[str, Channel]:
    """All of them, by the receiver's key or kind."""
    return _channels
