"""A new key, and one that takes the place of another."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from partners.scopes import EXPLAINED, Scope

LIFETIMES = {
    "90": (_("After 90 days"), timedelta(days=90)),
    "365": (_("After 1 year"), timedelta(days=365)),
    "never": (_("Never"), None),
}


class ScopesField(forms.MultipleChoiceField):
    """Some of the scopes that are offered, in the market's order."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "choices"})  # in admin; pages of the site draw their own

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages={"required": _("Choose at least one.")}, **kwargs)

    def offer(self, scopes: Collection[Scope | str]) -> None:
        """Only these can be chosen."""
        self.offered = [one for one in Scope if one in scopes]
        self.choices = [(one.value, capfirst(one.label)) for one in self.offered]

    @property
    def explained(self) -> list[tuple[str, Any, Any]]:
        """Each that is offered: its value, its words, and a sentence about it."""
        return [(one.value, capfirst(one.label), EXPLAINED[one]) for one in self.offered]

    def clean(self, value: Any) -> tuple[Scope, ...]:
        """As scopes."""
        return tuple(Scope(one) for one in super().clean(value))


class LifetimeForm(forms.Form):
    """When a key ends by itself."""

    lifetime = forms.ChoiceField(
        label=_("Ends by itself"),
        choices=[(value, words) for value, (words, _length) in LIFETIMES.items()],
        initial="365",
        widget=forms.RadioSelect,
        help_text=_("A key that ends leaves no door open that everybody has forgotten."),
    )

    def expires_at(self, *, now: datetime) -> datetime | None:
        """The moment; None for never."""
        _words, length = LIFETIMES[self.cleaned_data["lifetime"]]
        return None if length is None else now + length


class NewKeyForm(LifetimeForm):
    """What it is for and what it may do; `submission` tells a second press of the button from a second key."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("For example the program that will use it.")
    )
    scopes = ScopesField(label=_("What may it do?"), help_text=_("No more than the program needs."))
    field_order = ("submission", "name", "scopes", "lifetime")

    def __init__(self, *args: Any, offered: Collection[Scope | str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].offer(offered)  # type: ignore[attr-defined]
