"""What follows when a member is suspended or restored: higher apps register it here from their apps.py."""

from collections.abc import Callable
from datetime import datetime

Follower = Callable[[int, bool, datetime], None]  # member id, whether suspended (else restored), now

_followers: list[Follower] = []


def follow_suspension(follower: Follower) -> None:
    """Call this in the transaction that suspends or restores a member."""
    if follower not in _followers:
        _followers.append(follower)


def followers() -> list[Follower]:
    """All registered followers."""
    return list(_followers)
