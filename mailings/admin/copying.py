"""Beginning a campaign with the words of another one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from mailings.admin.previewing import PreviewPages
from mailings.services import campaigns as services


class CopyPages(PreviewPages):
    """A button on every campaign's page, for those who may begin one."""

    def get_urls(self) -> list[URLPattern]:
        """An address to which the button posts; opened by hand it leads back."""
        copy = path("<int:pk>/copy/", self.admin_site.admin_view(self.copy), name="mailings_campaign_copy")
        return [copy, *super().get_urls()]

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """On to the new draft. A second press makes a second draft, which harms nobody and can be deleted."""
        campaign = self.visible(request, pk)
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:mailings_campaign_change", pk)
        draft = services.copy_campaign(campaign=campaign, writer=request.user, now=timezone.now())
        self.log_addition(request, draft, _("Copied from “%(title)s”.") % {"title": campaign})
        messages.success(request, _("“%(title)s” is saved as a draft. Nothing is sent.") % {"title": draft})
        return redirect("admin:mailings_campaign_change", draft.pk)
