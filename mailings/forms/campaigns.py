"""The filters of a mail to many, as they stand in a form that is still being filled in."""

from django import forms

from mailings.audiences import Filters
from mailings.models import Campaign

FILTERS = ("countries", "industries", "business_types", "tiers", "languages")


class CountForm(forms.Form):
    """Values that nobody knows find nobody."""

    kind = forms.ChoiceField(choices=Campaign.Kind.choices)
    topic = forms.CharField(required=False)
    countries = forms.Field(widget=forms.SelectMultiple, required=False)
    industries = forms.Field(widget=forms.SelectMultiple, required=False)
    business_types = forms.Field(widget=forms.SelectMultiple, required=False)
    tiers = forms.Field(widget=forms.SelectMultiple, required=False)
    languages = forms.Field(widget=forms.SelectMultiple, required=False)

    def filters(self) -> Filters:
        """What is chosen."""
        return Filters(**{name: tuple(self.cleaned_data[name] or ()) for name in FILTERS})
