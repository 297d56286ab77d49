"""What the page for leaving shows: how far it is, what goes and what stays, and what the person owns alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from privacy import datamap
from privacy.datamap import Column, Fate, Words
from privacy.departures import Estate, estates
from privacy.models import Erasure, LegalHold, SubjectRequest, Suppression
from privacy.selectors.centre import count_rows, count_words
from privacy.selectors.holds import row_holds
from privacy.selectors.people import person_of

SHOWN = 20  # earlier wishes
ALWAYS = (Suppression, SubjectRequest, Erasure)  # of these something is kept whether or not there was any before
State = SubjectRequest.State


@dataclass(frozen=True, slots=True)
class Future:
    """What becomes of one kind of data."""

    what: Words
    count: str  # “61”
    becomes: Sequence[str]
    until: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LeavingPage:
    """Everything about leaving."""

    open: Erasure | None
    requests: Sequence[SubjectRequest]
    estates: Sequence[Estate]
    goes: Sequence[Future]
    stays: Sequence[Future]
    holds: Sequence[LegalHold]  # on the person, and on rows about them

    @property
    def ended(self) -> list[SubjectRequest]:
        """Earlier wishes, with what became of them."""
        return [one for one in self.requests if one.ended_at is not None]

    @property
    def waits_for_mail(self) -> bool:
        """Whether the link of the mail was not followed yet."""
        return self.open is not None and self.open.request.state == State.RECEIVED

    @property
    def may_cancel(self) -> bool:
        """Whether there is still a way back."""
        return self.open is not None and self.open.request.state in {State.RECEIVED, State.COOLING_OFF}


def leaving_page(*, member: Any, at: datetime) -> LeavingPage:
    """A handful of queries, however much there is."""
    jobs = Erasure.objects.filter(request__member=member).select_related("request").order_by("-request__received_at")
    found = list(jobs[:SHOWN])
    goes, stays = plan(member)
    return LeavingPage(
        open=next((job for job in found if job.request.ended_at is None), None),
        requests=[job.request for job in found],
        estates=estates(member.pk),
        goes=goes,
        stays=stays,
        holds=[*LegalHold.objects.standing(at=at).filter(member=member), *row_holds(person_of(member), at=at)],
    )


def plan(member: Any) -> tuple[list[Future], list[Future]]:
    """What is there now, by what becomes of it. Two queries."""
    ways = [(table, about) for table in datamap.tables_about_people() for about in table.abouts()]
    goes: list[Future] = []
    stays: list[Future] = []
    for (table, about), count in zip(ways, count_rows(ways, person_of(member)), strict=True):
        columns = table.columns_about(about) if count else []
        gone = [one for one in columns if one.erase.action != Fate.KEEP]
        kept = [one for one in columns if one.erase.action == Fate.KEEP and table.model not in ALWAYS]
        if gone:
            goes.append(Future(table.what, count_words(count), _words(gone)))
        if kept:
            until = list(dict.fromkeys(str(one.keep.words) for one in kept))
            stays.append(Future(_named(table.what, kept, bool(gone)), count_words(count), _words(kept), until))
    return goes, [*stays, *_always()]


def _always() -> list[Future]:
    """What leaving itself leaves behind, whatever there was."""
    tables = datamap.tables()
    left = zip(ALWAYS, ("digest", "identity_proof", "member_number"), strict=True)
    columns = [(tables[model], next(one for one in tables[model].columns if one.name == name)) for model, name in left]
    return [Future(table.what, "", [str(one.erase.words)], [str(one.keep.words)]) for table, one in columns]


def _named(what: Words, columns: Sequence[Column], is_part: bool) -> str:
    """With the columns, where others of the same rows go."""
    return f"{what} ({', '.join(str(one.words) for one in columns)})" if is_part else str(what)


def _words(columns: Sequence[Column]) -> list[str]:
    return list(dict.fromkeys(str(one.erase.words) for one in columns))
