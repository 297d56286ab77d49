"""Yes or no, to each question by itself."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.consents import Question
from privacy.cookieless import CookielessForm

YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]


class ChoicesForm(forms.Form):
    """A field for each question; what is left open changes nothing. “Reject all” answers every one.

    Nothing says yes to every one: consent is given for one purpose at a time (GDPR art. 4(11), recital 43).
    """

    every = forms.ChoiceField(
        choices=YES_OR_NO[1:],
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("Please say yes to each question by itself.")},
    )

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            label = f"{question.purpose.title}: {question.by}"
            self.fields[question.name] = forms.ChoiceField(choices=YES_OR_NO, required=False, label=label)

    def choices(self) -> dict[Question, bool]:
        """What was said, once the form is valid."""
        every = self.cleaned_data["every"]
        said = {question: every or self.cleaned_data[question.name] for question in self.questions}
        return {question: answer == "yes" for question, answer in said.items() if answer}


class CookieChoicesForm(ChoicesForm, CookielessForm):
    """The same for a browser that may have no cookie, with “Accept all”; `in_passing`: it was asked on another page."""

    every = forms.ChoiceField(choices=YES_OR_NO, required=False)
    in_passing = forms.BooleanField(required=False, widget=forms.HiddenInput)
