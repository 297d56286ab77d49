"""Rows of one file that say the same in every column that is used; only where no column is the key.

What was seen is kept in the database, so that memory stays flat and another worker goes on with it.
"""

from collections.abc import Sequence

from offerboard.importing.cleaning import Cleaned
from offerboard.models import LeadImport, SeenRow


def without_twins(job: LeadImport, cleaned: Sequence[Cleaned]) -> list[Cleaned]:
    """The rows but those that repeat an earlier one of the file, which are kept for the report with its line.

    All of them are good rows. Run it in the transaction that stores them. Two statements, none with a key.
    """
    said = [(one, one.row.content) for one in cleaned if one.row and one.row.content]
    if not said:
        return list(cleaned)
    known = SeenRow.objects.filter(lead_import=job, first_line=None, content__in=[content for _one, content in said])
    firsts = dict(known.values_list("content", "line"))
    seen, kept = [], []
    for one, content in said:
        first = firsts.get(content)
        seen.append(SeenRow(lead_import=job, content=content, line=one.line, first_line=first))
        if first is None:
            firsts[content] = one.line
            kept.append(one)
    SeenRow.objects.bulk_create(seen)
    return kept
