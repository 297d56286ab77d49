"""What was wrong with a form, in one list above it, each with the way to the field."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _

from mailings.writing.languages import language_name


class Fault(NamedTuple):
    """What is wrong, in which field, and the id of that in the page."""

    anchor: str
    place: str
    words: str


def faults_of(campaign: forms.BaseForm, texts: "forms.BaseFormSet[Any]") -> list[Fault]:
    """In the order of the page. What is wrong with the campaign as a whole stands above the list already."""
    found = [*_of_fields(campaign, "")]
    if words := _joined(texts.non_form_errors()):
        found.append(Fault(f"{texts.prefix}-group", _("Texts"), words))
    for form in texts.forms:
        found.extend(_of_text(form))
    return found


def _of_text(form: forms.BaseForm) -> Iterator[Fault]:
    place = _("Text in %(language)s") % {"language": language_name(str(form["language"].value()))}
    if words := _joined(form.non_field_errors()):
        yield Fault(str(form.prefix), place, words)
    yield from _of_fields(form, f"{place}, ")


def _of_fields(form: forms.BaseForm, before: str) -> Iterator[Fault]:
    return (Fault(field.auto_id, f"{before}{field.label}", _joined(field.errors)) for field in form if field.errors)


def _joined(errors: Any) -> str:
    return " ".join(str(one) for one in errors)
