"""What the policy pages show, fetched whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from privacy.models import PolicyVersion


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading or a paragraph of a policy, as plain text that the template escapes."""

    is_heading: bool
    text: str


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """One version of a policy beside the others of its kind, newest first."""

    version: PolicyVersion
    passages: Sequence[Passage]
    in_force: PolicyVersion
    versions: Sequence[PolicyVersion]

    @property
    def is_in_force(self) -> bool:
        """Whether the version on the page is the one that holds today."""
        return self.version == self.in_force

    @property
    def is_coming(self) -> bool:
        """Whether the version is announced and takes effect later."""
        return self.version.effective_at > self.in_force.effective_at


def policy_in_force(*, kind: str, at: datetime) -> PolicyVersion:
    """The version that holds; raises PolicyVersion.DoesNotExist, which no migrated database does."""
    version = PolicyVersion.objects.filter(kind=kind).in_force(at=at).first()
    if version is None:
        raise PolicyVersion.DoesNotExist
    return version


def policy_page(*, kind: str, number: int | None, at: datetime) -> PolicyPage:
    """The numbered version, or the one in force; versions announced for later count as published. One query.

    Raises PolicyVersion.DoesNotExist.
    """
    versions = list(PolicyVersion.objects.filter(kind=kind, published_at__lte=at).order_by("-effective_at", "-number"))
    in_force = next((version for version in versions if version.effective_at <= at), None)
    wanted = in_force if number is None else next((one for one in versions if one.number == number), None)
    if in_force is None or wanted is None:
        raise PolicyVersion.DoesNotExist
    return PolicyPage(version=wanted, passages=passages(wanted.body), in_force=in_force, versions=versions)


def passages(body: str) -> list[Passage]:
    """Split a policy's text: an empty line parts paragraphs, “## ” starts a heading."""
    found = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        text = " ".join(block.split())
        if text:
            found.append(Passage(is_heading=text.startswith("## "), text=text.removeprefix("## ")))
    return found
