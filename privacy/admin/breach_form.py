"""What staff write about an incident."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models import CLOCK, Breach
from privacy.selectors.breaches import choices_of_tables


class BreachForm(forms.ModelForm):
    """The incident, whom it concerns, what they are told, and when the authority was."""

    tables = forms.MultipleChoiceField(
        label=_("Which data"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 12}),
        help_text=_("Everybody whom these rows are about. In brackets: the time by which rows are chosen below."),
    )

    class Meta:
        model = Breach
        fields = [
            *("title", "happened", "began_at", "discovered_at", "risk", "tables", "rows_from", "rows_until"),
            *("consequences", "measures", "advice", "authority", "authority_told_at", "delay"),
        ]
        help_texts = {
            "discovered_at": _("From then the authority is told within 72 hours, unless a risk is unlikely."),
            "happened": _("The people read this word for word, as well as the three texts below."),
            "rows_from": _("Leave both empty for all rows. Rows without a time always count."),
            "authority": _("Its name, and the number under which it keeps our notice."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tables" in self.fields:  # not in a form that only reads
            self.fields["tables"].choices = choices_of_tables()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nothing lies in the future, and what is late has a reason: GDPR art. 33(1)."""
        data = super().clean() or {}
        for name in ("began_at", "discovered_at", "authority_told_at"):
            if data.get(name) and data[name] > timezone.now():
                self.add_error(name, _("This is a time to come."))
        begin, end = data.get("rows_from"), data.get("rows_until")
        if begin and end and end < begin:
            self.add_error("rows_until", _("Choose a time that is not before the first one."))
        self._check_authority(data.get("authority_told_at"), data)
        return data

    def _check_authority(self, told: datetime | None, data: dict[str, Any]) -> None:
        if told is None:
            return
        if not data.get("authority", "").strip():
            self.add_error("authority", _("Say which authority, and its file number."))
        known = data.get("discovered_at")
        if known and told < known:
            self.add_error("authority_told_at", _("This is before it became known."))
        elif known and told > known + CLOCK and not data.get("delay", "").strip():
            self.add_error("delay", _("It was told later than 72 hours after it became known. Say why."))
