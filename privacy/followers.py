"""Who copies what is public here; the room of the partners registers itself, and the rooms whose pages they copy."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Follower:
    """A receiver, called as in the log of disclosures."""

    kind: str  # of privacy.datamap.ReceiverKind
    key: str
    name: str


Followers = Callable[[datetime], Iterable[Follower]]
# Whether something that these members posted, or own alone, is or was public.
WasPublic = Callable[[Collection[int]], bool]

_followers: list[Followers] = []
_listings: list[WasPublic] = []


def register_followers(find: Followers) -> None:
    """Have these told of removals from now on; a second call changes nothing."""
    if find not in _followers:
        _followers.append(find)


def register_listings(was_public: WasPublic) -> None:
    """Have it asked before somebody's rows go; a second call changes nothing."""
    if was_public not in _listings:
        _listings.append(was_public)


def followers(*, now: datetime) -> list[Follower]:
    """Everybody who copies what is public."""
    return [one for find in _followers for one in find(now)]


def was_public(members: Collection[int]) -> bool:
    """Whether followers can have something of theirs."""
    return any(ask(members) for ask in _listings)
