"""What members do with policies."""

from datetime import datetime

from django.db import transaction

from privacy.models import PolicyAcceptance, PolicyVersion


@transaction.atomic
def accept_policy(*, member_id: int, version: PolicyVersion, now: datetime) -> PolicyAcceptance:
    """Record that a member accepted a version; accepting it again keeps the first date."""
    acceptance, _created = PolicyAcceptance.objects.get_or_create(
        member_id=member_id, version=version, defaults={"accepted_at": now}
    )
    return acceptance
