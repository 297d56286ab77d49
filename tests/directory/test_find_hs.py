"""Finding a customs code by its digits or by words, on its page and below a form's field."""

from typing import Any

import pytest
from django.test import Client

from directory.models import Category, HsName
from directory.selectors.hs import hs_note, hs_page, hs_suggestions, hs_words
from offerboard.models import Lead
from tests.factories import CompanyFactory, LeadFactory, MemberFactory
from tests.offerboard.posting import filled

pytestmark = pytest.mark.django_db
NAMES = {
    "09": "Coffee, tea, mate and spices",
    "0901": "Coffee, whether or not roasted or decaffeinated",
    "090111": "Coffee; not roasted or decaffeinated",
    "090121": "Coffee; roasted, not decaffeinated",
    "0902": "Tea, whether or not flavoured",
    "090210": "Tea, green; (not fermented), in packings of 3kg or less",
    "20": "Preparations of vegetables, fruit or nuts",
    "2008": "Fruit, nuts and pâté of fruit, prepared",
    "200811": "Nuts; ground-nuts, prepared",
}

WHOLE: list[tuple[str, dict[str, str]]] = [("/hs/", {"q": "0901.11"}), ("/hs/suggest/", {"hs_code": "0901.11"})]


@pytest.fixture
def loaded() -> None:
    for code, name in NAMES.items():
        HsName.objects.create(edition=2022, code=code, name=name)


def codes(q: str) -> list[tuple[str, bool]]:
    return [(line.code, line.found) for line in hs_page(q).lines]


def suggested(q: str) -> list[str]:
    return [line.code for line in hs_suggestions(q).lines]


# --- by code ------------------------------------------------------------------------------------------------------


def test_without_a_question_all_chapters_stand_in_order() -> None:
    found = codes("")

    assert (len(found), found[0], found[-1]) == (96, ("01", True), ("97", True))


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("q", ["0901", "09.01", " 09-01 ", "٠٩٠١"])
def test_a_heading_shows_its_chapter_and_what_is_inside(q: str) -> None:
    assert codes(q) == [("09", False), ("0901", True), ("090111", True), ("090121", True)]


@pytest.mark.usefixtures("loaded")
def test_a_chapter_shows_all_its_headings_also_those_without_a_loaded_name() -> None:
    found = codes("09")

    assert [code for code, _found in found] == ["09", *(f"09{n:02d}" for n in range(1, 11))]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("q", "inside"),
    [("09011", ["09", "0901", "090111"]), ("0901.11.00.10", ["09", "0901", "090111"]), ("77", []), ("0999", [])],
)
def test_half_a_code_and_too_long_a_one_are_understood(q: str, inside: list[str]) -> None:
    assert [code for code, _found in codes(q)] == inside


@pytest.mark.parametrize(
    ("q", "meant"),
    [
        ("901", ("0901", "/hs/?q=0901")),
        ("90111", ("0901.11", "/hs/?q=0901.11")),
        *(("9011", None), ("0901", None), ("999", None), ("90", None), ("coffee", None), ("", None)),
    ],
)
def test_digits_that_lost_their_nought_lead_to_the_code(client: Client, q: str, meant: tuple[str, str] | None) -> None:
    assert hs_page(q).meant == meant
    assert ("Did you mean" in client.get("/hs/", {"q": q}).content.decode()) == bool(meant)


# --- by words -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("coffee not roasted", {"0901", "090111", "090121"}),
        ("COFFEE raw", set()),  # all words of one name
        ("roast", {"0901", "090111", "090121"}),  # the beginning
        ("nut", {"20", "2008", "200811"}),  # the stem
        ("pate", {"2008"}),  # without its accents
        ("pâté", {"2008"}),
        ("green tea", {"090210"}),
        ("ground-nuts", {"200811"}),
        ("xyzzy", set()),
    ],
)
def test_all_words_must_be_in_a_name(q: str, found: set[str]) -> None:
    assert {code for code, is_found in codes(q) if is_found} & NAMES.keys() == found


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(
    "q", ["'", "a:*", "!!", "& | !", "()", "🙂", "²", "-", "\\", "%", "_", "x" * 5000, "قهوة", "咖啡"]
)
def test_no_question_is_an_error(client: Client, q: str) -> None:
    for address, name in (("/hs/", "q"), ("/hs/suggest/", "hs_code")):
        assert client.get(address, {name: q}).status_code == 200


def test_a_nul_is_no_error_either(client: Client) -> None:
    assert client.get("/hs/?q=cof%00fee").status_code == 200


@pytest.mark.usefixtures("loaded")
def test_traders_words_lead_to_the_headings_of_our_categories() -> None:
    Category.objects.filter(slug="green-coffee").update(name="Robusta beans", hs_codes=["0901"])

    assert suggested("robusta be") == ["0901"]


# --- where the operator has loaded no names -----------------------------------------------------------------------


