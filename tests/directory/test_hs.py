"""HS codes as people write them, and codes that do not exist."""

import csv
from pathlib import Path

import pytest

from directory import hs

COMTRADE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hs2022.csv"


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("09", "09"),
        ("0901", "0901"),
        ("0901.11", "090111"),
        ("090111", "090111"),
        (" 0901 11 ", "090111"),
        ("0901.11.00.10", "0901110010"),
        ("٠٩٠١١١", "090111"),  # Arabic keyboards
        ("８４５８", "8458"),  # Chinese and Japanese ones
    ],
)
def test_a_code_is_read_in_every_usual_spelling(written: str, digits: str) -> None:
    assert hs.normalise(written) == digits


@pytest.mark.parametrize("written", ["", "9", "090", "09011", "0901.11.00.10.0", "coffee", "0901x", "-", "²³", "½½"])
def test_what_is_no_code_at_all_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(hs.UnknownHsCode, match=r"0901\.11"):
        hs.normalise(written)


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("77", "no chapter 77"),
        ("00", "no chapter 00"),
        ("9801", "Chapters 98 and 99"),
        ("99", "Chapters 98 and 99"),
        ("0911", "no heading 0911"),
        ("2838.00", "no heading 2838"),
        ("8520", "no heading 8520"),
        ("0900", "no heading 0900"),
    ],
)
def test_an_invented_chapter_or_heading_is_refused_by_name(written: str, named: str) -> None:
    with pytest.raises(hs.UnknownHsCode, match=named):
        hs.normalise(written)


def test_only_four_digits_are_a_heading() -> None:
    assert [hs.heading_exists(code) for code in ("0901", "09", "090111", "09a1", "٠٩٠١", "7701")] == [
        True,
        *[False] * 5,
    ]


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("09", "09"), ("0901", "0901"), ("090111", "0901.11"), ("09011100", "0901.11.00"), ("0901110010", "0901.11.0010")],
)
def test_a_code_is_shown_as_customs_forms_print_it(digits: str, shown: str) -> None:
    assert hs.display(digits) == shown


def test_a_code_belongs_to_its_chapter() -> None:
    assert str(hs.chapter_of("090111").name) == "Coffee, tea and spices"


def test_there_are_96_chapters_each_with_words() -> None:
    assert len(hs.CHAPTERS) == 96
    assert [chapter.code for chapter in hs.CHAPTERS.values() if not str(chapter.name)] == []


@pytest.mark.skipif(not COMTRADE.exists(), reason="the list of UN Comtrade lies beside the checkout, if anywhere")
def test_the_headings_are_those_of_the_official_list() -> None:
    with COMTRADE.open(encoding="utf-8") as file:
        official = {row["hscode"] for row in csv.DictReader(file) if row["level"] == "4"} - {"9999"}  # Comtrade's own

    assert {f"{number:04d}" for number in range(10_000) if hs.heading_exists(f"{number:04d}")} == official
