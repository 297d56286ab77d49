"""Words that name a country: as typed they come first, and the country is offered as the filter that it is."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from offerboard.rewording import in_country
from offerboard.search import Filters
from offerboard.selectors.board import BoardPage
from tests.factories import NOW, LeadFactory

pytestmark = pytest.mark.django_db


def ask(**query: str) -> BoardPage:
    """The board's page as a visitor gets it."""
    with time_machine.travel(NOW, tick=False):
        page: BoardPage = Client().get("/leads/", query).context["page"]
    return page


@pytest.mark.parametrize(
    ("typed", "goods", "countries"),
    [
        ("vietnam coffee", "coffee", ("VN",)),
        ("Coffee from Việt Nam", "Coffee", ("VN",)),
        ("Viet Nam", "", ("VN",)),
        ("buy coffee in VIETNAM, cheap price please", "coffee", ("VN",)),
        ("china tyres", "tyres", ("CN",)),
        ("P.R. China tyres 205/55 R16", "tyres 205/55 R16", ("CN",)),
        ("tea or coffee from Kenya or Côte d’Ivoire", "tea or coffee", ("KE", "CI")),
        ("Guinea Bissau cashew", "cashew", ("GW",)),
        ("Guinea-Bissau cashew", "cashew", ("GW",)),
        ("cashew guinea", "cashew", ("GN",)),
        ("uk whisky", "whisky", ("GB",)),
        ("wheat united states", "wheat", ("US",)),
    ],
)
def test_a_country_is_known_by_its_usual_names(typed: str, goods: str, countries: tuple[str, ...]) -> None:
    assert in_country(Filters(words=typed, kind="sell_offer")) == Filters(
        words=goods, kind="sell_offer", countries=countries
    )


@pytest.mark.parametrize(
    "typed",
    [
        *("coffee", "", "vietnamese coffee", "contact us", "coffee in bulk", "South America coffee"),
        *('"vietnam coffee"', "coffee -vietnam"),  # who writes so says exactly what to look for
        "rice to Kenya",  # where goods go is not where companies are
    ],
)
def test_other_words_name_no_country(typed: str) -> None:
    assert in_country(Filters(words=typed)) is None


def test_only_countries_among_those_chosen_are_understood() -> None:
    assert in_country(Filters(words="vietnam coffee", countries=("DE",))) is None
    narrowed = in_country(Filters(words="vietnam coffee", countries=("DE", "VN")))
    assert narrowed == Filters(words="coffee", countries=("VN",))


@pytest.mark.parametrize("words", ["vietnam coffee", "coffee from Vietnam", "Viet Nam"])
def test_where_the_words_find_nothing_the_country_is_a_filter(words: str) -> None:
    LeadFactory(title="Green coffee", country="VN", slug="theirs")
    LeadFactory(title="Green coffee", country="BR", slug="of-others")

    page = ask(q=words, kind="sell_offer")

    assert [card.url for card in page.cards] == ["/leads/theirs/"]
    assert page.notes == ["No lead has the words as typed. These are of companies in Viet Nam."]
    assert page.instead is None


def test_words_as_typed_come_first_and_the_country_is_offered() -> None:
    LeadFactory(title="Frozen turkey breast", country="BR", slug="birds")
    LeadFactory(title="Frozen chicken breast", country="TR", slug="from-there")

    page = ask(q="frozen turkey", kind="sell_offer", sort="ending")

    assert [card.url for card in page.cards] == ["/leads/birds/"]
    assert page.notes == []
    assert page.by_country == (
        "“frozen” from companies in Türkiye",
        "/leads/?q=frozen&kind=sell_offer&country=TR&sort=ending",
    )


def test_a_country_alone_leads_to_all_of_its_companies() -> None:
    LeadFactory(title="Coffee like that of Vietnam", country="BR")

    assert ask(q="vietnam").by_country == ("All of companies in Viet Nam", "/leads/?country=VN")


def test_the_link_stands_above_the_results() -> None:
    LeadFactory(title="Vietnam coffee", country="VN")

    with time_machine.travel(NOW, tick=False):
        page = Client().get("/leads/", {"q": "Vietnam coffee"}).content.decode()

    assert '<a class="hit" href="/leads/?q=coffee&amp;country=VN"><bdi>“coffee” from companies in Viet Nam' in page


def test_a_country_whose_companies_have_nothing_is_not_offered() -> None:
    LeadFactory(title="Green coffee", country="BR")

    page = ask(q="vietnam coffee")

    assert page.by_country is None
    assert page.notes == ["No lead has all of these words. These have some of them, best match first."]


def test_to_search_twice_costs_eight_queries(django_assert_num_queries: Any) -> None:
    LeadFactory(title="Green coffee", country="VN")

    with django_assert_num_queries(8):
        ask(q="vietnam coffee")


def test_the_second_page_is_of_the_country_too() -> None:
    LeadFactory.create_batch(25, title="Green coffee", country="VN")
    LeadFactory(title="Green coffee", country="BR")

    after = ask(q="vietnam coffee").next_url.split("after=")[1]
    page = ask(q="vietnam coffee", after=after)

    assert (len(page.cards), page.shown) == (5, "Leads 21 to 25 of 25")
