"""Everything public of one kind as lines of JSON (https://github.com/ndjson/ndjson-spec).

The lines come in stretches of a few thousand rows, each a COPY of its own, as fast as the database writes: however
slowly somebody reads, no transaction stays open, and one stretch is all that is ever held. A stretch spans so many rows
of the table, public or not: to find its last public row would be to read them twice. Lines that begin with {"@": are
not things: the first says from where the feed continues, then each stretch ends with where to resume, and the last line
says that all was sent.
"""

import json
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db import connection
from django.db.models import Max, Model
from django.utils import timezone

from partners.cursors import NotOurCursor, read_cursor, write_cursor
from partners.selectors.changes import place_now
from partners.sources import Source

STRETCH = 10_000  # rows, of which some are public
# Neither character can stand in JSON, so nothing is put between quotation marks.
COPY = "COPY ({sql}) TO STDOUT WITH (FORMAT csv, DELIMITER e'\\x02', QUOTE e'\\x01')"


def resumed_from(source: Source, cursor: str) -> int:
    """The row after which to go on; 0 at the beginning. Raises NotOurCursor."""
    if not cursor:
        return 0
    text = read_cursor(f"export {source.kind}", cursor)
    if not text.isdecimal():
        raise NotOurCursor
    return int(text)


def export_lines(source: Source, *, after: int, readable: Collection[str]) -> Iterator[bytes]:
    """Stretches of lines. Each is what the public sees when it is read, so that the whole is of no single moment.

    A reader who follows the feed from the first line of the first request on ends with exactly what is public. One
    cursor serves all exports that follow: it is for every kind that is `readable` to whoever asks.
    """
    yield _control("begin", changes=place_now(readable))
    while True:
        now = timezone.now()
        last = _last_of_stretch(source.public(now).model, after=after)
        if last is None:
            break
        if lines := _stretch(source, after=after, last=last, now=now):
            yield lines
        after = last
        yield _control("resume", after=write_cursor(f"export {source.kind}", str(after)))
    yield _control("end")


def _last_of_stretch(things: type[Model], *, after: int) -> int | None:
    """The row with which it ends, public or not; None behind the last one. Read from the primary key's index alone."""
    ahead = things._default_manager.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)
    found: int | None = next(iter(ahead[STRETCH - 1 : STRETCH]), None) or ahead.aggregate(last=Max("pk"))["last"]
    return found


def _stretch(source: Source, *, after: int, last: int, now: datetime) -> bytes:
    rows = source.as_json(source.public(now).filter(pk__gt=after, pk__lte=last).order_by("pk"))
    written = _Lines()
    with connection.cursor() as cursor:
        sql = cursor.mogrify(*rows.query.sql_with_params()).decode()
        cursor.copy_expert(COPY.format(sql=sql), written)
    return b"".join(written)


class _Lines(list[bytes]):
    """A file to psycopg that is put together once, not as it grows."""

    write = list[bytes].append


def _control(name: str, **more: str) -> bytes:
    return json.dumps({"@": name, **more}).encode() + b"\n"
