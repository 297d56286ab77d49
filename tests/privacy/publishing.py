"""Drafts and maps for tests about policies."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from privacy.models import PolicyDraft, PolicyVersion
from privacy.services.policies import publish_policy
from tests.factories import NOW

IN_A_MONTH = NOW + timedelta(days=30)


def draft(kind: str = "privacy", *, body: str = "Other words.", effective_at: datetime = IN_A_MONTH) -> PolicyDraft:
    """A draft that would be published without trouble."""
    found: PolicyDraft = PolicyDraft.objects.update_or_create(
        kind=kind, defaults={"body": body, "effective_at": effective_at}
    )[0]
    return found


def publish(kind: str = "privacy", *, now: datetime = NOW, material: bool = False, **changes: Any) -> PolicyVersion:
    """A version, published as staff do it."""
    return publish_policy(draft=draft(kind, **changes), now=now, material=material)


def knew_less_before(purpose: str = "watching") -> None:
    """The policy in force was published before this purpose was in the map, so that the next one is material."""
    version = PolicyVersion.objects.get(kind="privacy", number=1)
    older = deepcopy(version.data_map)
    older["purposes"] = [entry for entry in older["purposes"] if entry["key"] != purpose]
    PolicyVersion.objects.filter(pk=version.pk).update(data_map=older, digest="older")
