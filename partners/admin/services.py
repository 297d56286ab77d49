"""Services that members connect, in admin beside the partners whose keys they use."""

from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from partners.forms.services import ServiceForm
from partners.models import ConnectedService


@admin.register(ConnectedService)
class ConnectedServiceAdmin(admin.ModelAdmin):
    """It is switched off and never deleted: members were told of it."""

    form = ServiceForm
    list_display = ["__str__", "is_on", "about", "connected"]
    list_filter = ["is_on"]
    list_select_related = ["partner__receiver"]
    ordering = ["partner__receiver__name"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["partner", "is_on"]}),
        (_("What members read"), {"fields": ["about", "fields_given", "purpose", "privacy_url"]}),
        (_("How it works together"), {"fields": ["return_url"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With how many members have connected it; who they are is not shown."""
        return super().get_queryset(request).annotate(members=Count("connections"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Another partner is another service."""
        return ["partner"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Switch it off instead."""
        return False

    @admin.display(description=_("connected by"), ordering="members")
    def connected(self, service: Any) -> int:
        """How many members."""
        return int(service.members)
