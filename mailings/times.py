"""How often a reader wants mail, and when it goes out, by the reader's own clock."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

AT = time(8)  # of a day, and of a Monday
WEEK = 7


class Frequency(models.TextChoices):
    """How often something is told by mail."""

    INSTANT = "instant", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    OFF = "off", _("Never")


def due_at(frequency: str, *, time_zone: str, now: datetime) -> datetime:
    """The next moment for a mail, in UTC; `time_zone` is an IANA name, one that is none stands for UTC.

    Whatever happens at eight exactly is for the next day: the mail of that day may have been written.
    """
    if frequency == Frequency.INSTANT:
        return now
    zone = zone_of(time_zone)
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=local.time() >= AT)
    if frequency == Frequency.WEEKLY:
        day += timedelta(days=-day.weekday() % WEEK)
    return datetime.combine(day, AT, zone).astimezone(UTC)


@lru_cache(maxsize=512)
def zone_of(time_zone: str) -> ZoneInfo:
    """The zone of that name; UTC where this machine knows none."""
    try:
        return ZoneInfo(time_zone)
    except (KeyError, ValueError, OSError):  # unknown, no name at all, the name of a directory
        return ZoneInfo("UTC")
