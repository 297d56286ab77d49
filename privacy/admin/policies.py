"""Policies in admin: read and compare; a published text is never edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from privacy.models import PolicyVersion


@admin.register(PolicyVersion)
class PolicyVersionAdmin(admin.ModelAdmin):
    """New versions are added; none is changed or removed, since people have accepted them."""

    list_display = ["__str__", "kind", "number", "published_at", "effective_at"]
    list_filter = ["kind"]
    date_hierarchy = "effective_at"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Published is published."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Acceptances refer to it."""
        return False
