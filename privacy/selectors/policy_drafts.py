"""What publishing a draft would make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import translation

from privacy.models import PolicyDraft, PolicyVersion, Receiver
from privacy.selectors.policies import PolicyPage, VersionLine, page_of, version_lines
from privacy.selectors.policy_changes import Comparison, compare
from privacy.snapshot import LANGUAGE, NamedReceiver, Snapshot, digest_of, material_changes, take_snapshot


@dataclass(frozen=True, slots=True)
class Proposal:
    """A draft as the version that it would become, not saved."""

    version: PolicyVersion  # `material` where members must be told, whatever staff think
    in_force: PolicyVersion
    newest: PolicyVersion  # of those published

    def comparison(self) -> Comparison:
        """Against what holds now."""
        return compare(self.in_force, self.version)


def propose(draft: PolicyDraft, *, at: datetime) -> Proposal:
    """What would be published now. Raises PolicyVersion.DoesNotExist where nothing is in force.

    A version that follows one of which members are still being told is material too: it contains that change.
    """
    published = PolicyVersion.objects.filter(kind=draft.kind)
    in_force, newest = published.in_force(at=at).first(), published.order_by("-number").first()
    if in_force is None or newest is None:
        raise PolicyVersion.DoesNotExist
    is_about_data = draft.kind == PolicyVersion.Kind.PRIVACY
    data_map: Any = map_to_publish(at=at) if is_about_data else {}
    changes = _material_changes(in_force.data_map or newest.data_map, data_map) if is_about_data else []
    version = PolicyVersion(
        kind=draft.kind,
        number=newest.number + 1,
        body=draft.body,
        published_at=at,
        effective_at=draft.effective_at,
        data_map=data_map,
        digest=digest_of(body=draft.body, snapshot=data_map),
        changes=changes,
        material=bool(changes) or published.coming(at=at).filter(material=True).exists(),
    )
    return Proposal(version=version, in_force=in_force, newest=newest)


def _material_changes(before: Snapshot, after: Snapshot) -> list[str]:
    with translation.override(LANGUAGE):  # as the map they are stored beside
        return [change[:300] for change in material_changes(before or {"purposes": []}, after)]


def draft_page(draft: PolicyDraft, *, at: datetime) -> PolicyPage:
    """The policy's page as it will look on the day on which the draft takes effect."""
    lines: Sequence[VersionLine] = version_lines(kind=draft.kind, at=at)
    line = VersionLine(propose(draft, at=at).version, draft.effective_at)
    in_force = next(one for one in lines if one.is_in_force)
    return page_of(line, [line, *lines], in_force, is_draft=True)


def map_to_publish(*, at: datetime) -> Snapshot:
    """The data map in the code, and the receivers in the register."""
    return {**take_snapshot(), "receivers": named_receivers(at=at)}


def named_receivers(*, at: datetime) -> list[NamedReceiver]:
    """Those that get data now or will."""
    current = Receiver.objects.filter(Q(until=None) | Q(until__gte=at.date())).order_by("kind", "name")
    return [
        {"kind": one.kind, "name": one.name, "country": str(one.country), "transfer": one.transfer, "task": one.task}
        for one in current
    ]
