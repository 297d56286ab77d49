"""How the work lists show a day by which something is due, and rows that nobody deletes."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _

SOON = timedelta(days=7)


def due_words(due: datetime, *, done: bool, soon: timedelta = SOON) -> str:
    """The day; marked when it is past, with the time left when it is near."""
    day, now = date_format(timezone.localtime(due), "Y-m-d H:i" if soon < SOON else "Y-m-d"), timezone.now()
    if done:
        return day
    if due < now:
        return format_html("<b>{} · {}</b>", day, _("overdue"))
    if due < now + soon:
        return format_html("{} · {}", day, _("%(time)s left") % {"time": timeuntil(due, now)})
    return day


class KeptAdmin(admin.ModelAdmin):
    """Rows that the product writes and nobody deletes, since they prove what was done."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Written elsewhere."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Kept as proof."""
        return False
