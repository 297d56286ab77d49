"""Countries and languages as words."""

import pytest
from django_countries import countries

from directory.places import LANGUAGES, REGIONS, countries_by_region, country_name, is_country, language_name


def test_every_country_stands_in_one_region() -> None:
    listed = [code for _region, codes in REGIONS for code in codes.split()]

    assert sorted(listed) == sorted(code for code, _name in countries)


def test_the_regions_list_their_countries_by_name() -> None:
    africa = dict(countries_by_region())["Africa"]

    assert africa[:2] == [("DZ", "Algeria"), ("AO", "Angola")]
    assert len(africa) == 60


@pytest.mark.parametrize(("code", "known"), [("VN", True), ("vn", False), ("XX", False), ("VNM", False), ("", False)])
def test_only_codes_of_the_standard_are_countries(code: str, known: bool) -> None:
    assert is_country(code) is known


def test_unknown_codes_have_no_name() -> None:
    assert country_name("XX") == ""
    assert country_name("VN") == "Viet Nam"


@pytest.mark.parametrize(
    ("code", "name"), [("vi", "Tiếng Việt"), ("es", "Español"), ("zh", "中文"), ("tlh", "tlh"), ("../etc", "../etc")]
)
def test_languages_are_named_in_their_own_words(code: str, name: str) -> None:
    assert language_name(code) == name


def test_every_language_has_a_name() -> None:
    assert [code for code in LANGUAGES if language_name(code) == code] == []
    assert len(set(LANGUAGES)) == len(LANGUAGES)
