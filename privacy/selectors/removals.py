"""What the pages about removals show."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from privacy.mailboxes import spellings
from privacy.models import Removal, SubjectRequest

SALT = "privacy.removal"  # of the link that proves a mailbox
QUIET = timedelta(days=30)
VALID = timedelta(days=7)  # of the link; then the request is over, and who typed the address is forgotten


def link_token(request: SubjectRequest) -> str:
    """What stands in the link: which request, and a digest of the mailbox that it is mailed to."""
    return signing.dumps([str(request.pk), _digest(request.email)], salt=SALT)


def removal_by_link(token: str, *, at: datetime) -> SubjectRequest | None:
    """The request that this link was mailed for, waiting or proved; None where the link is not ours or too old."""
    try:
        number, mailbox = signing.loads(token, salt=SALT, max_age=VALID)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    removals = SubjectRequest.objects.filter(kind=SubjectRequest.Kind.REMOVAL).select_related("removal")
    young = removals.filter(received_at__gt=at - VALID).exclude(state=SubjectRequest.State.EXPIRED)
    found = young.filter(pk=number).first()
    return found if found is not None and found.email in {"", *_of(found, mailbox)} else None


def _of(request: SubjectRequest, mailbox: str) -> list[str]:
    """Its address, if the link was mailed there; an empty one is that of a request that is done."""
    return [request.email] if constant_time_compare(_digest(request.email), mailbox) else []


def _digest(address: str) -> str:
    return salted_hmac(SALT, address.lower(), algorithm="sha256").hexdigest()[:32]


def refused_lately(removal: Removal, *, at: datetime) -> bool:
    """Whether staff have refused to remove this page within a month: then they decide again, and nothing hides it."""
    same = Removal.objects.filter(target_kind=removal.target_kind, target_key=removal.target_key)
    return same.filter(request__state=SubjectRequest.State.REFUSED, request__ended_at__gt=at - QUIET).exists()


def is_members(address: str) -> bool:
    """Whether a member has confirmed this address; only that makes it theirs."""
    return bool(EmailAddress.objects.filter(_spelt_like(address), verified=True).exists())


def unconfirmed(address: str) -> list[int]:
    """Members by number who gave this address as theirs and never confirmed it."""
    return list(entries_of(address).order_by("user").values_list("user", flat=True))


def unproved_accounts(address: str) -> list[Any]:
    """Those of them who have proved no mailbox at all: nobody has ever shown that the account is theirs."""
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return list(get_user_model()._default_manager.filter(~Exists(proved), pk__in=unconfirmed(address)))


def entries_of(address: str) -> "QuerySet[EmailAddress]":
    """Where members entered this address as theirs and never confirmed it."""
    found: QuerySet[EmailAddress] = EmailAddress.objects.filter(_spelt_like(address), verified=False)
    return found


def _spelt_like(address: str) -> Q:
    found = Q(pk__in=[])
    for spelling in spellings(address) if address else ():
        found |= Q(email__iexact=spelling)
    return found
