"""Applying as a partner, and what staff answer."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from partners.forms.keys import ScopesField
from partners.models import PartnerApplication
from partners.scopes import OF_PARTNERS
from partners.services.applications import Applicant, Contract
from privacy.cookieless import CookielessForm
from privacy.models import Receiver


class ApplicationForm(CookielessForm):
    """Who asks, and for what; `submission` tells a second press of the button from a second application."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    company = forms.CharField(label=_("Company"), max_length=200)
    website = forms.URLField(label=_("Website"), max_length=200, assume_scheme="https")
    country = forms.ChoiceField(label=_("Country"), choices=lambda: [("", "–"), *countries])
    contact_name = forms.CharField(label=_("Your name"), max_length=120)
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    plan = forms.CharField(
        label=_("What will you do with it?"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Where it will be shown, to whom, and how often you want to ask."),
    )
    scopes = ScopesField(label=_("Which data?"), help_text=_("No more than you need; more can be agreed later."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].offer(OF_PARTNERS)  # type: ignore[attr-defined]

    def applicant(self) -> Applicant:
        """What was filled in."""
        names = ("company", "website", "country", "contact_name", "email", "scopes")
        return Applicant(purpose=self.cleaned_data["plan"], **{name: self.cleaned_data[name] for name in names})


class AcceptForm(forms.Form):
    """What is agreed with a company that applied."""

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("As the privacy policy will name it among those who get data.")
    )
    transfer = forms.ChoiceField(
        label=_("Ground of transfer"),
        choices=[("", "–"), *Receiver.Transfer.choices],
        help_text=_("On which ground personal data may go to its country."),
    )
    task = forms.CharField(
        label=_("What it does"),
        max_length=200,
        help_text=_("In a few words that everybody understands, such as: shows leads on its own site."),
    )
    scopes = ScopesField(label=_("What its contract allows"))
    calls_a_minute = forms.IntegerField(label=_("Calls a minute"), min_value=1, max_value=100_000, initial=300)

    def __init__(self, *args: Any, application: PartnerApplication, **kwargs: Any) -> None:
        asked = {"name": application.company, "scopes": application.scopes}
        super().__init__(*args, **{**kwargs, "initial": asked})
        self.fields["scopes"].offer(OF_PARTNERS)  # type: ignore[attr-defined]

    def contract(self) -> Contract:
        """What was filled in."""
        data = self.cleaned_data
        return Contract(
            name=data["name"],
            transfer=Receiver.Transfer(data["transfer"]),
            task=data["task"],
            scopes=data["scopes"],
            calls_a_minute=data["calls_a_minute"],
        )


class DeclineForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        help_text=_("The applicant gets it by e-mail, word for word."),
    )
