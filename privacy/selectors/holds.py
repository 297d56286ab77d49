"""What must not be deleted, since a claim may need it."""

from collections.abc import Iterator
from datetime import datetime

from django.db import models
from django.db.models import Q

from privacy import datamap
from privacy.models import LegalHold
from privacy.selectors.people import person_by_number

Held = tuple[str, str]  # the table's label and the row's number, as text


def is_held(*, member_id: int, at: datetime) -> bool:
    """Whether nothing about the person may be deleted."""
    return LegalHold.objects.standing(at=at).filter(member=member_id).exists()


class Holds:
    """All holds that stand at a moment, asked once."""

    def __init__(self, *, at: datetime) -> None:
        standing = list(LegalHold.objects.standing(at=at))
        self.people = [person_by_number(hold.member_id) for hold in standing if hold.member_id is not None]
        self.rows: set[Held] = {(hold.table, hold.key) for hold in standing if hold.member_id is None}
        for label, key in list(self.rows):
            self.rows.update(_above(label, key))

    def on(self, table: datamap.Table) -> Q:
        """The table's rows that are held: named ones, those that a named row hangs on, those about a held person."""
        keys = [key for label, key in self.rows if label == table.label]
        held = Q(pk__in=keys)
        for person in self.people:
            for about in table.abouts():
                held |= about.rows(person)
        return held


def _above(label: str, key: str) -> Iterator[Held]:
    """The rows whose deletion would take a held row with it."""
    model = next((one for one in datamap.tables() if one._meta.label == label), None)
    row = model._default_manager.filter(pk=key).first() if model else None
    if row is None:
        return
    for field in row._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey) or field.remote_field.on_delete is not models.CASCADE:
            continue
        above, parent = getattr(row, field.attname), field.related_model
        if above is not None and not isinstance(parent, str):
            named = parent._meta.label, str(above)
            yield named
            yield from _above(*named)
