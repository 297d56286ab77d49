"""Who must not be written to or listed again: entered when somebody leaves, lifted when they come back."""

from datetime import datetime

from django.db import transaction

from privacy.digests import digest_now, digests_of
from privacy.models import Suppression
from privacy.selectors.suppression import is_suppressed


@transaction.atomic
def suppress(*, kind: str, value: str, reason: Suppression.Reason, now: datetime) -> None:
    """Keep a digest of it, and nothing else; done twice it is there once, also when the keys changed in between."""
    if not value or is_suppressed(kind, value):
        return
    key_id, digest = digest_now(kind, value)
    row = Suppression(kind=kind, digest=digest, key_id=key_id, reason=reason, at=now)
    Suppression.objects.bulk_create([row], ignore_conflicts=True)  # somebody else may enter it at this moment


@transaction.atomic
def lift(*, kind: str, value: str) -> None:
    """Its holder has come back: forget it, whichever key its digest was made with."""
    Suppression.objects.filter(kind=kind, digest__in=digests_of(kind, value)).delete()
