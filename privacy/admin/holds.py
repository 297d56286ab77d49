"""Legal holds: entered with a reason and an end, lifted with a reason, never deleted."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.addresses import of_mailbox
from privacy.admin.deadlines import KeptAdmin
from privacy.models import LegalHold
from privacy.selectors.corrections import choices_of_data, what_of
from privacy.services import holds as services

SHOWN = ["whom", "what", "key", "reason", "owner", "begun_at", "ends_at", "lifted_at"]


class PlaceForm(forms.ModelForm):
    """A person, or one row."""

    email = forms.EmailField(
        label=_("E-mail of the member"),
        required=False,
        help_text=_("Everything about this member. Or leave it empty, and name one row below."),
    )
    table = forms.ChoiceField(label=_("Which data"), required=False)
    key = forms.CharField(label=_("Number of the row"), required=False, max_length=100)

    class Meta:
        model = LegalHold
        fields = ["reason", "ends_at"]
        help_texts = {"reason": _("Which claim, and why it needs this data. The person can read it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = [("", "–"), *choices_of_data()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Place it here, so that what is wrong stands beside its field."""
        data = super().clean() or {}
        email, table, key = data.get("email", ""), data.get("table", ""), data.get("key", "").strip()
        if bool(email) == bool(table or key) or bool(table) != bool(key):
            raise forms.ValidationError(_("Name a member, or a kind of data and the number of a row."))
        if table:
            try:
                services.key_of_row(table, key)
            except services.NothingToHold:
                self.add_error("key", _("There is no such row."))
        if email:
            data["member"] = get_user_model()._default_manager.filter(of_mailbox(email)).first()
            if data["member"] is None:
                self.add_error("email", _("Nobody has this address."))
        if data.get("ends_at") and data["ends_at"] <= timezone.now():
            self.add_error("ends_at", _("Choose a time to come."))
        return data

    def _post_clean(self) -> None:
        """The row is the service's to make."""


class LiftForm(forms.ModelForm):
    """Why it is no longer needed."""

    class Meta:
        model = LegalHold
        fields = ["lift_reason"]
        help_texts = {"lift_reason": _("Saving lifts the hold at once; what waited to be deleted is deleted then.")}

    def clean_lift_reason(self) -> str:
        """Not without words."""
        reason: str = self.cleaned_data["lift_reason"].strip()
        if not reason:
            raise forms.ValidationError(_("Say why it is lifted."))
        return reason


class Standing(admin.SimpleListFilter):
    """Whether it holds today."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """One question."""
        return [("yes", _("holds today"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        """Those."""
        return queryset.standing(at=timezone.now()) if self.value() else queryset


@admin.register(LegalHold)
class LegalHoldAdmin(KeptAdmin):
    """Each stops erasure and sweep for one person or one row; the one that ends first on top."""

    list_display = ["whom", "what", "key", "ends_at", "owner", "lifted_at"]
    list_filter = [Standing]
    list_select_related = ["member", "owner"]
    ordering = ["-lifted_at", "ends_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As the group says."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is over is only read."""
        over = obj is not None and (obj.lifted_at is not None or obj.ends_at <= timezone.now())
        return not over and super().has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """To place one, or what it is and why it is lifted."""
        return [*SHOWN, "lift_reason"] if obj else ["email", "table", "key", "reason", "ends_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Nothing of it changes."""
        return SHOWN if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """One to place it, one to lift it."""
        kwargs["form"] = LiftForm if obj else PlaceForm
        return super().get_form(request, obj, change, **kwargs)

    @admin.display(description=_("member"))
    def whom(self, row: LegalHold) -> str:
        """By name."""
        return str(row.member or "–")

    @admin.display(description=_("which data"))
    def what(self, row: LegalHold) -> str:
        """In words."""
        return what_of(row.table) if row.table else str(_("everything"))

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Place it or lift it."""
        said, now = form.cleaned_data, timezone.now()
        if change:
            self._lift(request, obj, said["lift_reason"])
            return
        placed = services.place_hold(
            member=said.get("member"),
            table=said["table"],
            key=said["key"].strip(),
            reason=said["reason"],
            owner=request.user,
            ends_at=said["ends_at"],
            now=now,
        )
        obj.pk = placed.pk
        obj.refresh_from_db()

    def _lift(self, request: HttpRequest, hold: LegalHold, reason: str) -> None:
        try:
            services.lift_hold(hold=hold, reason=reason, now=timezone.now())
        except services.NotStanding:
            messages.error(request, _("It was lifted already; nothing was changed."))
