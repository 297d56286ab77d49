"""The outbox in admin: read only, and never the text, which may hold a link."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from mailings.admin.reading import ReadOnly
from mailings.admin.stuck import StuckPages
from mailings.models import Delivery, MailReport


class Reports(admin.TabularInline):
    """On a mail's page: what was said about it."""

    model = MailReport
    fields = readonly_fields = ("received_at", "kind", "status", "words", "source")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Mail servers write them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They said so."""
        return False


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, StuckPages):
    """Rows without their text."""

    list_display = ["queued_at", "to", "template", "state", "heard", "attempts", "not_before", "error"]
    list_filter = ["state", "kind", "template", "campaign"]
    search_fields = ["to"]
    date_hierarchy = "queued_at"
    fields = [
        *("kind", "campaign", "template", "language", "to", "state", "attempts", "error"),
        *("queued_at", "not_before", "ended_at"),
    ]
    change_list_template = "admin/mailings/delivery/change_list.html"
    inlines = (Reports,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """With the last that was heard of each mail."""
        last = MailReport.objects.filter(delivery=OuterRef("pk")).order_by("-received_at", "-pk").values("kind")[:1]
        mails: QuerySet[Delivery] = super().get_queryset(request)
        return mails.annotate(heard_last=Subquery(last))

    @admin.display(description=_("heard of it"))
    def heard(self, mail: Any) -> str:
        """What the last report said; a dash while there is none."""
        return str(MailReport.Kind(mail.heard_last).label) if mail.heard_last else "–"
