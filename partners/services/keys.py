"""Keys are made, take one another's place, and end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Least

from partners.delivery.pausing import pause_without_key
from partners.keys import new_secret
from partners.models import ApiKey, Partner, Webhook
from partners.scopes import OF_MEMBERS, Scope

OVERLAP = timedelta(days=7)  # for which a key that was renewed still opens
MOST_OF_MEMBER = 10  # valid keys; those that were renewed and still open come on top, and are as many at most


class ScopeNotAllowed(Exception):
    """The contract, or being a member, does not allow it; the message names the scopes."""


class AlreadyMade(Exception):
    """The same press of the button has made a key; its secret cannot be shown again."""


class AlreadyRenewed(Exception):
    """Another key has taken its place, or it opens nothing any more."""


class TooManyKeys(Exception):
    """The member has as many valid keys as a member may have."""


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key with its secret, which nobody can be shown again."""

    key: ApiKey
    secret: str


@transaction.atomic
def issue_partner_key(
    *,
    partner: Partner,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
    submission: UUID | None = None,
    now: datetime,
) -> IssuedKey:
    """A key within the partner's contract as it is now. Raises ScopeNotAllowed, AlreadyMade."""
    contract = Partner.objects.select_for_update().get(pk=partner.pk)
    _refuse_second_press(submission)
    wanted = _allowed(scopes, contract.scopes)
    key = ApiKey(partner=partner, name=name, scopes=wanted, expires_at=expires_at, submission=submission)
    return _issue(key, now=now)


@transaction.atomic
def issue_member_key(
    *,
    member_id: int,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
    submission: UUID | None = None,
    now: datetime,
) -> IssuedKey:
    """A key of a member's own. Raises ScopeNotAllowed, AlreadyMade, TooManyKeys."""
    wanted = _allowed(scopes, OF_MEMBERS)
    _one_at_a_time(member_id)
    _refuse_second_press(submission)
    if ApiKey.objects.valid(at=now).filter(member=member_id, followed_by=None).count() >= MOST_OF_MEMBER:
        raise TooManyKeys
    key = ApiKey(member_id=member_id, name=name, scopes=wanted, expires_at=expires_at, submission=submission)
    return _issue(key, now=now)


@transaction.atomic
def renew_key(*, key: ApiKey, expires_at: datetime | None, now: datetime) -> IssuedKey:
    """A key with another secret takes its place; the old one opens for some days yet, so that programs can change over.

    Raises AlreadyRenewed: of two clicks, one makes a key. Raises TooManyKeys for a member who renews what was renewed
    again and again.
    """
    if key.member_id is not None:
        _one_at_a_time(key.member_id)
        if ApiKey.objects.valid(at=now).filter(member=key.member_id).count() >= 2 * MOST_OF_MEMBER:
            raise TooManyKeys
    old = ApiKey.objects.valid(at=now).filter(pk=key.pk)
    if not old.update(expires_at=Least(Coalesce(F("expires_at"), now + OVERLAP), now + OVERLAP)):
        raise AlreadyRenewed
    new = ApiKey(
        partner_id=key.partner_id,
        member_id=key.member_id,
        name=key.name,
        scopes=key.scopes,
        expires_at=expires_at,
        follows=key,
    )
    try:
        with transaction.atomic():
            issued = _issue(new, now=now)
    except IntegrityError as error:
        raise AlreadyRenewed from error
    Webhook.objects.filter(key=key).update(key=new)
    return issued


@transaction.atomic
def revoke_key(*, key: ApiKey, now: datetime) -> bool:
    """Nothing is opened by it from the next call on; its webhooks are paused, and their holder told.

    False where it was revoked before.
    """
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        return False
    pause_without_key(now=now, webhooks=Webhook.objects.filter(key=key.pk))
    return True


def hold_newest(*, key: ApiKey, now: datetime) -> ApiKey:
    """The last of the keys that took its place, one after the other, and open something; itself if there is none.

    Until the commit nobody renews it: what is hung on it goes along with the next one.
    """
    current = newest = ApiKey.objects.select_for_update(no_key=True).get(pk=key.pk)
    while follower := ApiKey.objects.select_for_update(no_key=True).filter(follows=current).first():
        current = follower
        if follower.state(at=now) not in {ApiKey.State.EXPIRED, ApiKey.State.REVOKED}:
            newest = follower
    return newest


def _issue(key: ApiKey, *, now: datetime) -> IssuedKey:
    made = new_secret()
    key.prefix, key.digest, key.created_at = made.prefix, made.digest, now
    key.save(force_insert=True)
    return IssuedKey(key, made.secret)


def _one_at_a_time(member_id: int) -> None:
    """Whoever makes a key of this member waits for whoever is making one."""
    get_user_model().objects.select_for_update(no_key=True).get(pk=member_id)


def _refuse_second_press(submission: UUID | None) -> None:
    """The holder is locked, so that the first press is over."""
    if submission is not None and ApiKey.objects.filter(submission=submission).exists():
        raise AlreadyMade


def _allowed(scopes: Iterable[Scope], most: Iterable[str]) -> list[str]:
    wanted: list[str] = sorted(set(scopes))
    if beyond := sorted(set(wanted) - set(most)):
        raise ScopeNotAllowed(", ".join(beyond))
    return wanted
