"""The outbox and what came back, in admin: read only, and never the text, which may hold a link."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from mailings.models import Delivery, MailReport

RECENT = timedelta(days=30)


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
class DeliveryAdmin(ReadOnly):
    """Rows without their text."""

    list_display = ["queued_at", "to", "template", "state", "heard", "attempts", "not_before", "error"]
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
    inlines = (Reports,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """With the last that was heard of each mail."""
        last = MailReport.objects.filter(delivery=OuterRef("pk")).order_by("-received_at", "-pk").values("kind")[:1]
        mails: QuerySet[Delivery] = super().get_queryset(request)
        return mails.annotate(heard_last=Subquery(last))

    @admin.display(description=_("heard of it"))
    def heard(self, mail: Any) -> str:
        """In words."""
        return str(MailReport.Kind(mail.heard_last).label) if mail.heard_last else "–"


@admin.register(MailReport)
class MailReportAdmin(ReadOnly):
    """What came back, newest first, with the counts of the last weeks above it."""

    list_display = ["received_at", "kind", "doubt", "status", "receiver", "words", "source"]
    list_filter = ["kind", "doubt", "source"]
    list_select_related = ["delivery"]
    ordering = ["-received_at", "-pk"]
    date_hierarchy = "received_at"
    fields = ["received_at", "kind", "doubt", "status", "receiver", "words", "source"]
    readonly_fields = ["receiver"]
    change_list_template = "admin/mailings/mailreport/change_list.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, and how many of each kind there were lately."""
        since = timezone.now() - RECENT
        rows = MailReport.objects.filter(received_at__gt=since).order_by().values_list("kind").annotate(Count("pk"))
        found = dict(rows)
        counts = [(kind.label, found.get(kind.value, 0)) for kind in MailReport.Kind]
        return super().changelist_view(request, {"counts": counts, "days": RECENT.days, **(extra_context or {})})

    @admin.display(description=_("mail to"))
    def receiver(self, report: MailReport) -> str:
        """With a way to the mail; of what is forged nothing is known."""
        if report.delivery is None:
            return "–"
        place = reverse("admin:mailings_delivery_change", args=[report.delivery.pk])
        return format_html('<a href="{}">{}</a>', place, report.delivery.to)
