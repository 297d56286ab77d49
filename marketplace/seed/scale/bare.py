"""A table without its indexes, or without its triggers, for as long as it is filled."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

# Each with the statement that brings it back. A primary key stays: other tables refer to it.
_CONSTRAINTS = """
    SELECT conname, format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
                           pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('u', 'f') ORDER BY contype DESC, conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = %s::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid) ORDER BY 1
"""


@contextmanager
def without_indexes(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """Drop indexes, unique and foreign keys of the table, and build them again at the end, which checks every row.

    Inside a transaction only: a crash brings them back. Nobody else can read the table meanwhile.
    """
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks to come cannot be altered
    cursor.execute(_CONSTRAINTS, [table])
    constraints = cursor.fetchall()
    for name, _ in constraints:
        cursor.execute(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name)))
    cursor.execute(_INDEXES, [table])
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")  # quoted by PostgreSQL where it needs to be
    yield
    for _, statement in [*indexes, *constraints]:
        cursor.execute(statement)


@contextmanager
def without_triggers(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """Let nothing follow from what is written; whoever fills the table does himself what would have followed."""
    switch = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
    cursor.execute(switch.format(sql.Identifier(table), sql.SQL("DISABLE")))
    yield
    cursor.execute(switch.format(sql.Identifier(table), sql.SQL("ENABLE")))
