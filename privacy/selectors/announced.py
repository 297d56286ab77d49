"""What people have been told by the privacy policy that holds; what only a later version says stays off until then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from privacy.datamap import ReceiverKind
from privacy.models import PolicyVersion, Receiver
from privacy.snapshot import columns_in, take_snapshot

Named = tuple[str, str, str, str]  # kind, name, country, ground of transfer


@dataclass(frozen=True, slots=True)
class Announced:
    """What one version says, by the key of a purpose."""

    receivers: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of ReceiverKind
    columns: Mapping[str, frozenset[str]] = field(default_factory=dict)  # as in “accounts.Member.phone”
    named: frozenset[Named] | None = frozenset()  # None where the version is of before receivers were named

    @property
    def purposes(self) -> frozenset[str]:
        """Their keys."""
        return frozenset(self.receivers)

    def allows_kind(self, purpose: str, kind: ReceiverKind) -> bool:
        """Whether it names that kind of receiver for the purpose."""
        return kind in self.receivers.get(purpose, ())

    def names(self, receiver: Receiver) -> bool:
        """Whether it names the receiver, in the country and on the ground of transfer of today."""
        one = (receiver.kind, receiver.name, receiver.country.code, receiver.transfer)
        return self.named is None or one in self.named


def announced(*, at: datetime) -> Announced:
    """By the privacy policy that holds; nothing where none does. One query.

    A version of before there were maps says nothing about purposes: then all that the code knows is allowed, since the
    first version with a map is itself announced before it takes effect.
    """
    held = PolicyVersion.objects.filter(kind=PolicyVersion.Kind.PRIVACY).in_force(at=at)
    found = held.values_list("pk", "digest").first()
    return _said_by(*found) if found else Announced()


@lru_cache(maxsize=8)
def _said_by(pk: int, digest: str) -> Announced:  # noqa: ARG001  # a published version never changes
    stored: Any = PolicyVersion.objects.values_list("data_map", flat=True).get(pk=pk)
    entries = (stored or take_snapshot())["purposes"]
    named = [(one["kind"], one["name"], one["country"], one["transfer"]) for one in stored.get("receivers", [])]
    return Announced(
        receivers={entry["key"]: frozenset(entry["receivers"]) for entry in entries},
        columns={entry["key"]: columns_in(entry) for entry in entries},
        named=frozenset(named) if stored else None,
    )
