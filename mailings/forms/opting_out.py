"""What somebody said who wants no more mail."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mailings.topics import topics

HOW = [_("by telephone"), _("by letter"), _("by e-mail"), _("in person")]


class OptOutForm(forms.Form):
    """Everything is refused unless they said what to keep."""

    email = forms.EmailField(label=_("E-mail address"), help_text=_("Read it back to them, letter by letter."))
    topics = forms.MultipleChoiceField(
        label=_("What they want no more of"), widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"})
    )
    how = forms.ChoiceField(label=_("How it came"), choices=[("", "–"), *((str(one), one) for one in HOW)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["topics"]
        field.choices = [(key, one.title) for key, one in topics().items()]
        field.initial = list(topics())
