"""What the nightly sweep deleted, and a rehearsal of the next one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from privacy import datamap
from privacy.models import SweepReport
from privacy.sweeping.running import rehearse


@admin.register(SweepReport)
class SweepReportAdmin(admin.ModelAdmin):
    """Read by staff; a button counts what the next sweep would delete."""

    list_display = ["started_at", "ended_at", "is_rehearsal", "total"]
    list_filter = ["is_rehearsal"]
    ordering = ["-started_at"]
    fields = ("started_at", "ended_at", "is_rehearsal", "deleted", "kept")
    readonly_fields = ("started_at", "ended_at", "is_rehearsal", "deleted", "kept")
    change_list_template = "admin/privacy/sweepreport/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        """The rehearsal beside the usual pages."""
        view = self.admin_site.admin_view(require_POST(self.rehearse))
        return [path("rehearse/", view, name="privacy_sweepreport_rehearse"), *super().get_urls()]

    def rehearse(self, request: HttpRequest) -> HttpResponse:
        """Count, and show the report."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        report = rehearse(now=timezone.now())
        messages.success(request, _("Counted. Nothing was deleted."))
        return HttpResponseRedirect(reverse("admin:privacy_sweepreport_change", args=[report.pk]))

    @admin.display(description=gettext_lazy("rows"))
    def total(self, report: SweepReport) -> int:
        """Of all tables."""
        return sum(report.counts.values())

    @admin.display(description=gettext_lazy("rows, by table"))
    def deleted(self, report: SweepReport) -> str:
        """In words where the map has some."""
        return _by_table(report.counts)

    @admin.display(description=gettext_lazy("kept, since a legal hold stands there"))
    def kept(self, report: SweepReport) -> str:
        """The same."""
        return _by_table(report.held)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The sweep writes them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A report is history."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Kept."""
        return False


def _by_table(counts: dict[str, int]) -> str:
    words = {table.label: str(table.what) for table in datamap.tables_about_people()}
    rows = [(count, words.get(label) or label) for label, count in sorted(counts.items())]
    return format_html_join("", "<div>{} · {}</div>", rows) or "–"
