"""Entering that people must not be written to or listed again: they have left, or asked for it."""

from collections.abc import Iterable

from django.db import transaction

from privacy.models import Suppression

# Of people; what a mail server says stands below them.
WISHES = (Suppression.Reason.ERASED, Suppression.Reason.REMOVED, Suppression.Reason.OPTED_OUT)


@transaction.atomic
def enter_wishes(rows: Iterable[Suppression]) -> None:
    """Keep these rows, each with a reason of WISHES, in place of what mail servers said; an earlier wish stands."""
    wanted = {(one.kind, one.digest): one for one in rows}
    known = Suppression.objects.filter(reason__in=WISHES, digest__in={digest for _kind, digest in wanted})
    for key in known.values_list("kind", "digest"):
        wanted.pop(key, None)
    Suppression.objects.bulk_create(
        wanted.values(), update_conflicts=True, unique_fields=["kind", "digest"], update_fields=["reason", "at"]
    )
