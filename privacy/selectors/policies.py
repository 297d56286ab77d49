"""What the policy pages show, fetched whole."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse

from privacy.marks import MARK
from privacy.models import PolicyVersion
from privacy.models.policy import PAGES
from privacy.selectors.policy_tables import PurposeTable, ReceiverRow, purpose_tables, receiver_rows

HEAVY = ("body", "data_map", "changes")  # columns that a list of versions does not need


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, and the id of the promise that it ends with, if any."""

    text: str
    promise: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading or a paragraph of a policy, as plain text that the template escapes."""

    is_heading: bool
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """All of it, without the marks of promises."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list of its kind, and from when it holds or can hold."""

    version: PolicyVersion
    since: datetime
    is_in_force: bool = False


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """One version of a policy beside the others of its kind, newest first."""

    line: VersionLine
    passages: Sequence[Passage]
    purposes: Sequence[PurposeTable]
    receivers: Sequence[ReceiverRow]
    lines: Sequence[VersionLine]
    in_force: VersionLine
    is_draft: bool = False

    @property
    def version(self) -> PolicyVersion:
        """The one on the page."""
        return self.line.version

    @property
    def url(self) -> str:
        """Where the version in force is read."""
        return reverse(PAGES[self.version.kind])

    @property
    def coming(self) -> VersionLine | None:
        """The next version that is announced."""
        later = self.lines[: self.lines.index(self.in_force)]
        return later[-1] if later else None

    @property
    def is_coming(self) -> bool:
        """Whether the version on the page is announced and takes effect later."""
        return self.line in self.lines[: self.lines.index(self.in_force)]


def policy_in_force(*, kind: str, at: datetime) -> PolicyVersion:
    """The version that holds; raises PolicyVersion.DoesNotExist, which no migrated database does."""
    version = PolicyVersion.objects.filter(kind=kind).in_force(at=at).first()
    if version is None:
        raise PolicyVersion.DoesNotExist
    return version


def policy_page(*, kind: str, number: int | None, at: datetime) -> PolicyPage:
    """The numbered version, or the one in force; versions announced for later count as published. Two queries.

    Raises PolicyVersion.DoesNotExist.
    """
    lines = version_lines(kind=kind, at=at)
    in_force = next((line for line in lines if line.is_in_force), None)
    wanted = in_force if number is None else next((one for one in lines if one.version.number == number), None)
    if in_force is None or wanted is None:
        raise PolicyVersion.DoesNotExist
    wanted.version.refresh_from_db(fields=HEAVY)
    return page_of(wanted, lines, in_force)


def version_lines(*, kind: str, at: datetime) -> list[VersionLine]:
    """Every published version of a kind, the last to take effect first; without their texts."""
    versions = PolicyVersion.objects.filter(kind=kind).published(at=at).defer(*HEAVY)
    lines = [VersionLine(version, version.earliest(at=at)) for version in versions]
    holds = next((number for number, line in enumerate(lines) if line.since <= at), None)
    return [replace(line, is_in_force=number == holds) for number, line in enumerate(lines)]


def page_of(
    line: VersionLine, lines: Sequence[VersionLine], in_force: VersionLine, *, is_draft: bool = False
) -> PolicyPage:
    """A version made ready to print."""
    data_map = line.version.data_map
    return PolicyPage(
        line=line,
        passages=passages(line.version.body),
        purposes=purpose_tables(data_map),
        receivers=receiver_rows(data_map),
        lines=lines,
        in_force=in_force,
        is_draft=is_draft,
    )


def passages(body: str) -> list[Passage]:
    """Split a policy's text: an empty line parts paragraphs, “## ” starts a heading, “[promise: id]” ends a promise."""
    found = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        text = " ".join(block.split())
        if text:
            *promising, rest = _runs(text.removeprefix("## "))
            found.append(Passage(text.startswith("## "), (*promising, rest) if rest.text else tuple(promising)))
    return found


def _runs(text: str) -> list[Run]:
    """The last one has no promise, and no text where the whole ends with one."""
    pieces = [*MARK.split(text), ""]
    return [Run(*piece) for piece in zip(pieces[::2], pieces[1::2], strict=True)]


def coming_policies(*, at: datetime) -> list[VersionLine]:
    """What is announced, of every kind, the first to come first."""
    return [VersionLine(one, one.earliest(at=at)) for one in PolicyVersion.objects.coming(at=at).defer(*HEAVY)]
