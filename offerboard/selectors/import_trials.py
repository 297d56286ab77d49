"""What a company sees of a file before it starts the import: the first rows as leads, and what the button does."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.models import Category
from offerboard import presentation
from offerboard.importing.cleaning import Cleaned, CleanRow
from offerboard.importing.mapping import Mapping
from offerboard.importing.shape import Shape
from offerboard.importing.trial import Trial
from offerboard.models import Lead, LeadImport
from offerboard.selectors.imports import row_name
from offerboard.tiers import Tier


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A row of the file as the lead it would become, or why it would not."""

    line: str
    title: str  # of a refused row its title or key, "" where it has neither
    kind: str
    category: str
    quantity: str
    price: str
    note: str  # why a good row is left out, or ""
    problems: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TrialPage:
    """The first rows, tried out."""

    name: str
    tried: str
    good: str
    all_refused: bool
    all_known: bool  # every good row of the file was imported before: there is nothing to start
    has_repeated: bool
    button: str  # what it does; "" where no row would be imported
    pace: str  # how many days a large file takes, or ""
    rows: list[TriedRow]
    unknown: list[tuple[str, str]]


def trial_page(lead_import: LeadImport, trial: Trial) -> TrialPage:
    """What would become of the first rows. One query."""
    shape, mapping = Shape.from_json(lead_import.shape), Mapping(**lead_import.mapping)
    slugs = {one.row.shelf_slug for one in trial.first if one.row}
    names = dict(Category.objects.filter(slug__in=slugs).values_list("slug", "name"))
    all_refused = trial.refused == trial.rows_read
    return TrialPage(
        name=lead_import.name,
        tried=_n(trial.rows_read),
        good=_n(trial.imported),
        all_refused=all_refused,
        all_known=trial.is_whole and not trial.imported and not all_refused,
        has_repeated=any(one.is_repeated for one in trial.first),
        button=_button(trial),
        pace=_pace(shape),
        rows=[_tried(one, names, shape, mapping) for one in trial.first],
        unknown=[(name, _n(rows)) for name, rows in sorted(trial.unknown_categories.items())],
    )


def _tried(one: Cleaned, names: dict[str, str], shape: Shape, mapping: Mapping) -> TriedRow:
    row = one.row or CleanRow(key="", values={})
    values: dict[str, Any] = row.values
    return TriedRow(
        line=str(one.line),
        title=values["title"] if one.row else row_name(one.cells, shape, mapping),
        kind=str(Lead.Kind(values["kind"]).label) if one.row else "",
        category=names.get(row.shelf_slug, ""),
        quantity=presentation.quantity(Decimal(values["quantity"]), values["unit"]) if one.row else "",
        price=_price(values, row.tiers) if one.row else "",
        note=_left_out(one),
        problems=[(problem.column, problem.reason) for problem in one.problems],
    )


def _price(values: dict[str, Any], tiers: Sequence[Tier]) -> str:
    """EUR 9.50 per kilogram from 100, 8.90 from 500: as the row says it, so that a slip of the columns shows."""
    if not values.get("price"):
        return _("On request")
    currency, unit = values["currency"], presentation.price_unit(Lead(unit=values["unit"]))
    price = f"{presentation.money(Decimal(values['price']), currency)} {unit}"
    if not tiers:
        return price
    numbers = [presentation.money(tier.price, currency).removeprefix(currency).strip() for tier in tiers]
    prices = [price, *numbers[1:]]  # the first one's is the lead's
    words = _("%(price)s from %(quantity)s")
    return ", ".join(
        words % {"price": said, "quantity": presentation.number(tier.quantity)}
        for said, tier in zip(prices, tiers, strict=True)
    )


def _left_out(one: Cleaned) -> str:
    if one.is_repeated:
        return _("Imported before")
    if not one.is_twin:
        return ""
    return _("Repeats another row of this file") if one.row and one.row.content else _("Same key as another row")


def _button(trial: Trial) -> str:
    """Exact where the whole file was tried; else only what the first rows showed can be said."""
    left_out = trial.rows_read - trial.imported
    if trial.refused == trial.rows_read or (trial.is_whole and not trial.imported):
        return ""
    if not trial.is_whole:
        tried = {"good": _n(trial.imported), "tried": _n(trial.rows_read)}
        if not trial.imported:
            return _("Import the good rows, if there are any (none of the first %(tried)s)") % tried
        return _("Import the good rows (%(good)s of the first %(tried)s)") % tried
    words = ngettext("Import %(n)s row", "Import %(n)s rows", trial.imported) % {"n": _n(trial.imported)}
    return _("%(import)s, leave out %(n)s") % {"import": words, "n": _n(left_out)} if left_out else words


def _pace(shape: Shape) -> str:
    if shape.rows <= settings.LEADS_PER_DAY:
        return ""
    words = _("Your company may import %(most)s leads a day. The rest of the file goes on by itself the next days.")
    return words % {"most": _n(settings.LEADS_PER_DAY)}


def _n(count: int) -> str:
    return presentation.number(count)
