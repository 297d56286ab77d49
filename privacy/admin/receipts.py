"""Receivers that have to confirm that they corrected or deleted something: overdue ones on top."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.admin.deadlines import KeptAdmin, due_words
from privacy.channels import channel_to
from privacy.models import Receipt
from privacy.selectors.corrections import words_of
from privacy.services import receipts as services

SHOWN = [
    *("receiver_name", "receiver_kind", "change", "person", "data", "answer", "reference", "how"),
    *("told_at", "reminded_at", "due", "confirmed_at"),
]


class ProofForm(forms.ModelForm):
    """How it was confirmed."""

    class Meta:
        model = Receipt
        fields = ["proof"]
        help_texts = {"proof": _("Who confirmed it, how and when; for example the date and sender of a letter.")}

    def clean_proof(self) -> str:
        """Without words it is not confirmed."""
        proof: str = self.cleaned_data["proof"].strip()
        if not proof:
            raise forms.ValidationError(_("Say how it was confirmed."))
        return proof


class Waiting(admin.SimpleListFilter):
    """What is to be done."""

    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """By what is urgent."""
        return [("overdue", _("overdue")), ("tell", _("to be told, or told again")), ("open", _("not confirmed"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        """Those."""
        now = timezone.now()
        chosen = {"overdue": queryset.overdue(at=now), "tell": queryset.to_tell(at=now), "open": queryset.open()}
        return chosen.get(self.value() or "", queryset)


@admin.register(Receipt)
class ReceiptAdmin(KeptAdmin):
    """Receivers with a channel are told and reminded by themselves; the others by staff, who note it here."""

    form = ProofForm
    list_display = ["receiver_name", "change", "due", "how", "told_at", "confirmed_at"]
    list_filter = [Waiting, "change"]
    search_fields = ["receiver_name", "reference"]
    ordering = [F("confirmed_at").desc(nulls_first=True), "due_at"]  # type: ignore[list-item]
    fields = [*SHOWN, "proof"]
    readonly_fields = SHOWN
    actions = ["told"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is confirmed stays so."""
        return (obj is None or obj.confirmed_at is None) and super().has_change_permission(request, obj)

    @admin.display(description=_("to be confirmed by"), ordering="due_at")
    def due(self, row: Receipt) -> str:
        """The day, marked when it is past or near."""
        return due_words(row.due_at, done=row.confirmed_at is not None)

    @admin.display(description=_("told"))
    def how(self, row: Receipt) -> str:
        """By whom."""
        by_itself = channel_to(kind=row.receiver_kind, key=row.receiver_key) is not None
        return str(_("through its channel") if by_itself else _("by our staff"))

    @admin.display(description=_("what it had received"))
    def data(self, row: Receipt) -> str:
        """In words."""
        return words_of(row.columns)

    @admin.display(description=_("what we answered the person"))
    def answer(self, row: Receipt) -> str:
        """What is right now stands there, when something was corrected."""
        return row.request.answer or "–"

    @admin.action(description=_("Note: told, or told again, today"), permissions=["change"])
    def told(self, request: HttpRequest, queryset: QuerySet[Receipt]) -> None:
        """Staff have written or called."""
        noted = services.note_told(receipts=list(queryset.values_list("pk", flat=True)), now=timezone.now())
        messages.success(request, ngettext("%(n)s noted as told.", "%(n)s noted as told.", noted) % {"n": noted})

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """It is confirmed, unless it was before."""
        if services.confirm_receipt(receipt=obj, proof=obj.proof, now=timezone.now()):
            messages.success(request, _("Confirmed. Whom it was about is no longer kept here."))
        else:
            messages.error(request, _("This was confirmed already; nothing was changed."))
