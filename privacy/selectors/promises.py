"""What the policies promise, how it is kept, and which tests prove it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from privacy.marks import promised
from privacy.models import PolicyVersion
from privacy.promises import CONTROLS

PROOFS = Path(__file__).parent.parent / "promises.json"  # written by `make promises`
ORDER = ("privacy", "cookies", "terms")


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of promise, and the policy in force in which it stands."""

    sentence: str
    version: PolicyVersion


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise, headed by its first place; without control and proofs once the program knows it no more."""

    id: str
    places: Sequence[Place]
    control: str
    proofs: Sequence[Mapping[str, str]]  # test and sentence


def promises_page(*, at: datetime) -> list[Promise]:
    """The promises of the policies in force, in the order in which they are read. One query."""
    newest = PolicyVersion.objects.in_force(at=at).order_by("kind", "-effective_at", "-number").distinct("kind")
    versions = {version.kind: version for version in newest.defer("data_map", "changes")}
    places: dict[str, list[Place]] = {}
    for one in promised({kind: versions[kind].body for kind in ORDER if kind in versions}):
        places.setdefault(one.promise, []).append(Place(one.sentence, versions[one.kind]))
    return [Promise(name, found, str(CONTROLS.get(name, "")), proofs().get(name, [])) for name, found in places.items()]


@cache
def proofs() -> dict[str, list[dict[str, str]]]:
    """Which tests proved which promise when they last ran; it changes with the program only."""
    found: dict[str, list[dict[str, str]]] = json.loads(PROOFS.read_text(encoding="utf-8"))
    return found
