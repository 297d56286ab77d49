"""Writing down what people agree to and refuse."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import translation

from privacy.consents import Channel, Question, digest_of_words
from privacy.hearing import tell_hearers
from privacy.models import ConsentEvent, ConsentLink, ConsentWords, PolicyVersion
from privacy.selectors.policies import policy_in_force
from privacy.services.withdrawing import follow_withdrawals

EVER = datetime.max.replace(tzinfo=UTC)  # of two clicks, the later written may carry the earlier time


def consent_key(*, member: AbstractBaseUser) -> UUID:
    """Under which random number a member's answers are kept; the first call makes it, and of two at once one does."""
    link, _made = ConsentLink.objects.get_or_create(member_id=member.pk)
    return link.key


@transaction.atomic
def record_choices(
    *,
    subject: UUID,
    choices: Mapping[Question, bool],
    method: ConsentEvent.Method,
    language: str,
    gpc: bool,
    now: datetime,
) -> list[ConsentEvent]:
    """One event for each answer that differs from the last one, or is the first; with the words that were shown.

    What follows from an answer is done with it (privacy.hearing).

    Saying the same again adds nothing, but a yes to something that the last one did not see is another.
    `language` is the one in which the question was asked.
    """
    with connection.cursor() as cursor:  # of two clicks, the second sees what the first said
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"consent {subject}"])
    # Whoever hands something over holds this row: what was given before is known below, and no more is given after.
    list(ConsentLink.objects.select_for_update().filter(key=subject))
    last = ConsentEvent.objects.of(subject).current(at=EVER).select_related("words")
    said = {(event.purpose, event.channel): event for event in last}
    with translation.override(language):
        changed = {
            question: given for question, given in choices.items() if _is_new(question, given, said.get(question.key))
        }
    if not changed:
        return []
    words, policies = _store_words(changed, language), _policies(now)
    events = [
        ConsentEvent(
            subject=subject,
            purpose=question.purpose.key,
            channel=question.channel,
            given=given,
            words_id=words[question],
            policy=policies[question.channel == Channel.BROWSER],
            method=method,
            gpc=gpc,
            at=max(now, said[question.key].at) if question.key in said else now,
        )
        for question, given in changed.items()
    ]
    ConsentEvent.objects.bulk_create(events)
    before = {event: said.get((event.purpose, event.channel)) for event in events}
    taken_back = [event for event, last in before.items() if last and last.given and not event.given]
    follow_withdrawals(subject=subject, taken_back=taken_back, now=now)
    tell_hearers(subject=subject, said={event: last.given if last else None for event, last in before.items()}, now=now)
    return events


def _is_new(question: Question, given: bool, last: ConsentEvent | None) -> bool:
    if last is None or last.given != given:
        return True
    return given and not question.says_no_more_than(last.words.text)


def _store_words(asked: Mapping[Question, bool], language: str) -> dict[Question, str]:
    """Keep each text once; returns the digests."""
    with translation.override(language):
        texts = {question: str(question.text) for question in asked}
    digests = {question: digest_of_words(text=text, language=language) for question, text in texts.items()}
    ConsentWords.objects.bulk_create(
        [ConsentWords(digest=digests[one], language=language, text=text) for one, text in texts.items()],
        ignore_conflicts=True,
    )
    return digests


def _policies(now: datetime) -> dict[bool, PolicyVersion]:
    """What says how the answers are used: for a browser (True) the cookie policy, else the privacy policy."""
    kinds = {True: PolicyVersion.Kind.COOKIES, False: PolicyVersion.Kind.PRIVACY}
    return {of_browser: policy_in_force(kind=kind, at=now) for of_browser, kind in kinds.items()}
