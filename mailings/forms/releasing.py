"""When a mail to many goes."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class ReleaseForm(forms.Form):
    """When it goes; `seen` is when the words that were read had been written."""

    when = forms.ChoiceField(
        label=gettext_lazy("When it goes"),
        choices=[("now", gettext_lazy("At once")), ("later", gettext_lazy("At the time below"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose when it goes.")},
    )
    starts_at = forms.DateTimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    seen = forms.DateTimeField()  # when the words that were on the page had been written

    def clean(self) -> dict[str, Any]:
        """A time to come, where one is asked for; a time beside "at once" is a contradiction, not a detail."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == "now" and (data.get("starts_at") or "starts_at" in self.errors):
            self.add_error("when", _("There is a time below. Choose that, or take the time away."))
        if data.get("when") == "later" and "starts_at" not in self.errors:
            starts_at: datetime | None = data.get("starts_at")
            if starts_at is None or starts_at <= timezone.now():
                self.add_error("starts_at", _("Choose a time to come."))
        return data
