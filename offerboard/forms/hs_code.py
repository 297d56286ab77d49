"""The field for a customs code."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from directory import hs


class HsCodeField(forms.CharField):
    """Digits of the edition that `directory.hs` knows; while words are typed, htmx brings codes that may be meant."""

    def __init__(self, **options: Any) -> None:
        asking = {
            "autocomplete": "off",
            "hx-get": reverse_lazy("directory:hs_suggest"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "next .hs-found",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        super().__init__(
            label=_("HS code"),
            required=False,
            widget=forms.TextInput(attrs=asking),
            help_text=_("Type a code such as 0901.11, or a word to find one."),
            template_name="components/hs_code.html",  # type: ignore[call-arg]  # the stubs do not know it yet
            **options,
        )

    def clean(self, value: Any) -> str:
        """The digits, or ""; words that name no code are refused with an example."""
        typed: str = super().clean(value)
        try:
            return hs.normalise(typed) if typed else ""
        except hs.UnknownHsCode as error:
            raise ValidationError(str(error), code="unknown") from error
