"""Which column of a file becomes which field of a lead."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from offerboard.importing.fields import FIELDS
from offerboard.importing.numbers import Decimals
from offerboard.importing.shape import Shape


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a company said about its file.

    `columns` names the columns of each field, several are joined; `constants` stands where a field has no column or
    its cell is empty, and for the category also where its name is unknown. `key` is the column that tells one row from
    another for good; "" means that the whole row does.
    `decimal` is the sign of decimals that the company named, `found_decimal` the one that the file's own cells show.
    """

    columns: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    key: str = ""
    categories: dict[str, str] = field(default_factory=dict)
    decimal: Decimals = ""
    found_decimal: Decimals = ""

    @property
    def decimals(self) -> Decimals:
        """The sign of decimals, "" where nobody knows it."""
        return self.decimal or self.found_decimal

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the import."""
        return {name: getattr(self, name) for name in self.__slots__}

    def problems(self, shape: Shape) -> dict[str, str]:
        """What keeps the mapping from being used with the file: a sentence for each field, "key" among them."""
        names = [*FIELDS, *(self.columns | self.constants)]
        found = {name: self._problem(name, shape) for name in dict.fromkeys(names)}
        if self.key and self.key not in shape.columns:
            found["key"] = _no_column(self.key)
        return {name: words for name, words in found.items() if words}

    def _problem(self, name: str, shape: Shape) -> str:
        field, columns = FIELDS.get(name), self.columns.get(name, [])
        if field is None:
            return _("Leads have no field “%(name)s”.") % {"name": name}
        if missing := next((column for column in columns if column not in shape.columns), None):
            return _no_column(missing)
        if len(columns) > field.most_columns:
            return _("At most %(most)d columns can be joined here.") % {"most": field.most_columns}
        if field.is_required and not columns and not self.constants.get(name):
            return _("Choose a column, or one value for all rows.")
        return ""


def _no_column(name: str) -> str:
    return _("The file has no column “%(name)s”.") % {"name": name}
