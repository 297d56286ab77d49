"""What somebody has agreed to and refused, and who may be written to."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Exists, OuterRef, Q, QuerySet

from privacy.consents import (
    Channel,
    ConsentPurpose,
    Question,
    browser_questions,
    is_asked_for,
    line_of,
    personal_questions,
    purposes,
)
from privacy.cookies import Choice
from privacy.datamap import Purpose
from privacy.models import ConsentEvent, ConsentLink, ConsentWords, Receiver
from privacy.selectors.announced import announced

ON_A_PAGE = [ConsentEvent.Method.BANNER, ConsentEvent.Method.COOKIE_PAGE, ConsentEvent.Method.PRIVACY_CENTRE]
MOST_EVENTS = 200  # on a page, and in memory while a receipt is written, which has all


@dataclass(frozen=True, slots=True)
class Answer:
    """A question with what was last said to it: `given` is None where nothing ever was."""

    question: Question
    given: bool | None
    since: datetime | date | None
    by_signal: bool = False  # a no that the browser says by itself, with Global Privacy Control
    is_asked: bool = True  # else a yes of before, which can only be taken back
    is_for_others: bool = False  # a yes to other names than those that are asked about now
    how: str = ""  # it was said, where that was elsewhere than on a page with the question


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

    @property
    def answers(self) -> list[Answer]:
        """One by one."""
        return [answer for topic in self.topics for answer in topic.answers]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the ledger as people read it."""

    event: ConsentEvent
    title: str


def consents_page(
    *, subject: UUID | None, choice: Choice | None, granted: Container[str], gpc: bool, at: datetime
) -> ConsentsPage:
    """A member's answers under their key, and their browser's under its number. Four queries at most."""
    personal = personal_answers(subject=subject, at=at)
    of_browser = browser_answers(choice=choice, granted=granted, gpc=gpc, at=at)
    return ConsentsPage(topics([*personal, *of_browser]), gpc)


def asked_of_members(*, at: datetime) -> list[Question]:
    """What the policy in force lists; a question about receivers is asked once there are any, by name. Two queries."""
    told, receivers = announced(at=at).purposes, Receiver.objects.serving(on=at.date()).order_by("name")
    questions = [one for one in personal_questions() if one.purpose.why.key in told]
    kinds = {one.purpose.named for one in questions if one.purpose.named}
    named = list(receivers.filter(kind__in=kinds)) if kinds else []
    found = []
    for one in questions:
        names = tuple(receiver.name for receiver in named if receiver.kind == one.purpose.named)
        if names or not one.purpose.named:
            found.append(replace(one, names=names))
    return found


def personal_answers(*, subject: UUID | None, at: datetime) -> list[Answer]:
    """A member's answers to what is asked now, and each yes to what is not, to be taken back. Three queries."""
    asked = {one.key: one for one in asked_of_members(at=at)}
    found = answers(subject=subject, questions=[asked.get(one.key, one) for one in personal_questions()], at=at)
    known = [replace(one, is_asked=one.question.key in asked) for one in found]
    return [one for one in known if one.is_asked or one.given]


def browser_answers(*, choice: Choice | None, granted: Container[str], gpc: bool, at: datetime) -> list[Answer]:
    """A browser's answers as they hold now, whatever it once said. One query; none without a yes."""
    found = answers(subject=choice.browser if choice else None, questions=browser_questions(), at=at)
    return [_as_it_holds(one, choice, holds=one.question.purpose.key in granted, gpc=gpc) for one in found]


def _as_it_holds(said: Answer, choice: Choice | None, *, holds: bool, gpc: bool) -> Answer:
    """The ledger knows a yes and since when; a no and its day are in the browser alone."""
    if said.given == holds:
        return said
    if choice and said.question.purpose.key in choice.refused:
        return Answer(said.question, False, choice.said_on)
    if said.given is None and not holds and not gpc:
        return said
    return Answer(said.question, holds, None, by_signal=gpc and not holds)


