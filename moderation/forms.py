"""What anyone can send to staff: a report, or a message that becomes a ticket."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.models import Report, Ticket
from privacy.cookieless import CookielessForm


class ReportForm(CookielessForm):
    """Why something should be looked at; `submission` tells a second press of the button from a second report."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Reason, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Facts help most: what you saw, when, and how you know."),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        required=False,
        max_length=254,
        help_text=_("Only if we may write back to you about this report."),
    )


class ContactForm(CookielessForm):
    """A message to the operator."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    kind = forms.ChoiceField(label=_("What is it about?"), choices=Ticket.Kind)
    name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    text = forms.CharField(label=_("Message"), max_length=8000, widget=forms.Textarea(attrs={"rows": 8}))
