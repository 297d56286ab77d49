"""Budget 1: how search slows down from a million leads to ten, once both were measured."""

import json
from collections.abc import Iterator
from pathlib import Path

from marketplace.bench.findings import Finding, Line, Unmeasured, summarise
from marketplace.bench.searching import MIX, MIX_TAME

SMALL, LARGE = 1_000_000, 10_000_000
BOUNDS = {MIX: 8.0, MIX_TAME: 4.0}


def compare_sizes(place: Path) -> list[Line]:
    """The lines of budget 1, from the result files that lie here."""
    return summarise([list(_compare(_figures(place, SMALL), _figures(place, LARGE)))])


def _compare(small: dict[str, float], large: dict[str, float]) -> Iterator[Finding | Unmeasured]:
    for what, bound in BOUNDS.items():
        name = f"{what}: {LARGE:,} leads over {SMALL:,}"
        if what not in small or what not in large:
            missing = LARGE if what in small else SMALL
            yield Unmeasured(1, name, f"not measured: run it with {missing} leads")
            continue
        yield Finding(
            number=1,
            what=name,
            value=large[what] / small[what],
            at_most=bound,
            measured=f"{large[what]:.1f} ms over {small[what]:.1f} ms",
        )


def _figures(place: Path, leads: int) -> dict[str, float]:
    path = place / f"results-{leads}.json"
    if not path.exists():
        return {}
    lines = json.loads(path.read_text(encoding="utf-8"))["lines"]
    return {line["what"]: line["value"] for line in lines if line["number"] == 2}
