"""What must not be deleted, since a claim may need it."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext

from privacy import datamap
from privacy.cascades import children
from privacy.datamap import Person
from privacy.models import LegalHold
from privacy.selectors.people import person_by_number


def is_held(*, member_id: int, at: datetime) -> bool:
    """Whether nothing about the person may be deleted."""
    return LegalHold.objects.standing(at=at).filter(member=member_id).exists()


class Holds:
    """All holds that stand at a moment, asked once."""

    def __init__(self, *, at: datetime) -> None:
        standing = list(LegalHold.objects.standing(at=at))
        self.people = [person_by_number(hold.member_id) for hold in standing if hold.member_id is not None]
        self.rows = [hold for hold in standing if hold.member_id is None]

    def on(self, table: datamap.Table) -> Q:
        """The rows that are held: named ones, those about a held person, and those that others of these hang on."""
        held = Q(pk__in=[hold.key for hold in self.rows if hold.table == table.label])
        if not self.people and not self.rows:
            return held
        for person in self.people:
            for about in table.abouts():
                held |= about.rows(person)
        for child, column in children(table.model):
            below = child._default_manager.filter(self.on(datamap.tables()[child]))
            held |= Q(pk__in=below.values(column))
        return held

    def words(self, table: datamap.Table, rows: "QuerySet[Any, Any]") -> tuple[list[str], list[str]]:
        """Why these rows are held, and until when, in the words of the holds on them; those below have none here."""
        keys = {str(key) for key in rows.values_list("pk", flat=True)}
        those = [hold for hold in self.rows if hold.table == table.label and hold.key in keys]
        reasons = list(dict.fromkeys(hold.reason for hold in those)) or [gettext("a legal claim may need it")]
        return reasons, list(dict.fromkeys(date_format(hold.ends_at, "DATE_FORMAT") for hold in those))


def row_holds(person: Person, *, at: datetime) -> list[LegalHold]:
    """The holds on rows about the person, which the person may read. A query for each hold and way in its table."""
    tables = {table.label: table for table in datamap.tables_about_people()}
    return [
        hold
        for hold in LegalHold.objects.standing(at=at).filter(member=None)
        if (table := tables.get(hold.table))
        and any(table.rows_about(about, person).filter(pk=hold.key).exists() for about in table.abouts())
    ]
