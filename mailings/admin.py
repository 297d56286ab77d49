"""The outbox in admin: what was sent, what waits and why; read only, and never the text, which may hold a link."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from mailings.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):
    """Rows without their text."""

    list_display = ["queued_at", "to", "template", "state", "attempts", "not_before", "error"]
    list_filter = ["state", "template"]
    search_fields = ["to"]
    date_hierarchy = "queued_at"
    fields = [
        "template",
        "language",
        "to",
        "state",
        "attempts",
        "error",
        "queued_at",
        "not_before",
        "ended_at",
    ]
    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Only the list's own filters: any other would tell a hidden text, guess by guess."""
        offered = {*self.list_filter, self.date_hierarchy}
        return lookup.split("__", maxsplit=1)[0] in offered and super().lookup_allowed(lookup, value, request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Mails are written by the product."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was sent was sent."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The outbox is the proof."""
        return False
