"""When the mails about new leads go out, by the member's own clock."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from offerboard.models import SavedSearch

AT = time(8)  # of a day, and of a Monday
WEEK = 7


def due_at(frequency: str, *, time_zone: str, now: datetime) -> datetime:
    """The next moment for a mail, in UTC; `time_zone` is an IANA name, one that is none stands for UTC.

    Whatever is found at eight exactly is for the next day: the mail of that day may have been written.
    """
    if frequency == SavedSearch.Frequency.INSTANT:
        return now
    zone = zone_of(time_zone)
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= AT)
    if frequency == SavedSearch.Frequency.WEEKLY:
        day += timedelta(days=-day.weekday() % WEEK)
    return datetime.combine(day, AT, zone).astimezone(UTC)


@lru_cache(maxsize=512)
def zone_of(time_zone: str) -> ZoneInfo:
    """The zone of that name."""
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, the name of a directory
        return ZoneInfo("UTC")
