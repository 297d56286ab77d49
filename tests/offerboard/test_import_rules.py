"""The import reads cells without the lead form, for speed; both must say the same."""

from decimal import Decimal
from typing import Any

import pytest

from offerboard.forms.lead import LeadForm
from offerboard.importing.cleaning import RowCleaner, shorten
from offerboard.importing.fields import FIELDS, guess
from offerboard.importing.mapping import Mapping
from offerboard.importing.shape import Position, Record, Shape
from tests.factories import CategoryFactory
from tests.offerboard.posting import filled

pytestmark = pytest.mark.django_db
NAMES = (
    *("kind", "title", "category", "description", "origin", "hs_code", "condition", "quantity", "unit", "price"),
    *("currency", "incoterm", "place", "payment_terms", "valid_days"),
)
SHAPE = Shape("csv", "utf-8", ",", NAMES, 1)
BOTH: list[dict[str, str]] = [
    {},
    {"title": "  Robusta \t grade  1 "},
    {"title": ""},
    {"description": " Washed.\r\nPolished. "},
    {"description": ""},
    {"description": "x" * 8001},
    {"description": "Write to beans@example.com or call +84 24 3825 4321"},
    {"category": "no-such-shelf"},
    {"category": ""},
    {"kind": ""},
    {"kind": "gift"},
    {"kind": "buy_inquiry", "origin": ""},
    {"origin": ""},
    {"origin": "XX"},
    {"hs_code": "0901"},
    {"hs_code": "٠٩٠١١١"},
    {"hs_code": "9999"},
    {"hs_code": "coffee"},
    {"condition": "used"},
    {"condition": "fine"},
    *(
        {"quantity": text}
        for text in ("", "0", "-1", "0.5", "1,234.5", "1.234", "12,34,567", "0.0001", "1" * 13, "many")
    ),
    {"unit": ""},
    {"unit": "XYZ"},
    *({"price": text} for text in ("0", "-5", "4 180,50", "٤١٨٠", "4.180", "0.00001", "USD 5", "9" * 12)),
    {"currency": ""},
    {"currency": "XTS"},
    {"incoterm": "XYZ"},
    {"incoterm": "", "place": ""},
    {"place": ""},
    {"place": "x" * 101},
    {"payment_terms": "barter"},
    *({"valid_days": text} for text in ("1", "365", "366", "0", "30.0", "1.5", "ten", "-3")),
]


def clean(values: dict[str, str], **mapping: Any) -> Any:
    said = Mapping(columns={name: [name] for name in NAMES}, **mapping)
    record = Record(2, [values.get(name, "") for name in NAMES], Position())
    return RowCleaner(SHAPE, said).clean(record)


@pytest.mark.parametrize("changes", BOTH, ids=str)
def test_form_and_import_agree_on_what_is_a_lead_and_what_it_says(changes: dict[str, str]) -> None:
    values = filled(CategoryFactory()) | changes
    form = LeadForm(values)
    form.full_clean()

    cleaned = clean(values)

    assert (cleaned.row is None) == bool(form.errors), (form.errors, cleaned.problems)
    if cleaned.row:
        details = form.details().masked()
        said = {name: cleaned.row.values.get(name) or None for name in NAMES if name != "category"}
        said |= {name: Decimal(str(said[name])) for name in ("quantity", "price") if said[name]}
        assert said == {name: getattr(details, name) or None for name in said}
        assert details.category
        assert cleaned.row.values["category_path"] == details.category.path


def test_a_row_without_a_price_is_on_request_whatever_currency_stands_for_all_rows() -> None:
    values = filled(price=None, currency=None) | {"price": "", "currency": ""}

    cleaned = clean(values, constants={"currency": "AUD"})

    assert cleaned.row
    assert {"price", "currency"}.isdisjoint(cleaned.row.values)


def test_other_programs_words_are_understood() -> None:
    values = filled(CategoryFactory()) | {
        "kind": "Buying",
        "unit": "kilograms",
        "origin": "Viet Nam",
        "currency": "usd",
    }

    cleaned = clean(values)

    assert cleaned.row
    assert [cleaned.row.values[name] for name in ("kind", "unit", "origin", "currency")] == [
        "buy_inquiry",
        "KGM",
        "VN",
        "USD",
    ]


def test_a_cell_that_holds_a_spreadsheets_error_is_refused_and_a_formula_is_text() -> None:
    values = filled(CategoryFactory())

    assert clean(values | {"title": "#REF!"}).row is None
    assert clean(values | {"quantity": "#DIV/0!"}).row is None
    assert clean(values | {"title": "=HYPERLINK(1)"}).row.values["title"] == "=HYPERLINK(1)"


def test_a_row_with_more_cells_than_the_header_is_refused() -> None:
    values = filled(CategoryFactory())
    cells = [values.get(name, "") for name in NAMES]
    cleaner = RowCleaner(SHAPE, Mapping(columns={name: [name] for name in NAMES}))

    assert cleaner.clean(Record(2, [*cells, ""], Position())).row is not None
    assert cleaner.clean(Record(2, [*cells, "more"], Position())).row is None


def test_titles_are_cut_at_a_word() -> None:
    assert shorten("green coffee " * 20, 30) == "green coffee green coffee…"
    assert len(shorten("x" * 300, 160)) == 160


def test_columns_are_guessed_by_name() -> None:
    found, key = guess(("SKU", "Product name", "Qty", "UOM", "Unit price", "Currency", "Made in", "Details", "Colour"))

    assert found == {
        "title": ["Product name"],
        "description": ["Details"],
        "quantity": ["Qty"],
        "unit": ["UOM"],
        "price": ["Unit price"],
        "currency": ["Currency"],
        "origin": ["Made in"],
    }
    assert key == "SKU"
    assert guess(tuple(FIELDS))[0] == {name: [name] for name in FIELDS}
