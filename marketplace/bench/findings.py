"""What a run of the bench found, what several runs say together, and the table that people read."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MOST_MEMORY = 200  # MB of one process
Profile = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One budget as one run measured it; ratios compare things measured side by side in that run."""

    number: int  # of the budget
    what: str  # names the figure within the budget, the same in each run
    value: float  # what the bound holds for
    measured: str  # the figures behind it, with units
    at_most: float | None = None
    at_least: float | None = None
    words: str = ""  # the value in words, where a plain number would not say it
    profile: Profile | None = None  # why, for one that misses

    @property
    def bound(self) -> str:
        """The bound as the table shows it; "report" where there is none."""
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return f"≥ {self.at_least:g}" if self.at_least is not None else "report"

    def holds(self, value: float) -> bool:
        """Whether a value keeps to the bound."""
        if self.at_most is not None and value > self.at_most:
            return False
        return self.at_least is None or value >= self.at_least


def memory_finding(what: str, early: float, late: float, when: str) -> Finding:
    """A line of budget 14: the most memory that a process had after a part of its work, and after all of it, in MB."""
    flat = late <= early * 1.1 + 2
    return Finding(
        number=14,
        what=f"memory: {what}",
        value=late if flat else max(late, MOST_MEMORY + 1),
        at_most=MOST_MEMORY,
        measured=f"peak {early:.0f} and {late:.0f} MB {when}",
        words=f"{late:.0f} MB" if flat else f"{late:.0f} MB and growing",
    )


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A budget, or a part of one, that has no figure, and why."""

    number: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: the median of the runs."""

    number: int
    what: str
    measured: str
    bound: str
    value: str
    verdict: str  # "ok", "missed", "report", or why there is no figure
    figure: float | None = None
    profile: Profile | None = None

    @property
    def missed(self) -> bool:
        """Whether the budget is not kept."""
        return self.verdict == "missed"


def summarise(runs: Sequence[Iterable[Finding | Unmeasured]]) -> list[Line]:
    """One line for each figure, in the order of the budgets; of several runs the median decides."""
    found: dict[tuple[int, str], list[Finding | Unmeasured]] = {}
    for finding in (finding for run in runs for finding in run):
        found.setdefault((finding.number, finding.what), []).append(finding)
    return [_line(same) for _, same in sorted(found.items(), key=lambda item: item[0][0])]


def table(lines: Sequence[Line]) -> str:
    """The lines under each other."""
    heads = ("#", "what", "measured", "bound", "value", "")
    rows = [
        heads,
        *((str(line.number), line.what, line.measured, line.bound, line.value, line.verdict) for line in lines),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def as_json(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """What the result file keeps."""
    return [
        {
            "number": line.number,
            "what": line.what,
            "measured": line.measured,
            "bound": line.bound,
            "value": line.figure,
            "verdict": line.verdict,
        }
        for line in lines
    ]


def _line(same: Sequence[Finding | Unmeasured]) -> Line:
    measured = [finding for finding in same if isinstance(finding, Finding)]
    if not measured:
        first = same[0]
        return Line(first.number, first.what, "", "", "", first.why if isinstance(first, Unmeasured) else "")
    middle = statistics.median_low([finding.value for finding in measured])
    shown = next(finding for finding in measured if finding.value == middle)
    verdict = "ok" if shown.holds(middle) else "missed"
    if shown.bound == "report":
        verdict = "report"
    return Line(
        shown.number,
        shown.what,
        shown.measured,
        shown.bound,
        shown.words or f"{middle:.3g}",
        verdict,
        middle,
        shown.profile,
    )
