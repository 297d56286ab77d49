"""Who calls: `Authorization: Bearer <key>` (RFC 6750), looked up anew for each call."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from partners.holders import why_refused
from partners.keys import digest_of, holds_a_key, looks_like_a_key
from partners.models import ApiKey
from partners.problems import Problem
from partners.scopes import Scope

NOTED = timedelta(minutes=1)  # within which a key's last use is not written down again
REALM = 'Bearer realm="market"'


def _no_key(detail: str, *, error: str = "") -> Problem:
    challenge = f'{REALM}, error="{error}"' if error else REALM
    return Problem(
        status=401,
        kind="unauthorized",
        title="A valid key is needed",
        detail=detail,
        headers={"WWW-Authenticate": challenge},
    )


def scope_missing(scope: Scope | None, detail: str = "") -> Problem:
    """403 for a key that may not do this; None where no single scope would help (RFC 6750, 3.1)."""
    named = f', scope="{scope.value}"' if scope else ""
    return Problem(
        status=403,
        kind="scope-missing",
        title="The key may not do this",
        detail=detail or f"It needs the scope {scope.value if scope else ''}.",
        headers={"WWW-Authenticate": f'{REALM}, error="insufficient_scope"{named}'},
    )


def _holder_is_out(detail: str) -> Problem:
    return Problem(status=403, kind="holder-is-out", title="The key’s holder has no access now", detail=detail)


class KeyAuthentication(BaseAuthentication):
    """Finds the key; `request.auth` is the ApiKey, `request.user` the member, or None for a partner.

    One query; what is revoked, expired or rotated out is refused with the next call. Whether its holder has access is
    asked by `MayDo`, which knows what the address is for.
    """

    def authenticate(self, request: Request) -> tuple[Any, ApiKey] | None:
        """Raises Problem for a key that does not open anything; None without one."""
        refuse_key_in_address(request)
        kind, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return None
        secret = secret.strip()
        if kind.lower() != "bearer" or not looks_like_a_key(secret):
            raise _no_key("Send the header “Authorization: Bearer <key>” with the key as you were given it.")
        now = timezone.now()
        keys = ApiKey.objects.select_related("partner__receiver", "member")
        key = keys.filter(digest=digest_of(secret)).first()
        if key is None or key.revoked_at is not None:
            raise _no_key("The key is not known, or was revoked.", error="invalid_token")
        if key.expires_at is not None and key.expires_at <= now:
            raise _no_key(
                "The key has expired. Make a new one, or use the one that took its place.", error="invalid_token"
            )
        return key.member, key

    def authenticate_header(self, _request: Request) -> str:
        """What 401 names as the way in (RFC 9110, 11.6.1)."""
        return REALM


def refuse_key_in_address(request: Request | HttpRequest) -> None:
    """Raises Problem: addresses are kept in logs and histories (RFC 6750, 5.3), so that such a key has leaked."""
    if holds_a_key(request.path) or holds_a_key(unquote_plus(request.META.get("QUERY_STRING", ""))):
        raise Problem(
            status=400,
            kind="key-in-address",
            title="A key stands in the address",
            detail="Addresses are written into logs on their way. Revoke this key, make a new one, and send it in "
            "the header “Authorization: Bearer <key>” only.",
        )


def _refuse_whose_holder_is_out(key: ApiKey, *, owes_still: bool, now: datetime) -> None:
    if key.partner is not None:
        today, receiver = now.date(), key.partner.receiver
        if receiver.since > today:
            raise _holder_is_out("The partner’s contract has not begun.")
        if receiver.until is not None and receiver.until < today and not owes_still:
            raise _holder_is_out(
                "The partner’s contract is over. That it has to delete everything stands at /api/v1/contract-end/, and "
                "what single persons had removed stays at /api/v1/removals/."
            )
    elif key.member is None or key.member.state != "active":
        raise _holder_is_out("The member’s account is suspended, or is being closed.")
    elif reason := why_refused(key):
        raise Problem(status=403, kind="no-company", title="The key acts for no company", detail=reason)


class MayDo(BasePermission):
    """The key's holder must have access now: an active member with a company, a partner under contract.

    The view's `scope` must be among the key's, and among those that its partner's contract allows today. What a partner
    owes does not end with its contract: `outlives_contract` says that the view is about that. One query for a member.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raises Problem, which says what is missing."""
        scope: Scope | None = view.scope
        if not isinstance(request.auth, ApiKey):
            raise _no_key("This needs a key. /partners/ says how to get one.")
        _refuse_whose_holder_is_out(request.auth, owes_still=view.outlives_contract, now=timezone.now())
        if scope is not None and scope not in scopes_of(request.auth):
            raise scope_missing(scope)
        return True


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Write down, at most once a minute, that the key opened something."""
    if key.last_used_at is None or key.last_used_at <= now - NOTED:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def scopes_of(key: ApiKey) -> frozenset[str]:
    """What it may do now: a contract that shrinks takes effect with the next call."""
    own = frozenset(key.scopes)
    return own if key.partner is None else own.intersection(key.partner.scopes)
