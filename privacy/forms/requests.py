"""What people write when they ask about their data."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CorrectionForm(forms.Form):
    """What is wrong, and how it should be."""

    text = forms.CharField(
        label=_("What is wrong, and what is right?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Say where you saw it. We may ask for a proof."),
    )
