"""Workers are killed while a campaign goes out: nobody is written to twice, nobody is forgotten."""

from pathlib import Path

import pytest

from tests.faults.crash_mail import crash

KILLS = 5


@pytest.mark.parametrize("kind", ["marketing", "announcement"])
def test_nobody_is_written_to_twice_or_missed_however_often_workers_die(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whoever may or may not have got a newsletter is listed; an announcement goes again, as the same mail."""
    state = Path(tmp_path_factory.mktemp("crash"))

    outcome = crash(recipients=400, workers=2, kills=KILLS, kind=kind, seed=7, state=state, waits=False)

    assert outcome.is_right, outcome
    # The workers that die at the end, all at once, may leave one more each.
    assert outcome.uncertain <= (KILLS + 2 if kind == "marketing" else 0)


@pytest.mark.long
def test_ten_thousand_readers_four_workers_forty_kills(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With leases that run out by themselves, and a Redis that forgets everything in between."""
    state = Path(tmp_path_factory.mktemp("crash"))

    outcome = crash(recipients=10_000, workers=4, kills=40, kind="marketing", seed=11, state=state)

    assert outcome.is_right, outcome
    assert outcome.uncertain <= 30
