"""What people ask about their data, by the day on which the law wants an answer."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from privacy.admin.deadlines import KeptAdmin, due_words
from privacy.models import OPEN, SubjectRequest
from privacy.services import requests as services

SHOWN = ["kind", "member", "email", "text", "identity_proof", "received_at", "due", "state", "answer", "ended_at"]


class ExtensionForm(forms.ModelForm):
    """Why the answer takes longer."""

    class Meta:
        model = SubjectRequest
        fields = ["extension"]
        help_texts = {
            "extension": _(
                "Only within the first month, once, and only where the request is complex or there are many: it gives "
                "two months more. The person gets the reason by e-mail as soon as you save."
            )
        }


class Waiting(admin.SimpleListFilter):
    """Open requests, and those whose day is past."""

    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """By what is urgent."""
        return [("open", _("open")), ("overdue", _("overdue"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        """Those that somebody waits for."""
        if self.value() == "open":
            return queryset.open()
        return queryset.open().filter(due_at__lt=timezone.now()) if self.value() == "overdue" else queryset


@admin.register(SubjectRequest)
class SubjectRequestAdmin(KeptAdmin):
    """Open ones first, the most urgent on top. Copies are made by themselves; nobody here can open one."""

    form = ExtensionForm
    list_display = ["kind", "member", "state", "received_at", "due"]
    list_filter = [Waiting, "kind", "state"]
    list_select_related = ["member"]
    ordering = [F("ended_at").desc(nulls_first=True), "due_at"]  # type: ignore[list-item]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Removals have a list of their own."""
        return super().get_queryset(request).exclude(kind=SubjectRequest.Kind.REMOVAL)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What was asked, where staff decide about it, and more time."""
        page = ["page"] if obj is not None and obj.kind == SubjectRequest.Kind.CORRECTION else []
        return [*SHOWN[:-3], *page, *SHOWN[-3:], "extension"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Everything but the reason for more time, while more can be taken."""
        waits = obj is not None and obj.state in OPEN and not obj.extension and obj.due_at >= timezone.now()
        return [*SHOWN, "page"] if waits else [*SHOWN, "page", "extension"]

    @admin.display(description=_("to be answered by"), ordering="due_at")
    def due(self, row: SubjectRequest) -> str:
        """The day, marked when it is past or near."""
        return due_words(row.due_at, done=row.state not in OPEN)

    @admin.display(description=_("decided on"))
    def page(self, row: SubjectRequest) -> str:
        """Where staff decide."""
        place = reverse("admin:privacy_correction_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', place, _("its page under corrections"))

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Take more time, unless it was taken or answered meanwhile."""
        try:
            services.extend_request(request=obj, reason=obj.extension, now=timezone.now())
        except services.ReasonMissing:
            messages.error(request, _("Nothing was changed: say why it takes longer."))
        except services.NotExtendable:
            messages.error(
                request, _("Nothing was changed: it was answered or extended already, or its month is over.")
            )
        else:
            messages.success(request, _("The person is told the reason and the new day."))
