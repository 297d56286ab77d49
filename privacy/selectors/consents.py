"""What somebody has agreed to and refused, and who may be written to."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q, QuerySet

from privacy.consents import Channel, ConsentPurpose, Question, browser_questions, personal_questions, purposes
from privacy.models import ConsentEvent, ConsentLink

MOST_EVENTS = 200  # on a page, and in memory while a receipt is written, which has all


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with what was last said to it: `given` is None where nothing ever was."""

    question: Question
    given: bool | None
    since: datetime | None
    by_signal: bool = False  # a no that the browser says by itself, with Global Privacy Control


@dataclass(frozen=True, slots=True)
class Topic:
    """A purpose with the answers on each of its channels."""

    purpose: ConsentPurpose
    answers: Sequence[Answer]

    @property
    def others(self) -> Sequence[Answer]:
        """The answers on all channels but the first, which a page may fold away."""
        return self.answers[1:]

    @property
    def is_unfolded(self) -> bool:
        """Whether one of the others is a yes, which nobody should have to look for."""
        return any(answer.given for answer in self.others)


@dataclass(frozen=True, slots=True)
class ConsentsPage:
    """Everything that is asked; `gpc`: this browser sends Global Privacy Control."""

    topics: Sequence[Topic]
    gpc: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger as people read it."""

    event: ConsentEvent
    title: str


def consents_page(
    *, subject: UUID | None, browser: UUID | None, granted: Container[str], gpc: bool, at: datetime
) -> ConsentsPage:
    """A member's answers under their key, and their browser's under its number. Two queries at most."""
    personal = answers(subject=subject, questions=personal_questions(), at=at)
    of_browser = browser_answers(browser=browser, granted=granted, gpc=gpc, at=at)
    return ConsentsPage(topics([*personal, *of_browser]), gpc)


def browser_answers(*, browser: UUID | None, granted: Container[str], gpc: bool, at: datetime) -> list[Answer]:
    """A browser's answers as they hold now, whatever it once said. One query."""
    found = []
    for one in answers(subject=browser, questions=browser_questions(), at=at):
        holds = one.question.purpose.key in granted
        as_said = one.given == holds or (one.given is None and not holds and not gpc)
        found.append(one if as_said else Answer(one.question, holds, None, by_signal=gpc and not holds))
    return found


def answers(*, subject: UUID | None, questions: Iterable[Question], at: datetime) -> list[Answer]:
    """The last word of a subject on each question. One query."""
    said = {}
    if subject is not None:
        said = {(event.purpose, event.channel): event for event in ConsentEvent.objects.of(subject).current(at=at)}
    found = ((question, said.get(question.key)) for question in questions)
    return [Answer(one, event.given if event else None, event.at if event else None) for one, event in found]


def topics(found: Iterable[Answer]) -> list[Topic]:
    """Answers that follow one another by purpose, put together."""
    return [Topic(purpose, list(some)) for purpose, some in groupby(found, key=lambda one: one.question.purpose)]


def key_of(member: AbstractBaseUser) -> UUID | None:
    """Under which number a member's answers are kept; None for one who never answered."""
    return ConsentLink.objects.filter(member_id=member.pk).values_list("key", flat=True).first()


def ledger(*, subjects: Iterable[UUID | None], most: int, after: ConsentEvent | None = None) -> list[Entry]:
    """What a person and their browser said, the newest first; `after` an event only what is older. One query."""
    events = ConsentEvent.objects.filter(subject__in=[one for one in subjects if one]).order_by("-at", "-id")
    if after is not None:
        events = events.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.pk))
    known = purposes()
    return [
        Entry(event, str(known[event.purpose].title) if event.purpose in known else event.purpose)
        for event in events.select_related("words", "policy").defer("policy__body", "policy__data_map")[:most]
    ]


def whole_ledger(*, subjects: Sequence[UUID | None]) -> Iterator[list[Entry]]:
    """All of it, so many at a time, each time by a query of its own; one empty list where nothing was ever said."""
    entries = ledger(subjects=subjects, most=MOST_EVENTS)
    yield entries
    while entries and (entries := ledger(subjects=subjects, most=MOST_EVENTS, after=entries[-1].event)):
        yield entries


def may_contact(*, purpose: str, channel: Channel, at: datetime) -> "QuerySet[ConsentLink, Any]":
    """The ids of the members who say yes at that moment, as a query to be joined or put into another."""
    last = ConsentEvent.objects.filter(purpose=purpose, channel=channel).current(at=at)
    said_yes = ConsentEvent.objects.filter(pk__in=last.values("pk"), given=True)
    return ConsentLink.objects.filter(key__in=said_yes.values("subject")).values_list("member_id", flat=True)
