"""Where words find nothing, the board says what else to ask, or shows leads with some of the words."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from offerboard.models import Lead, Word
from offerboard.rewording import corrected, loosened
from offerboard.search import Filters, Sort
from offerboard.services.vocabulary import refresh_vocabulary
from tests.factories import NOW, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def words() -> None:
    LeadFactory(title="Cardamom, green, bold")
    LeadFactory(title="Café moulu, green")
    LeadFactory(title="Chips, phase, map, chenin, gran, tex")
    refresh_vocabulary(now=NOW)


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("cardamon", "cardamom"),
        ("Gren cardamom", "green cardamom"),
        ("cardammo", "cardamom"),  # two letters changed places
        ("green pleese", ""),  # "please" is not what titles say, and nothing else is near
        ("gra", ""),  # too short: it looks like too many others
        ("greenish", ""),  # looks alike, but nobody types so for "green"
        ("mau green", ""),
        ("china green", ""),  # as a country
        ("grain", ""),  # known words look alike, but mean something else
        ("xyzzy cardamon", ""),  # would find no more
        ("please cardamon", "please cardamom"),
        ("vietnam cardamon", "vietnam cardamom"),
        ("green cardamom", ""),
        ("CAFÉ", ""),  # known, whatever its capitals and accents
        ("cafe mouluu", "cafe moulu"),
        ("xyzzy", ""),
        ("ab 12 !!", ""),
        ("%s cardamon'", "%s cardamom'"),
        ("", ""),
    ],
)
def test_an_unknown_word_gives_way_to_one_that_looks_like_it(typed: str, better: str) -> None:
    assert corrected(typed) == better


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("typed", ["china tyres", "coffee beans price cheap please", "Ea Mây", "Viet Nam", "grown tea"])
def test_right_words_are_not_made_into_others(typed: str) -> None:
    assert corrected(typed) == ""


@pytest.mark.usefixtures("words")
def test_words_that_left_the_board_are_not_proposed() -> None:
    Lead.objects.filter(title__startswith="Cardamom").update(state="paused")

    refresh_vocabulary(now=NOW)

    assert corrected("cardamon") == ""
    assert "cardamom" not in Word.objects.values_list("text", flat=True)


@pytest.mark.usefixtures("words")
def test_a_second_count_of_the_same_board_changes_nothing() -> None:
    assert refresh_vocabulary(now=NOW) == 0


@pytest.mark.parametrize(
    ("typed", "looser"),
    [
        ("coffee suppliers", "coffee"),
        ("green coffee beans", "green or coffee or beans"),
        ("we want to buy steel", "steel"),
        ("coffee", None),
        ("best price", None),
        ("", None),
    ],
)
def test_some_words_are_enough_and_those_around_the_goods_are_none_of_them(typed: str, looser: str | None) -> None:
    found = loosened(Filters(words=typed, kind="sell_offer"))

    assert found == (looser and Filters(words=looser, kind="sell_offer", sort=Sort.RELEVANCE))


def read(client: Client, query: str) -> str:
    with time_machine.travel(NOW, tick=False):
        return client.get(f"/leads/{query}").content.decode()


@pytest.mark.usefixtures("words")
def test_the_board_asks_did_you_mean(client: Client) -> None:
    page = read(client, "?q=cardamon&kind=sell_offer")

    assert '<a class="hit" href="/leads/?q=cardamom&amp;kind=sell_offer"><bdi>cardamom</bdi></a>' in page
    assert "No lead fits all of this" in page


@pytest.mark.usefixtures("words")
def test_the_board_shows_leads_with_some_of_the_words(client: Client) -> None:
    page = read(client, "?q=cardamom+suppliers")

    assert "No lead has all of these words." in page
    assert "Cardamom, green, bold" in page
    assert "Café moulu" not in page


@pytest.mark.usefixtures("words")
def test_where_all_words_are_found_nothing_else_is_proposed(client: Client) -> None:
    page = read(client, "?q=green+cardamom")

    assert "Did you mean" not in page
    assert "No lead has all of these words." not in page


def test_leads_with_some_of_the_words_go_on_page_by_page(client: Client) -> None:
    for n in range(25):
        LeadFactory(title=f"Cardamom lot {n}", posted_at=NOW - timedelta(hours=n + 1))

    first = read(client, "?q=cardamom+suppliers")
    after = first.split("after=")[1].split('"')[0]
    second = read(client, f"?q=cardamom+suppliers&after={after}")

    assert "Leads 21 to 25 of 25" in second


@pytest.mark.parametrize("typed", ["-coffee -tea", "zzzxqy -coffee", '-"coffee beans"'])
def test_what_was_excluded_is_not_offered_instead(typed: str) -> None:
    assert loosened(Filters(words=typed)) is None
