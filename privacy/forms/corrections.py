"""What people write when something about them is wrong."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from privacy.evidence import EvidenceRefused, read_evidence

SOMETHING_ELSE = "other"


class CorrectionForm(forms.Form):
    """Which data, what is wrong and what is right, and what shows it."""

    which = forms.ChoiceField(label=_("Which of your data is wrong?"))
    text = forms.CharField(
        label=_("What is wrong, and what is right?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Say where you saw it."),
    )
    evidence = forms.FileField(
        label=_("Something that shows it"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        help_text=_(
            "If you have it: a PDF or a JPEG or PNG picture, up to 5 MB. We delete it 30 days after our answer."
        ),
    )

    def __init__(self, *args: Any, data_of_mine: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose")), *data_of_mine, (SOMETHING_ELSE, _("Something else"))]
        self.fields["which"].choices = choices  # type: ignore[attr-defined]

    def clean_which(self) -> str:
        """The table, as the data map calls it; "" for something else."""
        chosen: str = self.cleaned_data["which"]
        return "" if chosen == SOMETHING_ELSE else chosen

    def clean_evidence(self) -> "ContentFile[bytes] | None":
        """A file that can be used."""
        sent = self.cleaned_data["evidence"]
        if not sent:
            return None
        try:
            return read_evidence(sent)
        except EvidenceRefused as error:
            raise forms.ValidationError(str(error)) from error
