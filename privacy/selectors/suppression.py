"""Whether something must not come back: asked before a mail is written and before a company is listed."""

from collections.abc import Iterable

from django.db.models import Q

from privacy.digests import digests_of
from privacy.models import Suppression


def is_suppressed(kind: str, value: str) -> bool:
    """Whether this must not be written to or listed, whichever key its digest was made with. One query."""
    return any_suppressed([(kind, value)])


def only_comes_back(address: str) -> bool:
    """Whether an address must not be written to, and for no other reason than that mail came back. One query."""
    digests = digests_of(Suppression.Kind.EMAIL, address)
    known = Suppression.objects.filter(kind=Suppression.Kind.EMAIL, digest__in=digests)
    return set(known.values_list("reason", flat=True)) == {Suppression.Reason.BOUNCED}


def any_suppressed(values: Iterable[tuple[str, str]]) -> bool:
    """Whether one of these is: pairs of kind and value. One query."""
    found = Q(pk__in=[])
    for kind, value in values:
        found |= Q(kind=kind, digest__in=digests_of(kind, value))
    return Suppression.objects.filter(found).exists()
