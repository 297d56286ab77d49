"""What people without an account fill in when something about them is to go, and what staff fill in for them."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from privacy.cookieless import CookielessForm
from privacy.mailboxes import ascii_host
from privacy.masking import UNSEEN
from privacy.models import Removal
from privacy.removables import target_of
from privacy.selectors.removals import is_members
from privacy.services.removals import Asked

PAGE, MAIL = "page", "mail"
LONGEST = 2000  # characters of an address that are read


class MailboxField(forms.EmailField):
    """An e-mail address; what programs put around one when it is copied, and nobody sees, is taken off."""

    def clean(self, value: Any) -> Any:
        """The address without unseen signs."""
        return super().clean(UNSEEN.sub("", value) if isinstance(value, str) else value)


class PageField(forms.CharField):
    """The address of a page of this market, however much of it was copied; what comes out is its path."""

    def __init__(self, *, help_text: Any = "") -> None:
        super().__init__(
            label=_("Address of the page"),
            max_length=LONGEST,
            required=False,
            help_text=help_text,
            widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr"}),
        )

    def clean(self, value: Any) -> str:
        """The path, or "" where nothing was typed."""
        typed = super().clean(UNSEEN.sub("", value) if isinstance(value, str) else value)
        return _own_path(typed) if typed else ""


def _own_path(typed: str) -> str:
    """The path in an address of ours, whether it begins with https://, with our host, or with a slash."""
    try:
        parts = urlsplit(typed if "://" in typed or typed.startswith("/") else f"https://{typed}")
        host = parts.hostname or ""
    except ValueError:
        host, parts = "?", urlsplit("")
    ours = urlsplit(settings.SITE_URL).hostname or ""
    if host and ascii_host(host).removeprefix("www.") != ascii_host(ours).removeprefix("www."):
        raise forms.ValidationError(_("This page is not on this market. Copy its address from your browser."))
    try:
        target_of(parts.path)
    except LookupError as error:
        raise forms.ValidationError(_("There is no such page here. Copy its address from your browser.")) from error
    return parts.path


class RemovalForm(CookielessForm):
    """What it is about, and the mailbox that will prove it; `submission` tells a second press from a second wish."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    about = forms.ChoiceField(
        label=_("What is it about?"),
        choices=[(PAGE, _("A page on this market")), (MAIL, _("An e-mail that I got"))],
        widget=forms.RadioSelect,
    )
    page = PageField(help_text=_("Only if it is about a page. Copy it from your browser."))
    email = MailboxField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("The mailbox that it is about; for a company, best one at its own website. We send a link there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    text = forms.CharField(
        label=_("What do you want?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Say it in your language, if there is anything to add."),
    )

    def clean(self) -> dict[str, Any]:
        """Who says that it is about a page names the page."""
        data = super().clean()
        if data.get("about") == PAGE and not data.get("page") and "page" not in self.errors:
            self.add_error("page", forms.ValidationError(_("Say which page."), code="required"))
        return data

    def asked(self, *, language: str) -> Asked:
        """As the services take it; after a successful check only."""
        data = self.cleaned_data
        path = data["page"] if data["about"] == PAGE else ""
        return asked_about(path, email=data["email"], text=data["text"], language=language)


class IntakeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A request that came by telephone or letter, as staff write it down."""

    channel = forms.ChoiceField(
        label=_("How it came"), choices=[one for one in Removal.Channel.choices if one[0] != Removal.Channel.FORM]
    )
    identity_proof = forms.CharField(
        label=_("How identity was proved"),
        max_length=100,
        widget=forms.TextInput(attrs={"size": "60"}),
        help_text=_("What you saw or asked, not a copy of it. Ask for no more than you need to be sure."),
    )
    page = PageField()
    email = MailboxField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"size": "60"}),
        help_text=_("If there is one, it is never written to again, and what is kept about it is erased."),
    )
    text = forms.CharField(
        label=_("What is asked"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6, "cols": 80})
    )
    field_order = ["channel", "who", "identity_proof", "page", "email", "text"]

    class Meta:
        model = Removal
        fields = ["channel", "who", "page"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "who" in self.fields:
            self.fields["who"].required = True
            self.fields["who"].widget.attrs["size"] = self.fields["page"].widget.attrs["size"] = "60"

    def clean_email(self) -> str:
        """A member's wishes go through the privacy centre, where more belongs to them than a mailbox."""
        email = str(self.cleaned_data["email"])
        if email and is_members(email):
            raise forms.ValidationError(_("This address is a member’s, who can ask in the privacy centre."))
        return email

    def asked(self) -> Asked:
        """As the services take it; after a successful check only."""
        data = self.cleaned_data
        return asked_about(data["page"], email=data["email"], text=data["text"], language=settings.LANGUAGE_CODE)


def asked_about(path: str, *, email: str, text: str, language: str) -> Asked:
    """With what the page at this path shows, as far as it is known."""
    kind, key = target_of(path) if path else ("", "")
    return Asked(email=email, text=text, page=path, target_kind=kind, target_key=key, language=language)
