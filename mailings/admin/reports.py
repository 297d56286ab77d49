"""What came back, in admin."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from mailings.admin.reading import ReadOnly
from mailings.models import MailReport

RECENT = timedelta(days=30)


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
