"""The market for gunicorn, with exports in short stretches; that of leads stops in the middle as long as a test wants.

Otherwise the whole of an export could be on its way, in the sockets, before a test is half through it.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from marketplace.wsgi import application
from partners import exporting
from partners.api import export
from partners.sources import Source
from tests.faults.web import GATE

BEFORE = 3  # stretches that come first

exporting.STRETCH = 50


def gated_lines(source: Source, **options: Any) -> Iterator[bytes]:
    """The same lines: after the first comes each stretch, and where to resume after it."""
    for number, lines in enumerate(exporting.export_lines(source, **options)):
        yield lines
        if (source.kind, number) == ("lead", 2 * BEFORE):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s), pg_advisory_unlock(%s)", [GATE, GATE])


export.export_lines = gated_lines  # type: ignore[attr-defined]

__all__ = ["application"]
