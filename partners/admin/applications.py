"""Applications in admin: what is asked, and two buttons."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.admin.pages import StepPages
from partners.forms.applications import AcceptForm, DeclineForm
from partners.models import PartnerApplication
from partners.scopes import scope_words
from partners.services import applications as services

SHOWN = (
    *("company", "website", "country", "contact_name", "email", "words", "wanted", "received_at"),
    *("state", "decided_at", "decided_by", "reason", "partner"),
)
LABELS = {"accept": gettext_lazy("Accept"), "decline": gettext_lazy("Decline")}
EXPLAINED = {
    "accept": gettext_lazy(
        "The company is entered among the receivers and becomes a partner with this contract. It is told by mail, and "
        "gets no contact of anybody before a privacy policy that names it is in force. Then issue a key on its page."
    ),
    "decline": gettext_lazy("The applicant is told by mail, with your reason."),
}


@admin.register(PartnerApplication)
class PartnerApplicationAdmin(StepPages):
    """What waits on top, the oldest first."""

    list_display = ["company", "country", "website", "received_at", "state"]
    list_filter = ["state", "country"]
    search_fields = ["company", "website", "email"]
    ordering = [F("decided_at").desc(nulls_first=True), "received_at"]  # type: ignore[list-item]
    fields = SHOWN
    readonly_fields = SHOWN
    change_form_template = "admin/partners/steps_change_form.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Companies write them."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Deciding."""
        view = self.admin_site.admin_view(self.decide)
        return [
            path("<int:pk>/decide/<slug:step>/", view, name="partners_partnerapplication_decide"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The application and the buttons to decide; there is nothing to save."""
        found: PartnerApplication | None = self.get_object(request, object_id)
        steps: list[Any] = []
        if found is not None and found.state == PartnerApplication.State.RECEIVED:
            steps = [
                (label, reverse("admin:partners_partnerapplication_decide", args=[found.pk, step]))
                for step, label in LABELS.items()
                if self._may(request, step)
            ]
        shown = {"steps": steps, "show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, shown)

    def decide(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """What the step does, what has to be said, and the button that does it."""
        found: PartnerApplication | None = self.get_object(request, str(pk))
        if found is None or step not in LABELS:
            raise Http404
        if not self._may(request, step):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        form: AcceptForm | DeclineForm = AcceptForm(data, application=found) if step == "accept" else DeclineForm(data)
        if form.is_valid() and (answer := self._decide(request, found, form)):
            return answer
        words = {"title": f"{LABELS[step]}?", "label": LABELS[step], "explained": EXPLAINED[step]}
        return self.step_page(request, "step.html", found, form=form, **words)

    def _decide(
        self, request: HttpRequest, found: PartnerApplication, form: AcceptForm | DeclineForm
    ) -> HttpResponse | None:
        """None where the form has to be put right."""
        act = self._accept if isinstance(form, AcceptForm) else self._decline
        run: Callable[..., HttpResponse] = act
        try:
            return run(request, found, form)
        except services.AlreadyDecided:
            messages.error(request, _("Somebody has decided this already. Nothing was changed."))
            return redirect("admin:partners_partnerapplication_change", found.pk)
        except services.AlreadyRegistered:
            form.add_error("name", _("The register of receivers has a partner of this name."))
            return None

    def _accept(self, request: HttpRequest, found: PartnerApplication, form: AcceptForm) -> HttpResponse:
        partner = services.accept_application(
            application=found, contract=form.contract(), by=request.user, now=timezone.now()
        )
        self.log_change(request, found, _("Accepted."))
        messages.success(request, _("%(partner)s is a partner now, and is told so.") % {"partner": partner})
        return redirect("admin:partners_partner_change", partner.pk)

    def _decline(self, request: HttpRequest, found: PartnerApplication, form: DeclineForm) -> HttpResponse:
        services.decline_application(
            application=found, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
        self.log_change(request, found, _("Declined."))
        messages.success(request, _("It is declined, and the applicant is told why."))
        return redirect("admin:partners_partnerapplication_change", found.pk)

    def _may(self, request: HttpRequest, step: str) -> bool:
        """Accepting also makes a receiver and a partner."""
        needed = ["partners.change_partnerapplication"]
        if step == "accept":
            needed += ["partners.add_partner", "privacy.add_receiver"]
        return bool(request.user.has_perms(needed))

    @admin.display(description=gettext_lazy("what for"))
    def words(self, row: PartnerApplication) -> str:
        """As it was written."""
        return format_html('<div class="words">{}</div>', row.purpose)

    @admin.display(description=gettext_lazy("which data"))
    def wanted(self, row: PartnerApplication) -> str:
        """In words."""
        return ", ".join(map(str, scope_words(row.scopes)))
