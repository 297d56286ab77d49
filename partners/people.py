"""Members as contacts: what can be given of them, and for which companies they stand; the room above says it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from partners.person_fields import PersonField


@dataclass(frozen=True, slots=True)
class Person:
    """A member who may be given to others now; of what is empty there is no entry."""

    number: int
    values: Mapping[PersonField, str]
    companies: Collection[str]  # ids of the listed companies in whose team the member is


@dataclass(frozen=True, slots=True)
class People:
    """What partners' room asks of that of the members."""

    find: Callable[[Collection[int]], Collection[Person]]  # of these numbers, those whose account is open
    columns: Mapping[PersonField, str]  # as the data map calls them: “accounts.Member.phone”
    company_column: str  # that which says for whom somebody stands


_people: list[People] = []


def register_people(people: People) -> None:
    """Make members known; a second entry is a programming error."""
    if _people and _people[0] != people:
        message = "members are registered already"
        raise ValueError(message)
    _people[:] = [people]


def people() -> People:
    """What was registered. Raises LookupError where no app has."""
    if not _people:
        message = "no app knows the members"
        raise LookupError(message)
    return _people[0]
