"""Drafts and maps for tests about policies."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from privacy.models import PolicyDraft, PolicyVersion
from privacy.selectors.policy_drafts import named_receivers
from privacy.services.policies import publish_policy
from privacy.snapshot import digest_of
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
    said_before(lambda data_map: data_map["purposes"].remove(entry_of(data_map, purpose)))


def said_before(change: Callable[[Any], Any]) -> None:
    """The policy in force was published with another map, which the change makes of the committed one."""
    version = PolicyVersion.objects.get(kind="privacy", number=1)
    older = deepcopy(version.data_map)
    change(older)
    digest = digest_of(body=version.body, snapshot=older)
    PolicyVersion.objects.filter(pk=version.pk).update(data_map=older, digest=digest)


def entry_of(data_map: Any, purpose: str) -> Any:
    """What a map says of one purpose."""
    return next(entry for entry in data_map["purposes"] if entry["key"] == purpose)


def named_all_receivers() -> None:
    """The policy in force was published when the register was as it is now."""
    said_before(lambda data_map: data_map.update(receivers=named_receivers(at=NOW)))