def answers(*, subject: UUID | None, questions: Iterable[Question], at: datetime) -> list[Answer]:
    """The last word of a subject on each question. One query."""
    said = {}
    if subject is not None:
        last = ConsentEvent.objects.of(subject).current(at=at).select_related("words")
        said = {(event.purpose, event.channel): event for event in last}
    return [_answer(question, said.get(question.key)) for question in questions]


def _answer(question: Question, event: ConsentEvent | None) -> Answer:
    if event is None:
        return Answer(question, None, None)
    is_for_others = event.given and not question.says_no_more_than(event.words.text)
    how = "" if event.method in ON_A_PAGE else event.get_method_display()
    return Answer(question, event.given, event.at, is_for_others=is_for_others, how=how)


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
        Entry(event, str(known[event.purpose].title) if event.purpose in known else event.words.text.partition("\n")[0])
        for event in events.select_related("words", "policy").defer("policy__body", "policy__data_map")[:most]
    ]


def who_agreed(*, members: Iterable[int] | None = None, why: Purpose, to: str, at: datetime) -> set[int]:
    """Of these members, or of all, who says yes to something of this purpose in words that name the receiver.

    Two queries.
    """
    line = line_of(to)
    words = ConsentWords.objects.filter(text__contains=line)
    told = [one.digest for one in words if line in one.text.splitlines()]
    links, said = ConsentLink.objects.all(), ConsentEvent.objects.filter(is_asked_for(why))
    if members is not None:
        links = links.filter(member__in=list(members))
        said = said.filter(subject__in=links.values("key"))
    last = said.current(at=at)
    said_yes = ConsentEvent.objects.filter(pk__in=last.values("pk"), given=True, words__in=told)
    return set(links.filter(key__in=said_yes.values("subject")).values_list("member_id", flat=True))


def whole_ledger(*, subjects: Sequence[UUID | None]) -> Iterator[list[Entry]]:
    """All of it, so many at a time, each time by a query of its own; one empty list where nothing was ever said."""
    entries = ledger(subjects=subjects, most=MOST_EVENTS)
    yield entries
    while entries and (entries := ledger(subjects=subjects, most=MOST_EVENTS, after=entries[-1].event)):
        yield entries


def who_says_yes(*, subjects: Iterable[UUID], purpose: str, channel: Channel, at: datetime) -> set[UUID]:
    """Of these keys, those whose last word on the purpose is yes. One query over their own events."""
    said = ConsentEvent.objects.filter(subject__in=list(subjects), purpose=purpose, channel=channel)
    return {event.subject for event in said.current(at=at).only("subject", "given") if event.given}


def says_yes_to(*, subject: UUID, purposes: Iterable[str], channel: Channel) -> set[str]:
    """Of these purposes, those to which a subject's last word is yes. One query."""
    said = ConsentEvent.objects.of(subject).filter(purpose__in=list(purposes), channel=channel)
    last = said.order_by("purpose", "-at", "-id").distinct("purpose")
    return {event.purpose for event in last if event.given}


def may_contact(*, purpose: str, channel: Channel, at: datetime) -> "QuerySet[ConsentLink, Any]":
    """The ids of the members who say yes at that moment, as a query to be joined or put into another."""
    agreeing = keys_that_agree(purpose=purpose, channel=channel, at=at)
    return ConsentLink.objects.filter(key__in=agreeing).values_list("member_id", flat=True)


def keys_that_agree(*, purpose: str, channel: Channel, at: datetime) -> "QuerySet[ConsentEvent, Any]":
    """The keys whose last word at that moment is yes, of members and of others, in the same way.

    Every yes that no later word follows: of a million people PostgreSQL finds these by comparing two heaps, where
    picking each one's last word would have it sort all that was ever said.
    """
    said = ConsentEvent.objects.filter(purpose=purpose, channel=channel, at__lte=at)
    is_later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    later = said.filter(is_later, subject=OuterRef("subject"))
    return said.filter(~Exists(later), given=True).values_list("subject", flat=True)
