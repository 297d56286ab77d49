"""Lists that staff read and change nothing in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class ReadOnly(admin.ModelAdmin):
    """Rows that the product writes: staff look and change nothing."""

    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Only the list's own filters: any other would tell a hidden text, guess by guess."""
        offered = {*self.list_filter, self.date_hierarchy}
        return lookup.split("__", maxsplit=1)[0] in offered and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Mails are written by the product, answers by mail servers."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent was sent."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The outbox is the proof."""
        return False
