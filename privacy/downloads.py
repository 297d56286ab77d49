"""Tables that leave as files."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def as_csv(rows: Iterable[Sequence[str]], *, name: str) -> HttpResponse:
    """The rows as a file that every spreadsheet reads and none computes: what looks like a formula gets a mark."""
    response = HttpResponse(
        "\ufeff", content_type="text/csv; charset=utf-8"
    )  # the mark tells spreadsheets the encoding
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerows([f"'{cell}" if cell.startswith(STARTS_FORMULA) else cell for cell in row] for row in rows)
    return response
