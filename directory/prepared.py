"""Queries that Django writes once in a process: writing the SQL of a card costs ten times what running it costs.

    NEWEST = Prepared(lambda: Lead.objects.public(at=AT).filter(company=KEY).values_list("pk", "title")[:20])
    rows = NEWEST.rows({AT: now, KEY: company.pk})

The query is an ordinary QuerySet with stand-ins where values come, so that the rules stay where they are.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, Value

# Stand-ins: no real value is like them.
AT: Final = datetime.max.replace(tzinfo=UTC)
KEY: Final = -(2**62)
OTHER_KEY: Final = KEY + 1
THIRD_KEY: Final = KEY + 2
KEYS: Final = (KEY, OTHER_KEY)


class AnyOf(Func):
    """`filter(AnyOf("pk"))`: the row's key is one of the list given for KEYS, however long that is."""

    template = "%(expressions)s::bigint[])"
    arg_joiner = " = ANY("
    output_field = BooleanField()

    def __init__(self, column: str) -> None:
        super().__init__(F(column), Value(list(KEYS), output_field=ArrayField(BigIntegerField())))


class Prepared:
    """A query with stand-ins, written when it is first run."""

    def __init__(self, build: Callable[[], Any]) -> None:
        self._build = build
        self._written: tuple[str, tuple[Any, ...]] | None = None

    def rows(self, given: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """Run it with the values for its stand-ins; one tuple a row, as `values_list` names the columns. One query.

        Values come as PostgreSQL gives them: fields with Python types of their own stay plain.
        """
        if self._written is None:
            sql, standing_in = self._build().query.sql_with_params()
            self._written = sql, tuple(KEYS if value == list(KEYS) else value for value in standing_in)
        sql, standing_in = self._written
        with connection.cursor() as cursor:
            cursor.execute(sql, [given.get(value, value) for value in standing_in])
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
