"""Receivers whose contract has ended and that have to delete what they have: overdue ones on top."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.admin.deadlines import KeptAdmin, due_words
from privacy.admin.receipts import ProofForm, Waiting
from privacy.models import ContractEnd
from privacy.services import contract_ends as services

SHOWN = [
    *("receiver", "ended_on", "reference", "opened_at", "told_at", "reminded_at"),
    *("due", "confirmed_at", "went_on_at"),
]


class DeletedForm(ProofForm):
    """How it was confirmed that everything is deleted."""

    class Meta(ProofForm.Meta):
        model = ContractEnd  # type: ignore[assignment]  # it has a proof too
        help_texts = {
            "proof": _("How it was confirmed and when; for example the date of a letter. Name the company, no person.")
        }


@admin.register(ContractEnd)
class ContractEndAdmin(KeptAdmin):
    """Partners are asked and reminded by mail, if we have an address; the others by staff, who note it here."""

    form = DeletedForm
    list_display = ["receiver", "ended_on", "due", "told_at", "confirmed_at", "went_on_at"]
    list_filter = [Waiting]
    list_select_related = ["receiver"]
    search_fields = ["receiver__name", "reference"]
    ordering = [
        F("went_on_at").desc(nulls_first=True),  # type: ignore[list-item]
        F("confirmed_at").desc(nulls_first=True),  # type: ignore[list-item]
        "due_at",
    ]
    fields = [*SHOWN, "proof"]
    readonly_fields = SHOWN
    actions = ["told"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is confirmed stays so, and of a contract that went on nothing is asked."""
        is_open = obj is None or (obj.confirmed_at is None and obj.went_on_at is None)
        return is_open and super().has_change_permission(request, obj)

    @admin.display(description=_("to be confirmed by"), ordering="due_at")
    def due(self, row: ContractEnd) -> str:
        """The day, marked when it is past or near."""
        return due_words(row.due_at, done=row.confirmed_at is not None or row.went_on_at is not None)

    @admin.action(description=_("Note: told, or told again, today"), permissions=["change"])
    def told(self, request: HttpRequest, queryset: QuerySet[ContractEnd]) -> None:
        """Staff have written or called."""
        noted = services.note_end_told(ends=list(queryset.values_list("pk", flat=True)), now=timezone.now())
        messages.success(request, ngettext("%(n)s noted as told.", "%(n)s noted as told.", noted) % {"n": noted})

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """It is confirmed, unless it was before."""
        if services.confirm_end(end=obj, proof=obj.proof, now=timezone.now()):
            messages.success(request, _("Confirmed. Persons read it beside what the receiver had of them."))
        else:
            messages.error(request, _("It was confirmed already, or the contract goes on; nothing was changed."))
