"""Doing once what a program sends twice: the first call's answer is every later one's."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from partners.models import ApiKey, IdempotentCall

REMEMBERED = timedelta(days=1)
PATIENCE = timedelta(minutes=1)  # after which a call without an answer is taken for dead


class UsedForSomethingElse(Exception):
    """The same Idempotency-Key came with another method, address or body."""


class StillUnderWay(Exception):
    """The first call has not been answered yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered."""

    status: int
    text: str


def answer_once(
    *,
    key: ApiKey,
    value: str,
    asked: bytes,
    do: Callable[[UUID], Answer],
    refusals: tuple[type[Exception], ...],
    now: datetime,
) -> Answer:
    """What `do` answers, or has answered to the first call. What it refuses is forgotten, to be sent corrected.

    `asked` is all that tells one call from another. By raising one of the `refusals`, `do` says that it has left
    nothing behind. Whatever else it raises, and a worker that dies in between, may have left something: such a call is
    taken up again after a minute, with the same number, by which `do` finds what it has made.
    Raises UsedForSomethingElse, StillUnderWay.
    """
    digest = hashlib.sha256(asked).hexdigest()
    call = _begin(key=key, value=value, digest=digest, now=now)
    if call.digest != digest:
        raise UsedForSomethingElse
    if call.status is not None:
        return Answer(call.status, call.answer)
    mine = IdempotentCall.objects.filter(pk=call.pk, begun_at=call.begun_at)
    try:
        answer = do(call.number)
    except refusals:
        mine.delete()
        raise
    mine.update(status=answer.status, answer=answer.text)
    return answer


@transaction.atomic(durable=True)
def _begin(*, key: ApiKey, value: str, digest: str, now: datetime) -> IdempotentCall:
    """The call's row: new, answered, or taken over from a worker that died. Raises StillUnderWay.

    It hangs on the first key of its line, so that of two calls with two of them, one makes it. The release before hung
    it on the key itself.
    """
    line = _line_of(key)
    earlier = IdempotentCall.objects.filter(key__in=line, value=value).order_by("pk").first()
    call, is_new = (
        (earlier, False)
        if earlier is not None
        else IdempotentCall.objects.get_or_create(
            key_id=line[0], value=value, defaults={"digest": digest, "begun_at": now}
        )
    )
    if is_new or call.status is not None or call.digest != digest:
        return call
    dead = IdempotentCall.objects.filter(pk=call.pk, status=None, begun_at=call.begun_at, begun_at__lte=now - PATIENCE)
    if not dead.update(begun_at=now):
        raise StillUnderWay
    call.begun_at = now
    return call


def _line_of(key: ApiKey) -> list[int]:
    """It, the keys whose place it has taken, and those that have taken its place, the first one first.

    While a program changes over, some of it asks again with the new key and some with the old one, in the same name.
    """
    line, follows = [key.pk], key.follows_id
    while follows is not None:
        line.insert(0, follows)
        follows = ApiKey.objects.values_list("follows", flat=True).get(pk=follows)
    while follower := ApiKey.objects.filter(follows=line[-1]).values_list("pk", flat=True).first():
        line.append(follower)
    return line


def forget_calls(*, now: datetime) -> int:
    """Forget yesterday's."""
    return IdempotentCall.objects.filter(begun_at__lt=now - REMEMBERED).delete()[0]
