"""The register of receivers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.datamap import NAMED, ReceiverKind
from privacy.models import Receiver
from privacy.selectors.announced import announced
from privacy.services.disclosing import INSIDE

OUTSIDE = [kind for kind in ReceiverKind if kind not in (*INSIDE, ReceiverKind.PUBLIC, ReceiverKind.TEAM)]


class ReceiverForm(forms.ModelForm):
    """Only kinds that stand outside of the market are registered."""

    class Meta:
        model = Receiver
        fields = ["kind", "name", "country", "transfer", "task", "since", "until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields.get("kind")  # not in a form that only reads it
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [("", "–"), *((one.value, one.label) for one in OUTSIDE)]

    def clean(self) -> None:
        """Nobody's time ends before it begins."""
        super().clean()
        since, until = self.cleaned_data.get("since", self.instance.since), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("Choose a day that is not before the first one."))


@admin.register(Receiver)
class ReceiverAdmin(admin.ModelAdmin):
    """Companies and authorities outside; their time ends by a date, and none is removed, since people were told."""

    form = ReceiverForm
    list_display = ["name", "kind", "country", "transfer", "task", "since", "until"]
    list_filter = ["kind"]
    search_fields = ["name", "task"]
    ordering = ["kind", "name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who it is and since when stays as it was entered; another company is another row."""
        return ["kind", "name", "since"] if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Whoever registers a company reads when it may get anything."""
        super().save_model(request, obj, form, change)
        if obj.kind in NAMED and not announced(at=timezone.now()).names(obj):
            told = _(
                "%(receiver)s gets no data before a privacy policy that names it with this country and this ground is "
                "in force. Publish a draft of the policy, so that members are told."
            )
            messages.warning(request, told % {"receiver": obj})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History."""
        return False
