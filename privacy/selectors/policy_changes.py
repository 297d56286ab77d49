"""What a version of a policy changes, for people to read: by paragraph, and the tables in sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from privacy.models import PolicyVersion
from privacy.selectors.policies import Passage, passages
from privacy.snapshot import all_changes

ALIKE = 0.5  # from here on two paragraphs are one that was changed, else one went and another came


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text: "added", "removed", or "" for neither."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or heading: "added", "removed", "changed", or "" where it only says what stands around the others."""

    mark: str
    is_heading: bool
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a version changes against an earlier one."""

    before: PolicyVersion
    after: PolicyVersion
    paragraphs: Sequence[Paragraph]
    sentences: Sequence[str]  # about the tables


def policy_changes(*, kind: str, number: int, at: datetime) -> tuple[PolicyVersion, Comparison | None]:
    """The numbered version against the one before it; None for the first. One query.

    Raises PolicyVersion.DoesNotExist.
    """
    published = PolicyVersion.objects.filter(kind=kind, number__lte=number).published(at=at)
    found = list(published.order_by("-number")[:2])
    if not found or found[0].number != number:
        raise PolicyVersion.DoesNotExist
    return found[0], compare(found[1], found[0]) if len(found) > 1 else None


def compare(before: PolicyVersion, after: PolicyVersion) -> Comparison:
    """What differs in words and tables."""
    paragraphs = list(_paragraphs(passages(before.body), passages(after.body)))
    return Comparison(before, after, paragraphs, _sentences(before, after))


def _sentences(before: PolicyVersion, after: PolicyVersion) -> list[str]:
    if not after.data_map or before.data_map == after.data_map:
        return []
    if not before.data_map:
        return [_("The tables of what is used for what are new.")]
    return all_changes(before.data_map, after.data_map)


def _paragraphs(before: Sequence[Passage], after: Sequence[Passage]) -> Iterator[Paragraph]:
    """What changed; of what stayed, the heading under which a change stands."""
    matcher = SequenceMatcher(None, [one.text for one in before], [one.text for one in after], autojunk=False)
    heading: Passage | None = None
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            heading = next((one for one in reversed(before[start:end]) if one.is_heading), heading)
            continue
        gone, come = before[start:end], after[new_start:new_end]
        if heading and not (come or gone)[0].is_heading:
            yield Paragraph("", True, [Piece("", heading.text)])
        heading = None
        yield from _replaced(gone, come)


def _replaced(gone: Sequence[Passage], come: Sequence[Passage]) -> Iterator[Paragraph]:
    """Paragraphs that resemble each other are shown as one, with their words marked."""
    for old, new in zip(gone, come, strict=False):
        words = SequenceMatcher(None, old.text.split(), new.text.split(), autojunk=False)
        if words.ratio() >= ALIKE and old.is_heading == new.is_heading:
            yield Paragraph("changed", new.is_heading, list(_pieces(words, old.text.split(), new.text.split())))
        else:
            yield Paragraph("removed", old.is_heading, [Piece("removed", old.text)])
            yield Paragraph("added", new.is_heading, [Piece("added", new.text)])
    for old in gone[len(come) :]:
        yield Paragraph("removed", old.is_heading, [Piece("removed", old.text)])
    for new in come[len(gone) :]:
        yield Paragraph("added", new.is_heading, [Piece("added", new.text)])


def _pieces(matcher: "SequenceMatcher[str]", old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what == "equal":
            yield Piece("", " ".join(old[start:end]))
            continue
        if end > start:
            yield Piece("removed", " ".join(old[start:end]))
        if new_end > new_start:
            yield Piece("added", " ".join(new[new_start:new_end]))
