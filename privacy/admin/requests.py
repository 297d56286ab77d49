"""What people ask about their data, by the day on which the law wants an answer."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from privacy.models import SubjectRequest
from privacy.services import requests as services

SHOWN = ["kind", "member", "text", "identity_proof", "received_at", "due_at", "state", "ended_at"]


class AnswerForm(forms.ModelForm):
    """Staff’s answer; sending it closes the request."""

    class Meta:
        model = SubjectRequest
        fields = ["answer"]
        help_texts = {"answer": _("Sent to the person by e-mail as soon as you save, and closes the request.")}


@admin.register(SubjectRequest)
class SubjectRequestAdmin(admin.ModelAdmin):
    """Open ones first, the most urgent on top. Copies are made by themselves; nobody here can open one."""

    form = AnswerForm
    list_display = ["kind", "member", "state", "received_at", "due"]
    list_filter = ["state", "kind"]
    list_select_related = ["member"]
    ordering = ["ended_at", "due_at"]
    list_per_page = 50
    fields = [*SHOWN, "answer"]
    readonly_fields = SHOWN

    def get_queryset(self, request: HttpRequest) -> Any:
        """Removals have a list of their own."""
        return super().get_queryset(request).exclude(kind=SubjectRequest.Kind.REMOVAL)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People ask for themselves, in the privacy centre."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Kept as proof that it was answered in time."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is answered, or answers itself, is only read."""
        waits = obj is not None and obj.state == SubjectRequest.State.RECEIVED
        return SHOWN if waits else [*SHOWN, "answer"]

    @admin.display(description=_("to be answered by"), ordering="due_at")
    def due(self, row: SubjectRequest) -> str:
        """The day, marked when it is past."""
        day = f"{row.due_at:%Y-%m-%d}"
        if row.ended_at is None and row.due_at < timezone.now():
            return format_html("<b>{} · {}</b>", day, _("overdue"))
        return day

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Send the answer, unless a colleague was quicker."""
        if not obj.answer.strip():
            messages.warning(request, _("Nothing was sent: there is no answer yet."))
            return
        try:
            services.answer_request(request=obj, answer=obj.answer.strip(), now=timezone.now())
        except services.AlreadyAnswered:
            messages.error(request, _("Somebody has answered this already. Nothing was sent."))
        else:
            messages.success(request, _("The answer was sent."))
