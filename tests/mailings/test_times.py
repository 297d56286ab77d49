"""Eight o’clock is the member's own, in summer and in winter."""

from datetime import UTC, datetime

import pytest

from mailings.times import due_at


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "time_zone", "now", "due"),
    [
        ("instant", "Asia/Tokyo", "2026-11-22 12:00", "2026-11-22 12:00"),
        ("daily", "UTC", "2026-11-22 07:59:59", "2026-11-22 08:00"),
        ("daily", "UTC", "2026-11-22 08:00", "2026-11-23 08:00"),
        ("daily", "America/Los_Angeles", "2026-11-22 12:00", "2026-11-22 16:00"),
        ("daily", "Asia/Kathmandu", "2026-11-22 12:00", "2026-11-23 02:15"),
        ("daily", "Pacific/Kiritimati", "2026-11-22 12:00", "2026-11-22 18:00"),  # where it is Monday
        ("weekly", "Pacific/Kiritimati", "2026-11-22 12:00", "2026-11-22 18:00"),
        ("weekly", "UTC", "2026-11-23 07:00", "2026-11-23 08:00"),
        ("weekly", "UTC", "2026-11-23 08:00", "2026-11-30 08:00"),
        ("weekly", "UTC", "2026-11-24 00:00", "2026-11-30 08:00"),
        ("daily", "Europe/Berlin", "2026-10-24 12:00", "2026-10-25 07:00"),  # the night in which clocks go back
        ("daily", "Europe/Berlin", "2026-03-28 12:00", "2026-03-29 06:00"),  # and forward
        ("daily", "", "2026-11-22 07:00", "2026-11-22 08:00"),
        ("daily", "Nowhere/Atlantis", "2026-11-22 07:00", "2026-11-22 08:00"),
        ("daily", "../etc/passwd", "2026-11-22 07:00", "2026-11-22 08:00"),
        ("daily", "Europe", "2026-11-22 07:00", "2026-11-22 08:00"),
    ],
)
def test_a_mail_is_due_at_the_next_such_moment(frequency: str, time_zone: str, now: str, due: str) -> None:
    assert due_at(frequency, time_zone=time_zone, now=at(now)) == at(due)
