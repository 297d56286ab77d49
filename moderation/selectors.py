"""What staff see about one thing."""

from dataclasses import dataclass

from moderation.models import Decision, Report

SHOWN = 20  # of each, the newest


@dataclass(frozen=True, slots=True)
class Case:
    """What has been reported and decided about one thing, newest first."""

    reports: list[Report]
    decisions: list[Decision]


def case(*, kind: str, key: str) -> Case:
    """The thing's history. Two queries."""
    return Case(
        reports=list(Report.objects.filter(target_kind=kind, target_id=key).order_by("-filed_at")[:SHOWN]),
        decisions=list(
            Decision.objects.filter(target_kind=kind, target_id=key)
            .select_related("decided_by")
            .order_by("-decided_at")[:SHOWN]
        ),
    )
