"""Which column of a file becomes which field of a lead."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from offerboard.importing.fields import FIELDS
from offerboard.importing.shape import Shape


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a company said about its file.

    `columns` names the columns of each field, several are joined; `constants` stands where a field has no column or
    its cell is empty, and for the category also where its name is unknown. `key` is the column that tells one row from
    another for good; "" means that the whole row does.
    """

    columns: dict[str, list[str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    key: str = ""
    categories: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the import."""
        return {name: getattr(self, name) for name in self.__slots__}

    def problems(self, shape: Shape) -> dict[str, str]:
        """What keeps the mapping from being used with the file: a sentence for each field, "key" among them."""
        found: dict[str, str] = {}
        for name in self.columns.keys() | self.constants.keys():
            if name not in FIELDS:
                found[name] = _("Leads have no field “%(name)s”.") % {"name": name}
        for name, columns in self.columns.items():
            if missing := next((column for column in columns if column not in shape.columns), None):
                found[name] = _("The file has no column “%(name)s”.") % {"name": missing}
            elif name in FIELDS and len(columns) > FIELDS[name].most_columns:
                found[name] = _("At most %(most)d columns can be joined here.") % {"most": FIELDS[name].most_columns}
        if self.key and self.key not in shape.columns:
            found["key"] = _("The file has no column “%(name)s”.") % {"name": self.key}
        for one in FIELDS.values():
            if one.is_required and not self.columns.get(one.name) and not self.constants.get(one.name):
                found.setdefault(one.name, _("Choose a column, or one value for all rows."))
        return found
