"""The name of a saved search, and how often it sends mails."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mailings.times import Frequency
from offerboard.forms.lead_fields import LineField
from offerboard.selectors.saved_searches import LONGEST_NAME


class SearchNameForm(forms.Form):
    """One line; empty means that we find a name."""

    mark_optional = False
    use_required_attribute = False

    name = LineField(
        label=_("Name"),
        required=False,
        longest=LONGEST_NAME,
        too_long=_("Please shorten the name to %(limit_value)s characters; it has %(show_value)s."),
    )


class FrequencyForm(forms.Form):
    """One choice; empty means never."""

    mark_optional = False
    use_required_attribute = False

    frequency = forms.ChoiceField(
        label=_("Mail me new leads"), choices=Frequency, required=False, initial=Frequency.OFF
    )

    def clean_frequency(self) -> str:
        """Nobody gets mails who has not asked for them."""
        return self.cleaned_data["frequency"] or Frequency.OFF


class SaveSearchForm(SearchNameForm, FrequencyForm):
    """Both, for a search that is about to be saved."""
