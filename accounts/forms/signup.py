"""Signing up and logging in."""

from typing import Any, cast

from allauth.account.forms import LoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.forms.fields import CompanyFields, full_name_field, gender_field, title_field
from accounts.models import Invitation, Member
from accounts.services.signup import Person, sign_up, sign_up_invited
from privacy.models import PolicyVersion
from privacy.selectors.policies import policy_in_force

EMAIL_LENGTH = 254  # of both columns that hold an address


class PersonFields(AllauthSignupForm):  # type: ignore[misc]
    """What everybody who signs up tells and declares; nothing is ticked beforehand."""

    full_name = full_name_field()
    title = title_field()
    gender = gender_field()
    adult = forms.BooleanField(
        label=gettext_lazy("I am 18 or older"),
        error_messages={"required": gettext_lazy("Only people who are 18 or older can sign up.")},
    )
    accurate = forms.BooleanField(
        label=gettext_lazy("This information is accurate"),
        error_messages={"required": gettext_lazy("Check what you have written, then tick this.")},
    )
    terms = forms.BooleanField(error_messages={"required": gettext_lazy("To sign up, read the terms and accept them.")})
    terms_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    data: Any  # a QueryDict, or nothing

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown_terms = policy_in_force(kind=PolicyVersion.Kind.TERMS, at=timezone.now())
        self._name_the_terms()
        email, password = self.fields["email"], self.fields["password1"]
        email.label = _("E-mail")
        email.validators.append(MaxLengthValidator(EMAIL_LENGTH))
        email.widget.attrs.pop("placeholder", None)
        password.help_text = _("At least 10 characters. Four or five words that you can remember are good.")

    def _name_the_terms(self) -> None:
        number = self.shown_terms.number
        self.fields["terms"].label = _("I accept version %(number)d of the terms") % {"number": number}
        self.fields["terms"].help_text = format_html(
            '<a href="{}?version={}" target="_blank">{}</a>',
            reverse("privacy:terms"),
            number,
            _("Read the terms of %(date)s")
            % {"date": formats.date_format(self.shown_terms.effective_at, "DATE_FORMAT")},
        )
        self.initial["terms_version"] = self.shown_terms.pk

    def clean_terms_version(self) -> int:
        """What is accepted is what was on the page, not what took effect in the meantime."""
        seen = self.cleaned_data["terms_version"]
        if seen != self.shown_terms.pk:
            # What goes back shows the new version, and its box is empty again.
            self.data = {**self.data.dict(), "terms_version": str(self.shown_terms.pk), "terms": ""}
            self.add_error(
                "terms", ValidationError(_("The terms have changed. Read them and tick again."), code="stale")
            )
        return self.shown_terms.pk

    def person(self) -> Person:
        """The person as the services take it; after a successful check only."""
        data = self.cleaned_data
        return Person(
            email=data["email"],
            password=data["password1"],
            full_name=data["full_name"],
            title=data["title"],
            gender=data["gender"],
            language=get_language() or "en",
            terms=self.shown_terms,
        )


class SignUpForm(CompanyFields, PersonFields):
    """Person and company on one page."""

    field_order = [
        "full_name", "email", "password1", "title", "gender",
        "company_name", "country", "city", "address", "phone",
        "adult", "accurate", "terms", "terms_version",
    ]  # fmt: skip

    def save(self, request: HttpRequest) -> Member:  # noqa: ARG002  # allauth hands it over
        """Create everything at once; allauth calls this, and mails the link that confirms the address."""
        return sign_up(person=self.person(), company=self.company_details(), now=timezone.now())


class InvitedSignUpForm(PersonFields):
    """The person only: the company is the one that sent the invitation, to the address that it was sent to."""

    field_order = [
        "full_name", "email", "password1", "title", "gender", "adult", "accurate", "terms", "terms_version",
    ]  # fmt: skip

    def __init__(self, *args: Any, invitation: Invitation, token: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.token = token
        self.fields["email"].disabled = True
        self.initial["email"] = invitation.email

    def save(self, request: HttpRequest) -> Member:  # noqa: ARG002  # allauth hands it over
        """Create the person, in the team."""
        return sign_up_invited(person=self.person(), token=self.token, now=timezone.now())


class LogInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password; the session ends with the browser unless one asks for more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email = cast(forms.CharField, self.fields["login"])
        email.label = _("E-mail")
        email.widget.attrs.update(autocomplete="username")
        email.widget.attrs.pop("placeholder", None)
        self.fields["remember"].label = _("Keep me logged in on this device for 30 days")
