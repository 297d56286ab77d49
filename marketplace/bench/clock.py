"""How long things take: alone, in turn with something else, and at the slow end."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

Call = Callable[[], Any]


def seconds(call: Call) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies, as one of the values."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def ratio_in_turn(
    first: Call, second: Call, *, rounds: int, times: int = 1, before: Call | None = None
) -> tuple[float, float, float]:
    """Seconds of one call of each, and the median over the rounds of first / second.

    Both are called in turn, `times` each a round, so that a machine that slows down slows both. `before` runs before
    each call and is not counted.
    """
    pairs = [(_together(first, times, before), _together(second, times, before)) for _ in range(rounds)]
    ratio = statistics.median(one / other for one, other in pairs)
    return statistics.median(one for one, _ in pairs), statistics.median(other for _, other in pairs), ratio


def _together(call: Call, times: int, before: Call | None) -> float:
    total = 0.0
    for _ in range(times):
        if before:
            before()
        total += seconds(call)
    return total / times
