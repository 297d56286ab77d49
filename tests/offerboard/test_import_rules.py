"""The import reads cells without the lead form, for speed; both must say the same."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django_countries import countries

from offerboard.forms.lead import LeadForm
from offerboard.importing.cleaning import RowCleaner, shorten
from offerboard.importing.fields import FIELDS, guess
from offerboard.importing.mapping import Mapping
from offerboard.importing.numbers import find_decimals
from offerboard.importing.shape import Position, Record, Shape
from offerboard.services.leads import LeadDetails
from tests.factories import CategoryFactory
from tests.offerboard.posting import filled

pytestmark = pytest.mark.django_db
NAMES = tuple(FIELDS)
EVERYWHERE = ", ".join(code for code, _name in countries)
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
    *({"price": text} for text in ("0", "-5", "4 180,50", "٤١٨٠", "4.180", "0.00001", "XYZ 5", "9" * 12)),
    {"currency": ""},
    {"currency": "XTS"},
    {"incoterm": "XYZ"},
    {"incoterm": "", "place": ""},
    {"place": ""},
    {"place": "x" * 101},
    {"payment_terms": "barter"},
    *({"valid_days": text} for text in ("1", "365", "366", "0", "30.0", "1.5", "ten", "-3", "+3", "0030", "1_0", "٣٠")),
    *({name: text} for name in ("brand", "model") for text in ("", " Dak \t Hoa ", "x" * 80, "x" * 81, "a@b.example")),
    *({"packaging": text} for text in ("", "Bags of\r\n60 kg", "x" * 200, "x" * 201, "Call +84 24 3825 4321")),
    *({"samples": text} for text in ("", "free", "paid", "none", "many")),
    *(
        {"lead_time_days": text}
        for text in ("", "0", "14.0", "1000", "1,000", "1.000", "1001", "-1", "2.5", "soon", "٣")
    ),
    *(
        {"tiers": text, "price": price}
        for price in ("4180", "")
        for text in ("", "10=4180", "50=4,060.50; 10=4180;", "10=4180; 10=4180", "10=4180; 50=4200", "97=4180", "10=")
    ),
    *({"tiers": text, "price": "4180"} for text in ("10=0", "=4180", "0.0001=4180", "10=4.180", "10=4000", "many=9")),
    {"tiers": "; ".join(f"{n}=4180" for n in range(1, 7)), "price": "4180"},
    {"tiers": "; ".join(f"{n}=4180" for n in range(1, 8)), "price": "4180"},
    {"tiers": "10=4180", "price": "4180", "kind": "buy_inquiry"},
    {"tiers": "10=4180", "price": "", "currency": ""},
    {"tiers": "10=4180", "price": "4180", "quantity": "9.5"},
    *({"destinations": text} for text in ("", "DE", "NL, DE", "DE, NL, DE", "DE, XX", EVERYWHERE)),
    {"brand": "Dak Hoa", "model": "S18", "packaging": "Bags", "samples": "paid", "lead_time_days": "14", "price": "5"},
]


def clean(values: dict[str, str], **mapping: Any) -> Any:
    said = Mapping(columns={name: [name] for name in NAMES}, **mapping)
    record = Record(2, [values.get(name, "") for name in NAMES], Position())
    return RowCleaner(SHAPE, said).clean(record)


def as_sent(values: dict[str, str]) -> QueryDict:
    """What a browser would send for the cells of a row: one value for each country, two for each tier."""
    sent = QueryDict(mutable=True)
    for name, text in values.items():
        sent.setlist(name, text.split(", ") * bool(text) if name == "destinations" else [text])
    for part in values.get("tiers", "").split(";"):
        quantity, _equals, price = part.partition("=")
        sent.appendlist("tiers_quantity", quantity)
        sent.appendlist("tiers_price", price)
    if not values["price"] and not values.get("tiers"):
        sent["price_on_request"] = "on"
    return sent


def test_the_import_has_every_field_that_a_lead_has() -> None:
    assert {field.name for field in fields(LeadDetails)} - set(FIELDS) == {"price_on_request"}


@pytest.mark.parametrize("changes", BOTH, ids=lambda changes: str(changes)[:60])
def test_form_and_import_agree_on_what_is_a_lead_and_what_it_says(changes: dict[str, str]) -> None:
    values = filled(CategoryFactory()) | changes
    form = LeadForm(as_sent(values))
    form.full_clean()

    cleaned = clean(values)

    assert (cleaned.row is None) == bool(form.errors), (form.errors, cleaned.problems)
    if cleaned.row:
        details = form.details().masked()
        said = {name: cleaned.row.values.get(name, "") for name in NAMES if name not in {"category", "tiers"}}
        said |= {name: Decimal(str(said[name])) for name in ("quantity", "price") if said[name]}
        assert said == {name: "" if (value := getattr(details, name)) in (None, []) else value for name in said}
        assert cleaned.row.tiers == details.tiers
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


def test_a_cell_that_holds_a_spreadsheets_error_or_a_formula_is_refused() -> None:
    values = filled(CategoryFactory())

    assert clean(values | {"title": "#REF!"}).row is None
    assert clean(values | {"quantity": "#DIV/0!"}).row is None
    for formula in ("=HYPERLINK(1)", " =1+2", "@SUM(A1)", "+cmd(1)", "＝1"):
        cleaned = clean(values | {"title": formula})
        assert [problem.column for problem in cleaned.problems] == ["title"]
        assert "Starts with a formula" in cleaned.problems[0].reason
    for text in ("'=HYPERLINK(1)", "- washed (twice)", "@home tea", "+84"):
        assert clean(values | {"title": text}).row.values["title"] == text.lstrip("'")


@pytest.mark.parametrize(
    ("field", "word", "code"),
    [
        *(("unit", word, "H87") for word in ("pcs", "pc", "Piece(s)", "pcs.")),
        *(("unit", word, "TNE") for word in ("ton", "tons", "MT", "t", "tonnes")),
        *(("unit", word, "KGM") for word in ("kgs", "KG")),
        *(("unit", word, "MTR") for word in ("m", "mtr")),
        *(("currency", word, "EUR") for word in ("Euro", "€")),
        *(("currency", word, code) for word, code in (("US$", "USD"), ("£", "GBP"))),
        *(("origin", word, "VN") for word in ("Vietnam", "Viet Nam", "VNM")),
        *(("origin", word, "DE") for word in ("Germany", "Deutschland", "DEU")),
        *(("origin", word, "US") for word in ("USA", "U.S.A.", "United States")),
    ],
)
def test_ordinary_words_stand_for_their_codes(field: str, word: str, code: str) -> None:
    cleaned = clean(filled(CategoryFactory()) | {field: word})

    assert cleaned.row, cleaned.problems
    assert cleaned.row.values[field] == code


def test_a_word_that_is_not_known_is_answered_with_words_that_are() -> None:
    values = filled(CategoryFactory())

    near, far = clean(values | {"origin": "Vietnamm"}), clean(values | {"unit": "bags"})

    assert near.problems[0].reason == "“Vietnamm” is not in the list. The nearest is “vietnam” (VN)."
    assert far.problems[0].reason.startswith("“bags” is not in the list")


@pytest.mark.parametrize(
    ("price", "currency", "said"),
    [
        ("$4180", "USD", ("4180", "USD")),
        ("7.90 €", "", ("7.90", "EUR")),
        ("USD 4180", "", ("4180", "USD")),
        ("USD 4180", "USD", ("4180", "USD")),
        ("US$4,180.50", "", ("4180.50", "USD")),
        ("$4180", "", None),
        ("$4180", "EUR", None),
        ("7.90 €", "USD", None),
        ("USD 5 EUR", "USD", None),
    ],
)
def test_a_price_may_name_its_currency_and_must_not_contradict_it(price: str, currency: str, said: Any) -> None:
    cleaned = clean(filled(CategoryFactory()) | {"price": price, "currency": currency})

    assert (cleaned.row and (cleaned.row.values["price"], cleaned.row.values["currency"])) == said


def test_a_dollar_sign_in_the_currencys_column_needs_a_currency_for_all_rows() -> None:
    values = filled(CategoryFactory()) | {"currency": "$"}

    assert clean(values).row is None
    assert clean(values, constants={"currency": "USD"}).row.values["currency"] == "USD"


@pytest.mark.parametrize(
    ("text", "open_", "point", "comma"),
    [
        ("5,500", None, "5500", "5.5"),
        ("5.500", None, "5.5", "5500"),
        ("12,5", "12.5", "12.5", "12.5"),
        ("0,125", "0.125", "0.125", "0.125"),
        ("1,234.5", "1234.5", "1234.5", "1234.5"),
        ("1.234,5", "1234.5", "1234.5", "1234.5"),
        ("1,234,567", "1234567", "1234567", "1234567"),
        ("5500", "5500", "5500", "5500"),
    ],
)
def test_three_digits_behind_a_mark_are_read_only_when_the_sign_of_decimals_is_known(
    text: str, open_: str | None, point: str, comma: str
) -> None:
    values = filled(CategoryFactory()) | {"quantity": text}

    for decimal, number in (("", open_), ("point", point), ("comma", comma)):
        row = clean(values, decimal=decimal).row
        assert (row and Decimal(row.values["quantity"])) == (number and Decimal(number))


@pytest.mark.parametrize(
    ("texts", "is_typed", "sign"),
    [
        (["5,500", "12,5", "7"], False, "comma"),
        (["5,500", "12.5"], False, "point"),
        (["5,500", "7,90 €"], False, "comma"),
        (["1,234,567"], False, "point"),
        (["1.234.567"], False, "comma"),
        (["5,500", "1.000", "7", "cheap, 2"], False, ""),
        (["12,5", "12.5"], False, ""),
        (["12.5", "5,500"], True, ""),
        (["12.5", "12,5"], True, "comma"),
        (["1,234.5"], True, "point"),
    ],
)
def test_the_sign_of_decimals_is_what_all_clear_cells_have_in_common(
    texts: list[str], is_typed: bool, sign: str
) -> None:
    assert find_decimals(texts, is_typed=is_typed) == sign


def test_a_number_for_all_rows_is_not_read_by_the_files_sign() -> None:
    said = Mapping(columns={"title": ["title"]}, constants={"price": "5,500", "quantity": "1.5"}, found_decimal="comma")
    cleaner = RowCleaner(SHAPE, said)

    assert "can be read as 5500 or as 5.5." in cleaner.constant_problem("price", "5,500")
    assert cleaner.constant_problem("quantity", "1.5") == ""


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


def test_a_row_with_too_many_cells_is_told_how_a_separator_is_written() -> None:
    """In a sheet there is none."""
    cells, said = [""] * len(NAMES), Mapping(columns={name: [name] for name in NAMES})
    sheet = Shape("xlsx", "", "", NAMES, 1)

    cleaned = [RowCleaner(shape, said).clean(Record(2, [*cells, "7,5"], Position())) for shape in (SHAPE, sheet)]

    counted = f"The row has {len(NAMES) + 1} cells; the header has {len(NAMES)}."
    assert [one.row for one in cleaned] == [None, None]
    assert [one.problems[0].reason for one in cleaned] == [
        f"{counted} A cell that holds the separator must stand in quotation marks.",
        counted,
    ]


@pytest.mark.parametrize("text", ["10", "10=", "ten=9", "10=9 EUR", "10=1.234", "10=0", "10=0.00001"])
def test_prices_by_quantity_that_cannot_be_read_are_answered_with_an_example(text: str) -> None:
    cleaned = clean(filled(CategoryFactory()) | {"tiers": text})

    assert cleaned.row is None
    assert [problem.reason.endswith(" Write them as 100=9.50; 500=8.90.") for problem in cleaned.problems] == [True]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("90111", "“90111” is no HS code. Is the zero in front missing: 0901.11?"),
        ("901.11", "“901.11” is no HS code. Is the zero in front missing: 0901.11?"),
        ("901", "“901” is no HS code. Is the zero in front missing: 0901?"),
        ("99111", "Write an HS code as 2, 4 or 6 to 10 digits, for example 0901.11."),
        ("coffee", "Write an HS code as 2, 4 or 6 to 10 digits, for example 0901.11."),
    ],
)
def test_a_code_that_lost_its_zero_is_answered_with_the_code_that_is_meant(text: str, said: str) -> None:
    cleaned = clean(filled(CategoryFactory()) | {"hs_code": text})

    assert [problem.reason for problem in cleaned.problems] == [said]
