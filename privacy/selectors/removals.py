"""What the pages about removals show."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db.models import Q

from privacy.mailboxes import spellings
from privacy.models import SubjectRequest

SALT = "privacy.removal"  # of the link that proves a mailbox
VALID = timedelta(days=7)  # of the link; then the request is over, and who typed the address is forgotten


def removal_by_link(token: str, *, at: datetime) -> SubjectRequest | None:
    """The request that this link was mailed for, waiting or proved; None where the link is not ours or too old."""
    try:
        number = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    removals = SubjectRequest.objects.filter(kind=SubjectRequest.Kind.REMOVAL).select_related("removal")
    young = removals.filter(received_at__gt=at - VALID).exclude(state=SubjectRequest.State.EXPIRED)
    return young.filter(pk=number).first()


def is_members(address: str) -> bool:
    """Whether a member has confirmed this address; only that makes it theirs."""
    return bool(EmailAddress.objects.filter(_spelt_like(address), verified=True).exists())


def unconfirmed(address: str) -> list[int]:
    """Members by number who gave this address as theirs and never confirmed it."""
    found = EmailAddress.objects.filter(_spelt_like(address), verified=False)
    return list(found.order_by("user").values_list("user", flat=True))


def _spelt_like(address: str) -> Q:
    found = Q(pk__in=[])
    for spelling in spellings(address) if address else ():
        found |= Q(email__iexact=spelling)
    return found
