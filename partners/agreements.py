"""What members agree to with partners, as privacy asks about it, and what ends with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from partners.models import PairwiseId, Partner
from privacy.consents import Question, register_family
from privacy.hearing import Hearer, Said, register_hearer
from privacy.models import ConsentLink
from privacy.purposes import CONNECTING

ON_SITES = "partners"  # the key of the question about partner sites
FAMILY = "service"  # of the questions about services, one for each: “service:12”


def forget_numbers(*, subject: UUID, said: Said, now: datetime) -> None:  # noqa: ARG001  # the database sets the time
    """A partner's number of somebody ends with the yes; it stays only where the partner has to be told of it."""
    member = ConsentLink.objects.filter(key=subject).values_list("member_id", flat=True).first()
    for event, before in said.items():
        if member is not None and before and not event.given:
            own = PairwiseId.objects.filter(partner__in=_partners(event.purpose), member=member)
            numbers = list(own.values_list("pk", flat=True))
            own.update(member=None)
            PairwiseId.objects.filter(pk__in=numbers, removal=None).delete()


def _partners(purpose: str) -> Any:
    if purpose == ON_SITES:
        return Partner.objects.filter(receiver__kind="partner")
    family, _colon, number = purpose.partition(":")
    return Partner.objects.filter(pk=int(number)) if family == FAMILY else Partner.objects.none()


def _nothing_under_way(*, subject: UUID, refused: Sequence[Question]) -> int:  # noqa: ARG001  # nothing is sent from here
    return 0


def register() -> None:
    """Let privacy know these questions, and hear of answers."""
    register_family(FAMILY, CONNECTING)
    register_hearer(Hearer(forget_numbers, _nothing_under_way))
