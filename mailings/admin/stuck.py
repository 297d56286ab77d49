"""What is stuck and why: one page over the outbox, the domains that are slow and the campaigns that rest."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from mailings.delivery.tallies import BREAKER
from mailings.selectors.stuck import stuck_page


class StuckPages(admin.ModelAdmin):
    """Beside the list of mails, for those who may see it."""

    def get_urls(self) -> list[URLPattern]:
        """Before the list's own addresses, which would take `stuck` for the key of a mail."""
        stuck = path("stuck/", self.admin_site.admin_view(self.stuck), name="mailings_stuck")
        return [stuck, *super().get_urls()]

    def stuck(self, request: HttpRequest) -> HttpResponse:
        """In numbers; campaigns and domains for those who may see them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            "title": _("What is stuck, and why"),
            "opts": self.opts,
            "page": stuck_page(at=timezone.now()),
            "breaker": BREAKER,
        }
        shown = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, "admin/mailings/delivery/stuck.html", shown)
