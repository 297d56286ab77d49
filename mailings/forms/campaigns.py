"""A mail to many as it stands in a form that is still being filled in: whom it is for, and in which languages."""

import re
from collections.abc import Callable
from functools import partial

from django import forms

from mailings.audiences import Filters
from mailings.models import Campaign
from mailings.writing.texts import best_language

TEXT = re.compile(r"texts-\d+")
FILTERS = ("countries", "industries", "business_types", "tiers", "languages")


class CountForm(forms.Form):
    """Values that nobody knows find nobody."""

    kind = forms.ChoiceField(choices=Campaign.Kind.choices)
    topic = forms.CharField(required=False)
    default_language = forms.CharField(required=False)
    countries = forms.Field(widget=forms.SelectMultiple, required=False)
    industries = forms.Field(widget=forms.SelectMultiple, required=False)
    business_types = forms.Field(widget=forms.SelectMultiple, required=False)
    tiers = forms.Field(widget=forms.SelectMultiple, required=False)
    languages = forms.Field(widget=forms.SelectMultiple, required=False)

    def filters(self) -> Filters:
        """What is chosen."""
        return Filters(**{name: tuple(self.cleaned_data[name] or ()) for name in FILTERS})

    def gets(self) -> Callable[[str], str]:
        """The language of the text that a reader of a language would get, of those that are to be kept."""
        texts = {found.group() for name in self.data if (found := TEXT.match(name))}
        kept = (text for text in texts if f"{text}-DELETE" not in self.data)
        written = {self.data.get(f"{text}-language", "") for text in kept}
        return partial(best_language, written=written, own=self.cleaned_data["default_language"])
