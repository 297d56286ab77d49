"""What the rooms above know of a member who holds a key: they register it here from their apps.py.

A member's key acts for a company, and the team of a company is no business of this room.
"""

from collections.abc import Callable

from partners.models import ApiKey

Refusal = Callable[[ApiKey], str]  # a sentence that says why the key opens nothing now; "" where it does

_refusals: list[Refusal] = []


def register_refusal(refusal: Refusal) -> None:
    """Ask this at each call with a member's key."""
    if refusal not in _refusals:
        _refusals.append(refusal)


def why_refused(key: ApiKey) -> str:
    """The first reason; "" for none."""
    return next((words for refusal in _refusals if (words := refusal(key))), "")
