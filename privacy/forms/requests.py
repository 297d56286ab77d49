"""What people write when they ask about their data."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LeavingForm(forms.Form):
    """A wish to be deleted needs no reason."""

    text = forms.CharField(
        label=_("Anything we should know?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example who of your team takes over your leads."),
    )
    sure = forms.BooleanField(
        label=_("Delete my account"), error_messages={"required": _("Tick this if you are sure.")}
    )
