"""Workers are killed while a campaign goes out: nobody is written to twice, nobody is forgotten."""

from pathlib import Path

import pytest

from tests.faults.crash_mail import Outcome, crash

WORKERS, KILLS = 2, 5


def test_nobody_is_written_to_twice_or_missed_however_often_workers_die(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Whoever may or may not have got it is listed."""
    outcome = crash_some(tmp_path_factory, "marketing")

    assert outcome.is_right, outcome
    assert outcome.uncertain <= KILLS + WORKERS  # who die at the end, all at once, may leave one more each


@pytest.mark.long
def test_an_announcement_goes_again_as_the_same_mail(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody is uncertain; who got it twice can tell by its Message-ID that it is one."""
    outcome = crash_some(tmp_path_factory, "announcement")

    assert outcome.is_right, outcome
    assert outcome.uncertain == 0


def crash_some(folder: pytest.TempPathFactory, kind: str) -> Outcome:
    """A few readers, workers and kills, and time that is made to pass."""
    state = Path(folder.mktemp("crash"))
    return crash(recipients=400, workers=WORKERS, kills=KILLS, kind=kind, seed=7, state=state, hurried=True)


@pytest.mark.long
def test_ten_thousand_readers_four_workers_forty_kills(tmp_path_factory: pytest.TempPathFactory) -> None:
    """With leases that run out by themselves, and a Redis that forgets everything in between."""
    state = Path(tmp_path_factory.mktemp("crash"))

    outcome = crash(recipients=10_000, workers=4, kills=40, kind="marketing", seed=11, state=state)

    assert outcome.is_right, outcome
    assert outcome.uncertain <= 30
