"""What would become of a file's rows, without storing anything."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import BinaryIO

from offerboard.importing.cleaning import Cleaned, RowCleaner
from offerboard.importing.insert import lead_row
from offerboard.importing.mapping import Mapping
from offerboard.importing.numbers import NUMBERS, find_decimals
from offerboard.importing.running import Outcome, add_unknown, batches
from offerboard.importing.shape import Shape
from offerboard.importing.source import read_rows
from offerboard.models import Lead

EXAMPLES = 20
LOOKED = 200_000  # rows in which the sign of decimals is looked for


@dataclass(slots=True)
class Trial:
    """The same counts as an import's, and the first rows."""

    mapping_problems: dict[str, str] = field(default_factory=dict)
    rows_read: int = 0
    imported: int = 0  # would be
    repeated: int = 0
    is_whole: bool = True  # all rows were looked at
    refused: int = 0
    fallen: int = 0
    shortened: int = 0
    masked: int = 0
    unknown_categories: dict[str, int] = field(default_factory=dict)
    first: list[Cleaned] = field(default_factory=list)
    refused_examples: list[tuple[int, str]] = field(default_factory=list)


def try_out(file: BinaryIO, shape: Shape, mapping: Mapping, *, company_id: int, most: int | None = None) -> Trial:
    """Clean the first `most` rows, or all, and see which the company has already. Raises FileRefused."""
    trial = Trial(mapping_problems=mapping.problems(shape))
    if trial.mapping_problems:
        return trial
    cleaner = RowCleaner(shape, mapping)
    trial.mapping_problems = constant_problems(cleaner, mapping)
    seen: set[int] = set()  # hashes, which are small: a million of them are
    rows = read_rows(file, shape) if not trial.mapping_problems else iter(())
    for batch in batches(islice(rows, most)):
        cleaned = [cleaner.clean(record) for record in batch]
        _count(trial, cleaned, seen, company_id=company_id)
    trial.is_whole = next(rows, None) is None
    return trial


def with_decimals(file: BinaryIO, shape: Shape, mapping: Mapping) -> Mapping:
    """The mapping with the sign of decimals that the file's own cells show. Raises FileRefused."""
    places = [
        shape.columns.index(column)
        for name in NUMBERS
        for column in mapping.columns.get(name, [])
        if column in shape.columns
    ]
    if mapping.decimal or not places:
        return replace(mapping, found_decimal="")
    rows = islice(read_rows(file, shape), LOOKED)
    texts = (record.cells[place].strip() for record in rows for place in places if place < len(record.cells))
    return replace(mapping, found_decimal=find_decimals(texts, is_typed=shape.format == "xlsx"))


def constant_problems(cleaner: RowCleaner, mapping: Mapping) -> dict[str, str]:
    """What is wrong with the values for all rows: a sentence for each field."""
    found = {}
    for name, text in mapping.constants.items():
        if problem := cleaner.constant_problem(name, text):
            found[name] = problem
    return found


def _count(trial: Trial, cleaned: list[Cleaned], seen: set[int], *, company_id: int) -> None:
    outcome = Outcome(refused=[one for one in cleaned if one.row is None])
    kept = [(one, one.row) for one in cleaned if one.row]
    rows = [lead_row(company_id=company_id, key=row.key, values={}, fallback_slug="") for _one, row in kept]
    named = [row.submission for row in rows] + [row.own for row in rows if row.own]
    leads = Lead.objects.filter(company_id=company_id, submission__in=named)
    known = set(leads.values_list("submission", flat=True))
    for lead, (one, row) in zip(rows, kept, strict=True):
        one.is_repeated = lead.submission in known or lead.own in known
        mark = hash(row.content or lead.submission)
        one.is_twin = mark in seen
        seen.add(mark)
        if not one.is_repeated and not one.is_twin:
            outcome.keep(row)
    trial.rows_read += len(cleaned)
    trial.refused += len(outcome.refused)
    trial.imported += outcome.imported
    trial.repeated += len(kept) - outcome.imported
    trial.fallen += outcome.fallen
    trial.shortened += outcome.shortened
    trial.masked += outcome.masked
    add_unknown(trial.unknown_categories, outcome.unknown)
    trial.first += cleaned[: EXAMPLES - len(trial.first)]
    trial.refused_examples += _examples(outcome.refused, room=EXAMPLES - len(trial.refused_examples))


def _examples(refused: Iterable[Cleaned], *, room: int) -> list[tuple[int, str]]:
    sentences = (
        (one.line, f"{problem.column or 'row'}: {problem.reason}") for one in refused for problem in one.problems
    )
    return list(islice(sentences, max(room, 0)))
