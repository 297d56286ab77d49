"""Removals for people without an account, by the day on which the law wants an answer."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy.admin.deadlines import KeptAdmin, due_words
from privacy.forms.removals import IntakeForm
from privacy.forms.staff import RefusalForm
from privacy.models import WITH_STAFF, Removal, SubjectRequest
from privacy.removables import removable
from privacy.selectors.removals import unconfirmed
from privacy.services import removal_decisions as services

SHOWN = ["state", "received_at", "due", "channel", "who", "email", "accounts", "identity_proof", "about", "text"]
ENDED = ["ended_at", "decided_by", "answer"]
LABELS = {"hide": gettext_lazy("Hide the page"), "refuse": gettext_lazy("Refuse"), "done": gettext_lazy("Remove")}
EXPLAINED = {
    "hide": gettext_lazy("The page is hidden until you decide; the people who run it are told."),
    "refuse": gettext_lazy("Nothing is removed, and what this request has hidden is shown again."),
    "done": gettext_lazy(
        "The page is closed, what is kept about the mailbox is erased, and neither can come back: the mailbox, and "
        "name, telephone and website of a company for which nobody acts, are suppressed."
    ),
}


def _of_request(name: str, words: Any) -> Callable[..., Any]:
    """A column of the request as one of this list."""

    @admin.display(description=words, ordering=f"request__{name}")
    def column(self: "RemovalAdmin", row: Removal) -> Any:
        display = getattr(row.request, f"get_{name}_display", None)
        value = display() if display else getattr(row.request, name)
        return (
            date_format(timezone.localtime(value), "DATETIME_FORMAT") if isinstance(value, datetime) else value or "–"
        )

    return column


@admin.register(Removal)
class RemovalAdmin(KeptAdmin):
    """Open ones first, the most urgent on top. What nobody has proved is not shown: anybody can type any address."""

    form = IntakeForm
    list_display = ["__str__", "who", "email", "about", "state", "due"]
    list_filter = ["request__state", "channel"]
    list_select_related = ["request", "decided_by"]
    ordering = (F("request__ended_at").desc(nulls_first=True), "request__due_at")  # type: ignore[assignment]
    change_form_template = "admin/privacy/removal/change_form.html"

    state = _of_request("state", gettext_lazy("state"))
    email = _of_request("email", gettext_lazy("e-mail"))
    text = _of_request("text", gettext_lazy("what is asked"))
    identity_proof = _of_request("identity_proof", gettext_lazy("how identity was proved"))
    received_at = _of_request("received_at", gettext_lazy("received at"))
    ended_at = _of_request("ended_at", gettext_lazy("ended at"))
    answer = _of_request("answer", gettext_lazy("answer"))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Only of those who have shown who they are."""
        removals: Any = super().get_queryset(request)
        return removals.proved()

    def get_fields(self, request: HttpRequest, obj: Removal | None = None) -> Any:
        """A new one is written down; what is there is only read."""
        return [*SHOWN, *ENDED] if obj else IntakeForm.field_order

    def get_readonly_fields(self, request: HttpRequest, obj: Removal | None = None) -> Any:
        """Decisions are made with the buttons."""
        return [*SHOWN, *ENDED] if obj else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        """What came by telephone or letter is entered here."""
        return admin.ModelAdmin.has_add_permission(self, request)

    @admin.display(description=gettext_lazy("to be answered by"), ordering="request__due_at")
    def due(self, row: Removal) -> str:
        """The day, marked when it is past or near."""
        return due_words(row.request.due_at, done=row.request.ended_at is not None)

    @admin.display(description=gettext_lazy("about"))
    def about(self, row: Removal) -> str:
        """The page, with a link to where staff see it; or that it is about a mail."""
        known = removable(row.target_kind)
        if known is None:
            return row.page or _("an e-mail")
        title, url = known.title(row.target_key), known.admin_url(row.target_key)
        return format_html('{}: <a href="{}">{}</a>', known.label, url, title) if url else str(known.label)

    @admin.display(description=gettext_lazy("accounts with this address"))
    def accounts(self, row: Removal) -> str:
        """Somebody opened them with the address and never confirmed it: they are not its holder's wish."""
        places = [(reverse("admin:accounts_member_change", args=[pk]), pk) for pk in unconfirmed(row.request.email)]
        return format_html_join(", ", '<a href="{}">{}</a>', places) or "–"

    def save_model(self, request: HttpRequest, obj: Removal, form: Any, change: bool) -> None:
        """Enter a new one; nothing of an entered one is changed here."""
        if change:
            return
        data = form.cleaned_data
        received = services.Received(channel=data["channel"], who=data["who"], identity_proof=data["identity_proof"])
        obj.request = services.enter_removal(asked=form.asked(), received=received, now=timezone.now()).request

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What came by telephone or letter."""
        return super().add_view(request, form_url, {"title": _("Enter a request"), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The request and buttons to decide; there is nothing to save."""
        found = self.get_object(request, object_id)
        steps = [] if found is None or not self.has_change_permission(request, found) else _steps(found)
        shown = {
            "steps": [
                (LABELS[step], reverse("admin:privacy_removal_decide", args=[found.pk, step]))
                for step in steps
                if found is not None
            ],
            "title": _("Removal"),
            "show_save": False,
            "show_save_and_continue": False,
            "show_save_and_add_another": False,
        }
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        """Deciding, with a second look."""
        decide = path(
            "<uuid:pk>/decide/<slug:step>/", self.admin_site.admin_view(self.decide), name="privacy_removal_decide"
        )
        return [decide, *super().get_urls()]

    def decide(self, request: HttpRequest, pk: Any, step: str) -> HttpResponse:
        """What the step does, and the button that does it."""
        found: Removal | None = self.get_object(request, str(pk))
        if found is None or step not in LABELS:
            raise Http404
        if not self.has_change_permission(request, found):
            raise PermissionDenied
        form = RefusalForm(request.POST if request.method == "POST" else None) if step == "refuse" else None
        if request.method == "POST" and (form is None or form.is_valid()):
            self._decide(request, found, step, form.cleaned_data["reason"] if form else "")
            return redirect("admin:privacy_removal_change", found.pk)
        context = {"title": f"{LABELS[step]}?", "removal": found, "form": form, "explained": EXPLAINED[step]}
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "label": LABELS[step], **context}
        return TemplateResponse(request, "admin/privacy/removal/decide.html", shown)

    def _decide(self, request: HttpRequest, found: Removal, step: str, reason: str) -> None:
        common: dict[str, Any] = {"removal": found, "by": request.user, "now": timezone.now()}
        try:
            if step == "hide":
                services.hide_page(**common)
            elif step == "refuse":
                services.refuse_removal(**common, reason=reason)
            else:
                services.finish_removal(**common)
        except services.AlreadyDecided:
            messages.error(request, _("Somebody has decided this already. Nothing was changed."))
        except services.NothingToHide:
            messages.error(request, _("There is no page that this could hide, or nobody sees it any more."))
        else:
            self.log_change(request, found, str(LABELS[step]))
            messages.success(request, _("Done: %(step)s.") % {"step": LABELS[step]})


def _steps(removal: Removal) -> list[str]:
    """What can be decided in its state."""
    state = removal.request.state
    if state not in WITH_STAFF:
        return []
    can_hide = state == SubjectRequest.State.REVIEW and removal.target_kind
    return [*(["hide"] if can_hide else []), "refuse", "done"]
