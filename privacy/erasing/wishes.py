"""Entering that people must not be written to or listed again: they have left, or asked for it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from privacy.digests import digest_now, digests_of
from privacy.models import Suppression

# Of people; what a mail server says stands below them.
WISHES = (Suppression.Reason.ERASED, Suppression.Reason.REMOVED, Suppression.Reason.OPTED_OUT)


@transaction.atomic
def enter_wishes(*, values: Iterable[tuple[str, str]], reason: Suppression.Reason, now: datetime) -> None:
    """Keep digests of these kinds and values, for a reason of WISHES, each once whichever key it is there under.

    What mail servers said becomes the wish; an earlier wish stands.
    """
    wanted = {(kind, value): digests_of(kind, value) for kind, value in sorted(set(values))}
    there = Suppression.objects.filter(digest__in={digest for digests in wanted.values() for digest in digests})
    there.exclude(reason__in=WISHES).update(reason=reason, at=now)
    known = set(there.filter(reason__in=WISHES).values_list("digest", flat=True))
    unknown = [pair for pair, digests in wanted.items() if known.isdisjoint(digests)]
    fresh = [(kind, *digest_now(kind, value)) for kind, value in unknown]
    enter_digests(
        Suppression(kind=kind, key_id=key_id, digest=digest, reason=reason, at=now) for kind, key_id, digest in fresh
    )


@transaction.atomic
def enter_digests(rows: Iterable[Suppression]) -> None:
    """Keep these rows, of which only the digests are known, each with a reason of WISHES.

    What mail servers said becomes the wish; an earlier wish stands.
    """
    wanted = {(one.kind, one.digest): one for one in rows}
    known = Suppression.objects.filter(reason__in=WISHES, digest__in={digest for _kind, digest in wanted})
    for key in known.values_list("kind", "digest"):
        wanted.pop(key, None)
    Suppression.objects.bulk_create(
        wanted.values(), update_conflicts=True, unique_fields=["kind", "digest"], update_fields=["reason", "at"]
    )
