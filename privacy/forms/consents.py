"""Yes or no, to each question by itself."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.consents import Question
from privacy.cookieless import CookielessForm

YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]


class ChoicesForm(forms.Form):
    """A field for each question; what is left open changes nothing. “Accept all” and “Reject all” answer every one."""

    every = forms.ChoiceField(choices=YES_OR_NO, required=False)

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
    """The same for a browser that may have no cookie; `in_passing`: it was asked on another page."""

    in_passing = forms.BooleanField(required=False, widget=forms.HiddenInput)
