"""The code lists of trade terms: complete, in our own words, in the reader's language."""

from decimal import Decimal

import pytest
from babel.numbers import list_currencies
from django.utils import translation

from offerboard.codes import (
    CURRENCIES,
    NAMED_PLACES,
    ORIGIN_INCOTERMS,
    SEA_INCOTERMS,
    UNIT_CHOICES,
    UNITS,
    Incoterm,
    currency_name,
    minor_digits,
)


def test_the_eleven_incoterms_2020_are_there() -> None:
    assert set(Incoterm.values) == {"EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF"}


def test_every_rule_begins_with_its_code_and_asks_for_a_place() -> None:
    assert [rule for rule in Incoterm if not str(rule.label).startswith(f"{rule.value} · ")] == []
    assert set(NAMED_PLACES) == set(Incoterm)


def test_only_the_rules_of_the_sea_ask_for_a_port() -> None:
    assert {rule for rule, place in NAMED_PLACES.items() if "Port" in str(place)} == SEA_INCOTERMS


def test_the_e_and_f_rules_end_at_the_sellers_side() -> None:
    assert {rule for rule in Incoterm if rule.value[0] in "EF"} == ORIGIN_INCOTERMS


@pytest.mark.parametrize(
    ("code", "amount", "shown"),
    [
        ("TNE", Decimal("19.2"), "t"),
        ("H87", 1, "piece"),
        ("H87", 14, "pieces"),
        ("H87", Decimal("1.5"), "pieces"),
        ("PR", 2, "pairs"),
        ("MTK", 400, "m²"),
        ("21", 20, "40 ft containers"),
    ],
)
def test_an_amount_is_followed_by_its_symbol_or_the_fitting_word(code: str, amount: Decimal, shown: str) -> None:
    assert UNITS[code].beside(amount) == shown


def test_a_price_is_per_one_unit() -> None:
    assert (UNITS["TNE"].singular, UNITS["FOT"].singular, UNITS["FOT"].plural) == ("tonne", "foot", "feet")


def test_a_list_of_units_shows_word_and_symbol() -> None:
    choices = dict(UNIT_CHOICES)

    assert str(choices["TNE"]) == "Tonne (t)"
    assert str(choices["H87"]) == "Piece"
    assert len(choices) == len(UNITS) >= 40


def test_units_wait_for_the_readers_language() -> None:
    """A choice made at the start of the process would speak that process's language to everyone."""
    with translation.override(None):
        assert not isinstance(dict(UNIT_CHOICES)["TNE"], str)


def test_unit_codes_fit_the_table() -> None:
    assert [code for code in UNITS if len(code) > 3] == []


def test_currencies_are_known_to_the_standard_and_named_once() -> None:
    assert set(CURRENCIES) <= list_currencies()
    assert len(set(CURRENCIES)) == len(CURRENCIES)
    assert CURRENCIES[:2] == ("USD", "EUR")


def test_a_currency_has_a_name_in_the_readers_language() -> None:
    assert currency_name("EUR", language="en") == "Euro"
    assert currency_name("VND", language="de-AT") == "Vietnamesischer Dong"


def test_minor_digits_differ_by_currency() -> None:
    assert [minor_digits(code) for code in ("USD", "JPY", "BHD")] == [2, 0, 3]
