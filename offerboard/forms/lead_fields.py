"""Fields that only the lead form has."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from directory.models import Category
from offerboard.amounts import NotANumber, TwoReadings, read_whole
from offerboard.forms.amount import AmountField
from privacy.masking import visible, visible_line


class OpenField(forms.Field):
    """A field that carries no “(optional)” and may stay empty: the form says when it may not."""

    def validate(self, value: Any) -> None:
        """Judge what is there."""
        if value not in self.empty_values:
            super().validate(value)


class OpenAmountField(OpenField, AmountField):
    """The price."""


class DaysField(forms.Field):
    """A whole number of days."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def __init__(self, *, allowed: range, **options: Any) -> None:
        super().__init__(**options)
        self.allowed = allowed

    def to_python(self, value: Any) -> int | None:
        """The number, None where nothing was typed."""
        text = "" if value is None else str(value).strip()
        if not text:
            return None
        try:
            number = read_whole(text)
        except (NotANumber, TwoReadings) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if number not in self.allowed:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class OpenChoiceField(OpenField, forms.ChoiceField):
    """A list whose first entry is an answer, or a call to choose."""


class LineField(forms.CharField):
    """One line of text; whatever white space is in it counts once, and what nobody sees is nothing."""

    def __init__(self, *, longest: int, too_long: Any, **options: Any) -> None:
        super().__init__(**options)
        # Not `max_length`: browsers cut off what is pasted beyond that attribute without a word.
        self.validators.append(MaxLengthValidator(longest, too_long))
        self.widget.attrs |= {
            "dir": "auto",
            "data-count": longest,
            "data-count-left": _("Characters left: {n}"),
            "data-count-over": _("Too many characters: {n}"),
        }

    def to_python(self, value: Any) -> str:
        """The line."""
        return visible_line(str(super().to_python(value)))


class TextField(LineField):
    """Several lines; a line break counts once, though browsers send two characters."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value: Any) -> str:
        """The text with plain line breaks."""
        return visible(str(forms.CharField.to_python(self, value)).replace("\r\n", "\n"))


class OpenLineField(OpenField, LineField):
    """A line that may stay empty."""


class ByTop(ModelChoiceIterator):
    """The leaves of the category tree, grouped under their tops."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for top, leaves in groupby(self.queryset, key=lambda leaf: leaf.parent):
            yield (top.name, [self.choice(leaf) for leaf in leaves])


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes no arguments when it runs
    """One leaf of the tree, named by its slug."""

    iterator = ByTop

    def __init__(self, **options: Any) -> None:
        shelves = Category.objects.leaves().select_related("parent")
        shelves = shelves.order_by("parent__position", "parent__name", "parent_id", "position", "name")
        super().__init__(shelves, to_field_name="slug", empty_label=_("Choose a category"), **options)


class FilesInput(forms.FileInput):
    """A button that takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; the form reads them, so that one bad file does not lose the others."""

    widget = FilesInput

    def __init__(self, *, accept: str, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["accept"] = accept

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files as they came."""
        return list(data or initial or [])
