"""Who must not be written to or listed again: entered when somebody leaves or mail comes back, lifted by its holder."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from privacy.digests import digest_now, digests_of
from privacy.erasing import ledger
from privacy.erasing.wishes import WISHES, enter_wishes
from privacy.models import Suppression


@transaction.atomic
def suppress(*, kind: str, value: str, reason: Suppression.Reason, now: datetime) -> None:
    """Keep a digest of it, and nothing else; done twice it is there once, also when the keys changed in between.

    A wish takes the place of what mail servers said about the address, and never the other way round; a complaint takes
    the place of a bounce, since it is not over when the mailbox works again.
    """
    if not value:
        return
    if reason in WISHES:
        enter_wishes(values=[(kind, value)], reason=reason, now=now)
        return
    known = Suppression.objects.filter(kind=kind, digest__in=digests_of(kind, value))
    if reason == Suppression.Reason.COMPLAINED:
        known.filter(reason=Suppression.Reason.BOUNCED).update(reason=reason, at=now)
    if not known.exists():
        key_id, digest = digest_now(kind, value)
        row = Suppression(kind=kind, digest=digest, key_id=key_id, reason=reason, at=now)
        Suppression.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def suppress_for_good(*, request: UUID, values: Iterable[tuple[str, str]], now: datetime) -> None:
    """What somebody asked to be removed: remembered in the ledger too, so that a restored copy does not bring it back.

    `values` are kinds and what is to be suppressed. The last step of its transaction: the ledger is not taken back
    with it, and a line of what did not happen would be carried out at the next start. Raises OSError where the ledger
    cannot be written.
    """
    wanted = [(kind, value) for kind, value in values if value]
    if not wanted:
        return
    reason = Suppression.Reason.REMOVED
    enter_wishes(values=wanted, reason=reason, now=now)
    ledger.append(ledger.line_for(request=str(request), reason=reason, values=wanted, now=now))


@transaction.atomic
def lift(*, kind: str, value: str, now: datetime) -> None:
    """Its holder has come back: forget it, whichever key its digest was made with; the ledger says so too."""
    digests = digests_of(kind, value)
    gone, _each = Suppression.objects.filter(kind=kind, digest__in=digests).delete()
    if gone:  # a line that cannot be written costs mail after a restore, and nobody's wish
        line = ledger.lifted(kind=kind, digests=digests, now=now)
        transaction.on_commit(partial(ledger.append, line), robust=True)


@transaction.atomic
def note_mailbox_works(*, address: str) -> None:
    """A link that was mailed there was followed: what mail servers said is over. Wishes and complaints stand.

    The ledger knows nothing of bounces, and is not asked.
    """
    digests = digests_of(Suppression.Kind.EMAIL, address)
    known = Suppression.objects.filter(kind=Suppression.Kind.EMAIL, digest__in=digests)
    known.filter(reason=Suppression.Reason.BOUNCED).delete()
