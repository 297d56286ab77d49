"""Choosing topics without an account."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.consents import ConsentPurpose
from privacy.cookieless import CookielessForm


class SubscribeForm(CookielessForm):
    """An address and topics, none of which is chosen before."""

    email = forms.EmailField(label=_("Your e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    topics = forms.MultipleChoiceField(
        label=_("What may we send you?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args: Any, offered: Iterable[ConsentPurpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(one.key, one.title) for one in offered]  # type: ignore[attr-defined]
