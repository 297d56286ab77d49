"""Services that members connect, in admin beside the partners whose keys they use."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.admin.pages import StepPages
from partners.forms.services import EndForm, ServiceForm
from partners.models import ConnectedService
from partners.services.connections import end_as_told


@admin.register(ConnectedService)
class ConnectedServiceAdmin(StepPages):
    """It is switched off and never deleted: members were told of it."""

    form = ServiceForm
    list_display = ["__str__", "is_on", "about", "connected"]
    list_filter = ["is_on"]
    list_select_related = ["partner__receiver"]
    ordering = ["partner__receiver__name"]
    change_form_template = "admin/partners/steps_change_form.html"
    fieldsets = [
        (None, {"fields": ["partner", "is_on"]}),
        (gettext_lazy("What members read"), {"fields": ["about", "fields_given", "purpose", "privacy_url"]}),
        (gettext_lazy("How it works together"), {"fields": ["return_url"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With how many members have connected it; who they are is not shown."""
        return super().get_queryset(request).annotate(members=Count("connections"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Another partner is another service."""
        return ["partner"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        """Ending a connection."""
        view = self.admin_site.admin_view(self.end)
        return [path("<int:pk>/end/", view, name="partners_connectedservice_end"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What it says of itself, and a button for a member who cannot end the connection alone."""
        steps = []
        if self.has_change_permission(request):
            end = reverse("admin:partners_connectedservice_end", args=[object_id])
            steps = [(_("End a member’s connection"), end)]
        return super().change_view(request, object_id, form_url, {"steps": steps, **(extra_context or {})})

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a suspended member asked by letter; it is written down as told to our staff."""
        service: ConnectedService | None = self.get_object(request, str(pk))
        if service is None:
            raise Http404
        if not self.has_change_permission(request, service):
            raise PermissionDenied
        form = EndForm(request.POST if request.method == "POST" else None, service=service)
        if not form.is_valid():
            explained = _(
                "For a member who asks by letter or telephone, for instance because the account is suspended. The "
                "service gets nothing of them any more, and is asked to delete what it has; the member can read that."
            )
            words = {"title": _("End a member’s connection?"), "label": _("End it"), "explained": explained}
            return self.step_page(request, "step.html", service, form=form, **words)
        end_as_told(service=service, member=form.member, proof=form.cleaned_data["identity_proof"], now=timezone.now())
        self.log_change(request, service, _("Ended a member’s connection."))
        messages.success(request, _("It is ended. What the service had read it is asked to delete."))
        return redirect("admin:partners_connectedservice_change", pk)

    @admin.display(description=gettext_lazy("connected by"), ordering="members")
    def connected(self, service: Any) -> int:
        """How many members."""
        return int(service.members)
