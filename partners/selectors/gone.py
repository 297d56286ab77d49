"""Whether something was public once."""

from datetime import datetime
from uuid import UUID

from partners.models import Change, PairwiseId, Partner
from partners.sources import Source


def has_gone(source: Source, key: str, *, now: datetime) -> bool:
    """Of what is not public the room above says so while it is kept there, and then the feed. Two queries."""
    known = source.has_gone(key, now)
    return Change.objects.filter(kind=source.kind, key=key).exists() if known is None else known


def was_contact(partner: Partner, number: UUID) -> bool:
    """Whether the partner ever had this number of anybody."""
    return PairwiseId.objects.filter(partner=partner, pk=number).exists()
