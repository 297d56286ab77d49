"""The name of a saved search."""

from django import forms
from django.utils.translation import gettext_lazy as _

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