def test_chapters_have_names_of_our_own_and_headings_the_categories_that_use_them() -> None:
    """A category's name is never given out as the heading's."""
    page = hs_page("0901")

    assert [(line.code, line.name, line.filed) for line in page.lines] == [
        ("09", "Coffee, tea and spices", ""),
        ("0901", "", "Green coffee, Roasted and instant coffee"),
    ]
    assert not page.has_names
    assert "0901" in suggested("green coffee")
    assert suggested("0901") == ["0901"]
    assert hs_words("090111", 2022) == "Coffee, tea and spices"


def test_a_whole_code_stays_as_it_is_typed_and_only_its_heading_is_vouched_for(client: Client) -> None:
    page, answer = (client.get(*one).content.decode() for one in WHOLE)

    assert "The heading of 0901.11 exists." in page
    assert 'href="/leads/?q=0901.11"' in page
    assert '<meta name="robots" content="noindex' in page
    assert "The heading of 0901.11 exists: Green coffee, Roasted and instant coffee." in answer
    assert "data-hs-code" not in answer
    assert suggested("0999.11") == []


def test_headings_of_one_category_are_told_apart_by_their_chapters(client: Client) -> None:
    Category.objects.filter(slug="green-coffee").update(
        name="Coffee, soup and copper", hs_codes=["2104", "7403", "0901"]
    )

    answer = client.get("/hs/suggest/", {"hs_code": "copper"}).content.decode()

    assert suggested("copper")[0] == "7403"
    assert {"2104", "0901"} <= set(suggested("copper"))
    assert '<b>7403</b> <span>Copper <span class="muted">· here in: Coffee, soup and copper' in answer


def test_words_that_fit_no_category_lead_to_a_chapter(client: Client) -> None:
    assert suggested("umbrellas") == ["66"]
    assert (
        "Words find chapters and our categories here"
        in client.get("/hs/suggest/", {"hs_code": "xyzzy"}).content.decode()
    )


def test_staff_read_how_the_names_come_here_and_nobody_else_does(client: Client) -> None:
    before = client.get("/hs/").content.decode()
    client.force_login(MemberFactory(is_staff=True))

    assert ("load_hs" in before, "load_hs" in client.get("/hs/").content.decode()) == (False, True)
    HsName.objects.create(edition=2022, code="09", name="Coffee, tea, mate and spices")
    assert "load_hs" not in client.get("/hs/").content.decode()


# --- the page -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded")
def test_each_code_leads_to_its_leads(client: Client) -> None:
    page = client.get("/hs/", {"q": "0901"}).content.decode()

    assert 'href="/leads/?q=0901.11"' in page
    assert "Coffee; roasted, not decaffeinated" in page


@pytest.mark.parametrize(
    ("q", "canonical", "indexed"), [("", "/hs/", True), ("09.01", "/hs/?q=0901", True), ("coffee", "/hs/", False)]
)
def test_search_engines_keep_codes_and_not_words(q: str, canonical: str, indexed: bool) -> None:
    page = hs_page(q)

    assert (page.canonical.removeprefix("http://localhost:8000"), page.indexed) == (canonical, indexed)


@pytest.mark.parametrize("q", ["", "09", "0901", "coffee"])
@pytest.mark.usefixtures("loaded")
def test_the_page_takes_few_queries(client: Client, q: str, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(6):
        client.get("/hs/", {"q": q})


@pytest.mark.usefixtures("loaded")
def test_suggestions_are_buttons_with_the_code_as_it_is_printed(client: Client) -> None:
    answer = client.get("/hs/suggest/", {"hs_code": "not roasted coffee"}).content.decode()

    assert 'data-hs-code="0901.11"' in answer
    assert "<html" not in answer
    assert client.get("/hs/suggest/").content.decode().strip() == ""


# --- a lead's code ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded")
def test_a_leads_page_says_what_its_code_means(client: Client) -> None:
    page = client.get(LeadFactory(hs_code="0901110010").get_absolute_url()).content.decode()

    assert "HS 2022 · Coffee; not roasted or decaffeinated" in page


def test_words_come_from_the_leads_own_edition() -> None:
    HsName.objects.create(edition=2017, code="090111", name="As it was called then")

    assert hs_note("090111", 2017) == "HS 2017 · As it was called then"
    assert hs_note("090111", 2022) == "HS 2022 · Coffee, tea and spices"
    assert hs_note("", 2022) == ""


@pytest.mark.usefixtures("loaded")
def test_the_name_of_a_code_is_asked_for_once(django_assert_num_queries: Any) -> None:
    hs_words("090111", 2022)

    with django_assert_num_queries(0):
        hs_words("090111", 2022)


def test_the_form_takes_a_code_and_refuses_words_and_unknown_codes(client: Client) -> None:
    client.force_login(MemberFactory(company=CompanyFactory()))
    assert 'hx-get="/hs/suggest/"' in client.get("/leads/new/").content.decode()

    for typed in ("coffee", "0911.00"):
        answer = client.post("/leads/new/", filled(hs_code=typed))
        assert answer.status_code == 200
        assert "hs_code" in answer.context["form"].errors

    client.post("/leads/new/", filled(hs_code="0901.11"))
    lead = Lead.objects.get(state="published")
    assert (lead.hs_code, lead.hs_edition) == ("090111", 2022)
