"""What a mail to many says, language by language."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings.forms.words import LineField, ParagraphsField
from mailings.models import CampaignText
from mailings.services.campaigns import Promotes, examine_words
from mailings.writing.languages import language_choices, language_name
from mailings.writing.markup import EXPLAINED
from mailings.writing.mistakes import mistakes_in
from mailings.writing.promotion import WHAT_TO_DO
from mailings.writing.texts import Unsendable


def _how_to_write() -> SafeString:
    examples = format_html_join("", "<li><code>{}</code> {}</li>", EXPLAINED)
    return format_html(
        '{}<details class="markup"><summary>{}</summary><ul>{}</ul></details>',
        _("An empty line begins a new paragraph."),
        _("Bold and italic words, headings, lists, links"),
        examples,
    )


def _without_mistakes(words: str) -> str:
    if found := mistakes_in(words):
        raise ValidationError([one.words for one in found])
    return words


class TextForm(forms.ModelForm):
    """What it says in one language."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=language_choices, initial="en")

    offer_link = forms.URLField(
        label=gettext_lazy("Address behind its button"),
        required=False,
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )

    class Meta:
        model = CampaignText
        fields = ("language", "subject", "body", "offer_title", "offer_text", "offer_button", "offer_link")
        field_classes: Mapping[str, type[forms.Field]] = {
            "subject": LineField,
            "body": ParagraphsField,
            "offer_title": LineField,
            "offer_text": ParagraphsField,
            "offer_button": LineField,
        }
        widgets: Mapping[str, forms.Widget] = {
            "subject": forms.TextInput(attrs={"dir": "auto", "class": "vTextField"}),
            "body": forms.Textarea(attrs={"dir": "auto", "rows": 12, "class": "vLargeTextField"}),
            "offer_title": forms.TextInput(attrs={"dir": "auto", "class": "vTextField"}),
            "offer_text": forms.Textarea(attrs={"dir": "auto", "rows": 4, "class": "vLargeTextField"}),
            "offer_button": forms.TextInput(attrs={"dir": "auto"}),
        }
        help_texts: Mapping[str, Any] = {
            "body": lazy(_how_to_write, SafeString)(),
            "offer_text": gettext_lazy("Written as the text above."),
        }

    def clean_body(self) -> str:
        """What would arrive as raw signs is refused where it stands."""
        return _without_mistakes(self.cleaned_data["body"])

    def clean_offer_text(self) -> str:
        """The same of the offer."""
        return _without_mistakes(self.cleaned_data["offer_text"])

    def clean(self) -> dict[str, Any]:
        """An offer is whole or not there."""
        data: dict[str, Any] = super().clean() or {}
        needed = {name: data.get(name) for name in ("offer_title", "offer_button", "offer_link")}
        if any(needed.values()) or data.get("offer_text"):
            for name in (name for name, value in needed.items() if not value and name not in self.errors):
                self.add_error(name, _("An offer has a title, words on its button and an address behind it."))
        return data


class TextFormSet(forms.BaseInlineFormSet):
    """All languages of a campaign, looked at as they would arrive."""

    default_error_messages: ClassVar = {
        **forms.BaseInlineFormSet.default_error_messages,
        "too_few_forms": gettext_lazy("Write the text in at least one language."),
    }

    def clean(self) -> None:
        """Refuse what could not be released. The campaign itself is put right first."""
        super().clean()
        forms_left = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        if any(self.errors) or not self.instance.slug:
            return
        if self.instance.default_language not in {form.instance.language for form in forms_left}:
            message = _("Write a text in %(language)s, the language for everybody else.")
            raise ValidationError(message % {"language": language_name(self.instance.default_language)})
        for form in forms_left:
            self._examine(form)

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        """The only thing that may be there once is a language."""
        return _("There are two texts in one language.")

    def _examine(self, form: forms.ModelForm) -> None:
        language = language_name(form.instance.language)
        try:
            examine_words(campaign=self.instance, texts=[form.instance])
        except Promotes as refusal:
            found = {"language": language, "found": ", ".join(*refusal.found.values())}
            said = _("In %(language)s this announcement promotes something: %(found)s.") % found
            form.add_error("body", f"{said} {WHAT_TO_DO}")
        except Unsendable as refusal:
            lacks = {"language": language, "lacks": refusal.lacks}
            form.add_error(None, _("As it would arrive in %(language)s it lacks %(lacks)s.") % lacks)
