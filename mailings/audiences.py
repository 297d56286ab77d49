"""Who campaigns go to: the room of the members says who they are, this one whether they may be written to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mailings.models import Campaign
from mailings.writing.languages import with_forms
from privacy.datamap import Words


@dataclass(frozen=True, slots=True)
class Filters:
    """What readers have in common; an empty filter lets everybody through, and one value of each must fit."""

    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2, of their companies
    industries: tuple[str, ...] = ()  # slugs of categories that their companies declared
    business_types: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()  # BCP 47, in which they want mail

    @property
    def ask_for_a_company(self) -> bool:
        """Whether only members can fit: a subscriber without an account has no company."""
        return bool(self.countries or self.industries or self.business_types or self.tiers)

    def of_language(self, people: "QuerySet[Any]") -> "QuerySet[Any]":
        """Those of them who want mail in one of the languages, with their regional forms, as their texts are found."""
        return people.filter(language__in=with_forms(self.languages)) if self.languages else people


def filters_of(campaign: Campaign) -> Filters:
    """The filters of a campaign, which keeps each in a column of its own."""
    return Filters(**{one.name: tuple(getattr(campaign, one.name)) for one in fields(Filters)})


@dataclass(frozen=True, slots=True)
class Audience:
    """What the room of the members answers."""

    # Members whose mailbox is confirmed and whose account is open; rows have `email`, `language` and `name`.
    members: Callable[[Filters, datetime], "QuerySet[Any]"]
    # The values of each filter with their words, for a form.
    choices: Callable[[], Mapping[str, Sequence[tuple[str, Words]]]]


_audiences: list[Audience] = []


def register_audience(audience: Audience) -> None:
    """Make the members known; a second room that does is a programming error."""
    if _audiences and _audiences[0] != audience:
        message = "the members are known already"
        raise ValueError(message)
    _audiences[:] = [audience]


def audience() -> Audience:
    """The members. Raises LookupError where no app has registered them."""
    if not _audiences:
        message = "no app says who the members are"
        raise LookupError(message)
    return _audiences[0]
