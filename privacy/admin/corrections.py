"""Corrections that people asked for: what is wrong, the evidence, and the decision."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.admin.deadlines import KeptAdmin, due_words
from privacy.models import OPEN, Correction, SubjectRequest
from privacy.selectors.corrections import choices_of_columns, what_of
from privacy.services import corrections as services

ASKED = ["member", "what", "text", "file", "received", "due", "state"]
DECIDED = ["answer", "corrected", "decided_by"]


class DecisionForm(forms.ModelForm):
    """Accepted or refused, each with the words that the person reads."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", "–"), ("accept", _("Accept: it is corrected now")), ("refuse", _("Refuse: it stays as it is"))],
        help_text=_("Correct it first, where you usually would; then accept."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        help_text=_("The person gets it by e-mail, word for word. A refusal also says where to complain."),
    )
    columns = forms.MultipleChoiceField(
        label=_("What you corrected"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("Whoever outside had received this is told. Mark several with Ctrl or ⌘."),
    )

    class Meta:
        model = Correction
        fields = ["columns"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "columns" in self.fields:  # not in a form that only reads
            self.fields["columns"].choices = choices_of_columns(table=self.instance.table)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What was corrected is said, so that receivers can be told."""
        data = super().clean() or {}
        if data.get("decision") == "accept" and not data.get("columns"):
            self.add_error("columns", _("Mark what you corrected."))
        return data


@admin.register(Correction)
class CorrectionAdmin(KeptAdmin):
    """Open ones first, the most urgent on top."""

    form = DecisionForm
    list_display = ["member", "what", "state", "received", "due"]
    list_filter = ["request__state"]
    list_select_related = ["request__member"]
    ordering = [F("request__ended_at").desc(nulls_first=True), "request__due_at"]  # type: ignore[list-item]
    readonly_fields = [*ASKED, *DECIDED]

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what was asked."""
        return super().get_queryset(request).select_related("request__member")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was asked; then the decision, or what it was."""
        return [*ASKED, *(["decision", "reason", "columns"] if self._waits(request, obj) else DECIDED)]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is decided is only read."""
        open_one = obj is None or obj.request.state == SubjectRequest.State.RECEIVED
        return open_one and super().has_change_permission(request, obj)

    def _waits(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form that only reads needs no fields of its own."""
        if not self._waits(request, obj):
            kwargs["form"] = forms.ModelForm
        return super().get_form(request, obj, change, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        """The evidence."""
        evidence = path(
            "<uuid:pk>/evidence/", self.admin_site.admin_view(self.evidence), name="privacy_correction_evidence"
        )
        return [evidence, *super().get_urls()]

    def evidence(self, request: HttpRequest, pk: Any) -> HttpResponseBase:
        """The file, to be saved and not opened here; while it is kept."""
        correction: Correction | None = self.get_object(request, str(pk))
        if not self.has_view_permission(request, correction):
            raise PermissionDenied
        if correction is None or not correction.evidence:
            raise Http404
        suffix = correction.evidence.name.rpartition(".")[2]
        response = FileResponse(correction.evidence.open("rb"), as_attachment=True, filename=f"evidence.{suffix}")
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Carry the decision out, unless a colleague was quicker."""
        said, now = form.cleaned_data, timezone.now()
        common = {"request": obj.request, "reason": said["reason"], "by": request.user, "now": now}
        try:
            if said["decision"] == "refuse":
                services.refuse_correction(**common)
                messages.success(request, _("It is refused, and the person is told why."))
                return
            told = services.accept_correction(columns=said["columns"], **common)
        except services.AlreadyAnswered:
            messages.error(request, _("Somebody has answered this already. Nothing was sent."))
        else:
            words = ngettext("%(n)s receiver is told too.", "%(n)s receivers are told too.", told) % {"n": told}
            messages.success(request, format_html("{} {}", _("It is accepted, and the person is told."), words))

    @admin.display(description=_("who asked"), ordering="request__member")
    def member(self, row: Correction) -> str:
        """By name; those who are gone have none."""
        return str(row.request.member or "–")

    @admin.display(description=_("which data"))
    def what(self, row: Correction) -> str:
        """In words."""
        return what_of(row.table) if row.table else str(_("Something else"))

    @admin.display(description=_("what is wrong, and what is right"))
    def text(self, row: Correction) -> str:
        """As it was written."""
        return format_html('<div class="words">{}</div>', row.request.text)

    @admin.display(description=_("evidence"))
    def file(self, row: Correction) -> str:
        """A link while it is kept."""
        if not row.evidence:
            return "–"
        place = reverse("admin:privacy_correction_evidence", args=[row.pk])
        return format_html('<a href="{}">{}</a>', place, _("Save the file"))

    @admin.display(description=_("received at"), ordering="request__received_at")
    def received(self, row: Correction) -> str:
        """When."""
        return date_format(timezone.localtime(row.request.received_at), "j M Y, H:i")

    @admin.display(description=_("to be answered by"), ordering="request__due_at")
    def due(self, row: Correction) -> str:
        """The day, marked when it is past or near."""
        return due_words(row.request.due_at, done=row.request.state not in OPEN)

    @admin.display(description=_("state"))
    def state(self, row: Correction) -> str:
        """In words."""
        return row.request.get_state_display()

    @admin.display(description=_("answer"))
    def answer(self, row: Correction) -> str:
        """As the person read it."""
        return format_html('<div class="words">{}</div>', row.request.answer)

    @admin.display(description=_("what was corrected"))
    def corrected(self, row: Correction) -> str:
        """As the data map calls it."""
        return ", ".join(row.columns) or "–"
