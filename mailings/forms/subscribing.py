"""Choosing topics of mail, and its language, without an account."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailings.writing.languages import language_asked_for, languages_of_mail, what_comes_in_it
from privacy.consents import ConsentPurpose
from privacy.cookieless import CookielessForm


class SubscribeForm(CookielessForm):
    """An address, topics of which none is chosen before, and the language that the browser asks for."""

    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    topics = forms.MultipleChoiceField(
        label=_("What may we send you?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    language = forms.ChoiceField(label=_("Language of your mail"), choices=languages_of_mail)

    def __init__(self, *args: Any, offered: Iterable[ConsentPurpose], accepted: str, **kwargs: Any) -> None:
        """`accepted` is the browser's Accept-Language header."""
        super().__init__(*args, **kwargs)
        self.fields["language"].initial = language_asked_for(accepted)
        self.fields["language"].help_text = what_comes_in_it()
        self.fields["topics"].choices = [(one.key, one.title) for one in offered]  # type: ignore[attr-defined]


class TopicsForm(forms.Form):
    """The same behind the link of a mail, which is the key: what comes is ticked, and nothing is a choice too."""

    topics = forms.MultipleChoiceField(
        label=_("What may we send you?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    language = forms.ChoiceField(label=_("Language of your mail"), choices=languages_of_mail)

    def __init__(self, *args: Any, offered: Iterable[ConsentPurpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(one.key, one.title) for one in offered]  # type: ignore[attr-defined]
        self.fields["language"].help_text = f"{what_comes_in_it()} {_OWN_LANGUAGE}"


_OWN_LANGUAGE = _("If you have an account, the language in your profile counts.")
