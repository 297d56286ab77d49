"""Sending a file of leads, and saying what its columns mean."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from offerboard.codes import CURRENCIES, UNIT_CHOICES, Condition, Incoterm, PaymentTerms, Samples, currency_name
from offerboard.forms.lead_fields import CategoryField, OpenChoiceField, OpenField
from offerboard.importing.fields import FIELDS, guess
from offerboard.importing.mapping import Mapping
from offerboard.importing.shape import FileRefused, Shape
from offerboard.importing.shelves import read_pairs
from offerboard.models import Lead, LeadImport

MORE_DESCRIPTION = ("column_description_2", "column_description_3")
NO_COLUMN = [("", _("No column"))]
NO_VALUE = ("", _("No value"))
DECIMALS = [("", _("Find out from the file")), ("point", _("with a point: 1.5")), ("comma", _("with a comma: 1,5"))]
HELP = {
    "tiers": _("In one cell, such as 100=9.50; 500=8.90: from 100 on, one costs 9.50, from 500 on 8.90."),
    "destinations": _("In one cell, parted by commas."),
}
NOT_FOR_ALL = {"title", "tiers"}  # no two rows say the same
LONGEST_VALUE = 500
MOST_LIST_BYTES = 1024 * 1024


class OpenCategoryField(OpenField, CategoryField):
    """Where rows go whose category nobody knows."""


class OpenValueField(OpenField, forms.CharField):
    """A text or a number for all rows."""


class ImportFileForm(forms.Form):
    """The file."""

    use_required_attribute = False

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 50 MB. The first line names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )

    def clean_file(self) -> Any:
        """Not above the limit."""
        file = self.cleaned_data["file"]
        if file.size > LeadImport.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 50 MB. Split it, or send it as several files."))
        return file


class MappingForm(forms.Form):
    """Two controls for each field of a lead, `column_…` and `value_…`; the key; a list of categories."""

    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, shape: Shape, mapping: Mapping) -> None:
        super().__init__(data, files, initial=_initial(shape, mapping))
        self.shape, self.before = shape, mapping
        columns = [*NO_COLUMN, *((name, name) for name in shape.columns)]
        values = _value_fields()
        for name, field in FIELDS.items():
            self.fields[f"column_{name}"] = OpenChoiceField(
                label=field.label, choices=columns, help_text=HELP.get(name, "")
            )
            if name in values:
                self.fields[f"value_{name}"] = values[name]
        for name in MORE_DESCRIPTION:
            self.fields[name] = OpenChoiceField(label=_("Add to the description"), choices=columns)
        self.fields["key"] = OpenChoiceField(
            label=_("What tells two rows apart"),
            choices=[("", _("The whole row")), *((name, name) for name in shape.columns)],
            help_text=_("A row with a key that was imported before is not imported again, even if it has changed."),
        )
        self.fields["decimal"] = OpenChoiceField(
            label=_("Decimals are written"),
            choices=DECIMALS,
            help_text=_("It matters for numbers such as 1,234 and 1.234. What stays open is refused, never guessed."),
        )
        self.fields["category_list"] = forms.FileField(
            label=_("Your names for categories"),
            required=False,
            help_text=_("A CSV file of two columns: your name, and the short name of our category."),
            widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        )

    def clean_category_list(self) -> dict[str, str]:
        """The pairs; without a new list those of the last one."""
        file = self.cleaned_data["category_list"]
        if not file:
            return self.before.categories
        if file.size > MOST_LIST_BYTES:
            raise forms.ValidationError(_("The category list is too long."))
        try:
            return read_pairs(file.file)
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        """What the mapping itself says is missing stands beside the field's column."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self.tell(self.mapping().problems(self.shape))
        return data

    def mapping(self) -> Mapping:
        """What was chosen."""
        data = self.cleaned_data
        columns = {name: [data[f"column_{name}"]] for name in FIELDS if data.get(f"column_{name}")}
        if "description" in columns:
            more = (data.get(name) for name in MORE_DESCRIPTION)
            columns["description"] += [name for name in more if name and name not in columns["description"]]
        return Mapping(
            columns=columns,
            constants={name: _code(data[f"value_{name}"]) for name in FIELDS if data.get(f"value_{name}")},
            key=data.get("key", ""),
            categories=data.get("category_list") or {},
            decimal=data.get("decimal", ""),
        )

    def tell(self, problems: dict[str, str]) -> None:
        """Put sentences about fields of a lead beside their controls."""
        for name, words in problems.items():
            self.add_error("key" if name == "key" else f"column_{name}", words)

    def rows(self, names: list[str]) -> list[tuple[Any, Any]]:
        """The two controls of each field; the second may be missing."""
        return [
            (self[f"column_{name}"], self[f"value_{name}"] if f"value_{name}" in self.fields else None)
            for name in names
        ]

    @property
    def required_rows(self) -> list[tuple[Any, Any]]:
        """What every lead needs."""
        return self.rows([name for name, field in FIELDS.items() if field.is_required])

    @property
    def other_rows(self) -> list[tuple[Any, Any]]:
        """What a lead can also say."""
        return self.rows([name for name, field in FIELDS.items() if not field.is_required])

    @property
    def more_description(self) -> list[Any]:
        """Further columns that are joined into the description."""
        return [self[name] for name in MORE_DESCRIPTION]


def _initial(shape: Shape, mapping: Mapping) -> dict[str, Any]:
    """What was chosen before, else what the columns' names suggest."""
    columns, key = (mapping.columns, mapping.key) if mapping.columns else guess(shape.columns)
    first, *more = columns.get("description", [""])
    return {
        **{f"column_{name}": names[0] for name, names in columns.items() if names},
        **dict(zip(MORE_DESCRIPTION, more, strict=False)),
        "column_description": first,
        **{f"value_{name}": value for name, value in mapping.constants.items()},
        "key": key,
        "decimal": mapping.decimal,
    }


def _value_fields() -> dict[str, forms.Field]:
    language = get_language() or "en"
    currencies = [(code, f"{code}, {currency_name(code, language=language)}") for code in CURRENCIES]
    lists: dict[str, list[Any]] = {
        "kind": list(Lead.Kind.choices),
        "unit": list(UNIT_CHOICES),
        "currency": currencies,
        "origin": list(countries),
        "condition": list(Condition.choices),
        "incoterm": list(Incoterm.choices),
        "payment_terms": list(PaymentTerms.choices),
        "samples": list(Samples.choices),
    }
    labels = {name: gettext("%(field)s, for all rows") % {"field": field.label} for name, field in FIELDS.items()}
    fields: dict[str, forms.Field] = {
        name: OpenChoiceField(label=labels[name], choices=[NO_VALUE, *entries]) for name, entries in lists.items()
    }
    fields["category"] = OpenCategoryField(label=_("Category of all other rows"))
    for name in FIELDS:
        if name not in fields and name not in NOT_FOR_ALL:
            fields[name] = OpenValueField(label=labels[name], max_length=LONGEST_VALUE)
    return fields


def _code(value: Any) -> str:
    return value if isinstance(value, str) else value.slug
