"""One person with a row in every table of the data map, and a value of their own in every column that is theirs.

What is planted follows from the map: a new column gets its canary by the kind of its field, a new table fails
`plant` by name until somebody says in recipes.py how to make one of its rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.files.base import ContentFile
from django.db import models
from phonenumber_field.modelfields import PhoneNumberField

from privacy.exporting.rows import Part, parts
from tests.privacy.recipes import RECIPES, Person, numbers


@dataclass(frozen=True)
class Canary:
    """What was planted in one column of one row; `token` is found nowhere else, None where a value cannot be unique."""

    part: Part
    column: str
    row: models.Model
    token: str | None
    withheld: bool

    @property
    def stored(self) -> str:
        """What PostgreSQL has in that column now, as text; of a file, what it holds."""
        value = self.part.table.model._default_manager.filter(pk=self.row.pk).values_list(self.column, flat=True).get()
        field = self.part.table.model._meta.get_field(self.column)
        if isinstance(field, models.FileField) and value:
            with field.storage.open(value) as file:
                return str(file.read().decode(errors="replace"))
        return str(getattr(value, "as_e164", value))


class Someone(Person):
    """Such a person, with whatever the map knows planted."""

    def plant(self) -> list[Canary]:
        """A row for each part of the map, with canaries in it."""
        return [canary for part in parts() for canary in self._plant(part)]

    def _plant(self, part: Part) -> list[Canary]:
        name = f"{part.table.label} {part.about.key}"
        assert name in RECIPES, f"tests/privacy/recipes.py does not say how to make a row of {name}"
        row = RECIPES[name](self)
        planted = []
        for column in part.columns:
            field = column.field
            token, value = self._value(field) if not _is_fixed(part, field) else (None, None)
            if token and (part.table.label, field.name) in UNIQUE_FROM_BIRTH:
                token = str(getattr(row, field.name))
            elif token:
                part.table.model._default_manager.filter(pk=row.pk).update(**{field.name: value})
            planted.append(Canary(part, column.name, row, token, bool(column.withheld)))
        return planted or [Canary(part, field.name, row, None, withheld=False) for field in part.given]

    def _value(self, field: Any) -> tuple[str | None, Any]:
        """A text that is found nowhere else, and the value of the column that holds it."""
        number = next(numbers)
        text = f"canary{self.name}{number}x"
        if field.choices or field.is_relation:
            return None, None
        return next(make(field, text, number) for kinds, make in MAKERS if isinstance(field, kinds))


def _in_file(field: Any, text: str, _number: int) -> tuple[str, Any]:
    return text, field.storage.save(f"leads/{text}.bin", ContentFile(text.encode()))


def _in_json(field: Any, text: str, _number: int) -> tuple[str, Any]:
    return text, {**({"format": "csv"} if field.name == "shape" else {}), "canary": text}


def _in_list(field: Any, text: str, _number: int) -> tuple[str | None, Any]:
    is_roomy = isinstance(field.base_field, models.TextField) or (field.base_field.max_length or 0) >= 100
    return (text, [text]) if is_roomy else (None, None)


def _in_text(field: Any, text: str, _number: int) -> tuple[str | None, Any]:
    return (None, None) if field.max_length == 3 else (text, text)


def _in_uuid(_field: Any, _text: str, _number: int) -> tuple[str, Any]:
    key = uuid4()
    return str(key), key


# The first that fits. Equal dates, numbers and answers are found with everybody: of these the copy of that very row
# is looked at.
COMMON = (models.BooleanField, models.DateField, models.DecimalField, models.IntegerField)
MAKERS: list[tuple[Any, Callable[[Any, str, int], tuple[str | None, Any]]]] = [
    (COMMON, lambda _field, _text, _number: (None, None)),
    (models.FileField, _in_file),
    (models.JSONField, _in_json),
    (ArrayField, _in_list),
    (PhoneNumberField, lambda _field, _text, number: (f"+8424{38000000 + number}",) * 2),
    (models.GenericIPAddressField, lambda _field, _text, number: (f"2001:db8::{number + 0x1000:x}",) * 2),
    (models.UUIDField, _in_uuid),
    (models.EmailField, lambda _field, text, _number: (f"{text}@example.com",) * 2),
    (models.URLField, lambda _field, text, _number: (f"https://{text}.example",) * 2),
    (models.Field, _in_text),
]


def _is_fixed(part: Part, field: Any) -> bool:
    """The column by which a row is found, or whose words the application itself chooses."""
    return field.name in part.about.key.split("__") or (part.table.label, field.name) in CHOSEN


# Addresses by which a row is found, codes, and names of purposes: another value would be another row, or none.
CHOSEN = {
    ("accounts.Member", "language"),
    ("accounts.Member", "time_zone"),
    ("accounts.Member", "email"),
    ("account.EmailAddress", "email"),
    ("mailings.Delivery", "language"),
    ("mailings.Subscriber", "key"),
    ("mailings.Subscriber", "language"),
    ("mailings.SubscriptionWish", "language"),
    ("mailings.MailPreference", "kind"),
    ("mailings.WaitingNotice", "kind"),
    ("moderation.Ticket", "email"),
    ("moderation.Report", "email"),
    ("privacy.Disclosure", "purpose"),
    ("privacy.ConsentLink", "key"),
    ("privacy.SubjectRequest", "email"),
    ("privacy.BreachNotice", "email"),
    ("privacy.Suppression", "digest"),
    ("moderation.Decision", "target_id"),
    ("moderation.Report", "target_id"),
    ("privacy.Disclosure", "receiver_key"),
    ("offerboard.SavedSearch", "conditions"),
    ("offerboard.SavedSearch", "incoterms"),
    ("offerboard.SavedSearch", "countries"),
}
# Another value would cut the row off from its person, or the ledger refuses it.
UNIQUE_FROM_BIRTH = {
    ("partners.ApiKey", "digest"),
    ("partners.ApiKey", "prefix"),
    ("privacy.ConsentEvent", "subject"),
    ("privacy.ConsentEvent", "purpose"),
    ("privacy.Receipt", "reference"),
    ("sessions.Session", "session_key"),
    ("usersessions.UserSession", "session_key"),
}
