"""Saved searches: saving on the board, and the list."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from accounts.services.suspension import suspend_member
from directory.models import Category, Company
from directory.services import hide_company
from offerboard.models import SavedSearch
from offerboard.search import EVERYTHING, Filters, Sort, Within
from offerboard.selectors.saved_searches import save_address
from offerboard.services import watching as services
from offerboard.stop_links import stop_search_link
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory, SavedSearchFactory
from tests.offerboard.alerting import asks

pytestmark = pytest.mark.django_db
SEARCHES = "/my/searches/"
COFFEE = "/my/searches/save/?q=coffee&kind=sell_offer&country=VN"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory()
    client.force_login(member)
    return member


# --- saving -------------------------------------------------------------------------------------------------------


def test_one_press_on_the_board_saves_under_a_name_we_find(client: Client, member: Member) -> None:
    answer = client.post(COFFEE)

    assert answer.headers["Location"] == SEARCHES
    saved = SavedSearch.objects.get()
    assert (saved.member, saved.words, saved.kind, saved.countries) == (member, "coffee", "sell_offer", ["VN"])
    assert saved.name == "Sell offers, “coffee”, Viet Nam"


def test_htmx_puts_a_word_in_the_buttons_place(client: Client, member: Member) -> None:
    answer = client.post(COFFEE, headers={"HX-Request": "true"})

    assert (answer.status_code, "<html" in answer.content.decode()) == (200, False)
    assert "Saved" in answer.content.decode()
    assert SavedSearch.objects.count() == 1


@pytest.mark.parametrize(
    ("frequency", "told", "word"),
    [
        ("off", "It sends no mails. To have new leads mailed to you, press “Change” beside it.", "mails off"),
        ("daily", "Mails about new leads: Once a day. You change that under “Change” beside it.", "mails on"),
    ],
)
def test_whoever_saves_it_is_told_whether_it_sends_mails_and_where_to_change_that(
    client: Client, member: Member, frequency: str, told: str, word: str
) -> None:
    page = client.post(COFFEE, {"frequency": frequency}, follow=True)
    swapped = client.post(COFFEE, {"frequency": frequency}, headers={"HX-Request": "true"})

    assert f"Saved: Sell offers, “coffee”, Viet Nam · {told}" in page.content.decode()
    assert f"Saved, {word}<" in swapped.content.decode()


def test_no_sentence_puts_a_second_pair_of_quotation_marks_around_a_name(client: Client, member: Member) -> None:
    """A name that we find has marks of its own."""
    saved = asks(member, words="zanzibar cloves", frequency="daily", name="“zanzibar cloves”")
    done = [
        ("search_mails", {"frequency": "weekly"}),
        ("rename_search", {"name": "“zanzibar mace”"}),
        ("delete_search", {}),
    ]

    pages = [client.get(stop_search_link(saved)).content.decode()]
    for name, sent in done:
        pages.append(client.post(reverse(f"offerboard:{name}", args=[saved.pk]), sent, follow=True).content.decode())

    assert ["“zanzibar" in page for page in pages] == [True] * 4
    assert ["““" in page for page in pages] == [False] * 4


def test_the_list_names_the_time_zone_and_leads_to_where_it_is_set(client: Client, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(time_zone="Asia/Ho_Chi_Minh")
    SavedSearchFactory(member=member)

    page = client.get(SEARCHES).content.decode()

    assert 'in your time zone, Asia/Ho_Chi_Minh (<a href="/account/#id_time_zone">change it</a>)' in page
    assert 'id="id_time_zone"' in client.get("/account/").content.decode()


def test_a_visitor_logs_in_and_the_search_is_still_there(client: Client) -> None:
    member = MemberFactory(password="a long enough password")
    asked = client.get(COFFEE)
    logged_in = client.post(asked.headers["Location"], {"login": member.email, "password": "a long enough password"})
    page = client.get(logged_in.headers["Location"])

    assert logged_in.headers["Location"] == COFFEE
    assert SavedSearch.objects.count() == 0
    assert page.context["page"].says == ["Sell offers", "“coffee”", "Viet Nam"]
    client.post(page.context["page"].save_url, {"name": "Beans"})
    assert SavedSearch.objects.get().name == "Beans"


@pytest.mark.parametrize("query", ["", "?within=7d&sort=ending", "?company=no-such-company", "?category=no-such-shelf"])
def test_a_search_for_everything_is_not_saved(client: Client, member: Member, query: str) -> None:
    answer = client.post(f"/my/searches/save/{query}", follow=True)

    assert "nothing to save" in answer.content.decode()
    assert SavedSearch.objects.count() == 0


def test_the_boards_button_is_away_while_there_is_nothing_to_save() -> None:
    assert save_address(EVERYTHING) == ""
    assert save_address(Filters(sort=Sort.ENDING, within=Within.WEEK)) == ""
    assert save_address(Filters(words="coffee", sort=Sort.ENDING)) == "/my/searches/save/?q=coffee"


SAVE = re.compile(r'id="save-search".*?(Saved|Save this search)', re.DOTALL)


@pytest.mark.parametrize(
    ("saved", "opened", "word"),
    [
        ("q=coffee&country=VN&country=DE", "q=Coffee&country=DE&country=VN&sort=ending&within=7d", "Saved"),
        ("category=shelf&company=dak-hoa", "category=shelf&company=dak-hoa", "Saved"),
        ("currency=USD&price_max=5", "currency=USD&price_max=5.00", "Saved"),
        ("q=coffee", "q=coffee&kind=sell_offer", "Save this search"),
        ("q=coffee", "q=coffees", "Save this search"),
        ("category=shelf", "category=shelf&category=bench", "Save this search"),
        ("category=shelf&company=dak-hoa", "category=shelf", "Save this search"),
        ("q=coffee&country=VN", "q=coffee", "Save this search"),
    ],
)
def test_a_search_that_is_kept_says_so_when_it_is_opened_again(
    client: Client, member: Member, saved: str, opened: str, word: str
) -> None:
    LeadFactory(company=CompanyFactory(slug="dak-hoa"), category=CategoryFactory(slug="shelf"))
    CategoryFactory(slug="bench")
    SavedSearchFactory(member=member)
    client.post(f"/my/searches/save/?{saved}")
    client.get("/leads/")

    page = client.get(f"/leads/?{opened}").content.decode()

    assert SAVE.findall(page) == [word]
    assert f'<a class="btn save" id="save-search" href="{SEARCHES}">' in page or word != "Saved"


def test_what_others_keep_is_not_ours_and_a_visitor_is_not_asked_about(client: Client, member: Member) -> None:
    client.post(COFFEE)
    query = COFFEE.partition("?")[2]
    client.force_login(MemberFactory())

    assert SAVE.findall(client.get(f"/leads/?{query}").content.decode()) == ["Save this search"]
    with CaptureQueriesContext(connections["default"]) as asked:
        assert 'id="save-search"' not in Client().get(f"/leads/?{query}").content.decode()
    assert [one["sql"] for one in asked if "savedsearch" in one["sql"]] == []


def test_a_kept_search_whose_category_is_gone_is_not_another_one(client: Client, member: Member) -> None:
    CategoryFactory(slug="shelf")
    CategoryFactory(slug="bench")
    client.post("/my/searches/save/?category=shelf&category=bench")
    Category.objects.filter(slug="bench").delete()

    assert SAVE.findall(client.get("/leads/?category=shelf").content.decode()) == ["Save this search"]


def test_a_name_that_is_too_long_is_refused_with_the_form(client: Client, member: Member) -> None:
    answer = client.post(COFFEE, {"name": "x" * 81})

    assert (answer.status_code, SavedSearch.objects.count()) == (200, 0)
    assert "Please shorten the name" in answer.content.decode()


def test_there_is_room_for_fifty(client: Client, member: Member) -> None:
    SavedSearchFactory.create_batch(services.MOST_SEARCHES, member=member)

    answer = client.post(COFFEE, follow=True)

    assert "Delete one first" in answer.content.decode()
    assert SavedSearch.objects.count() == services.MOST_SEARCHES


def test_a_suspended_member_saves_nothing(client: Client, member: Member) -> None:
    suspend_member(member_id=member.pk, now=NOW)

    assert client.post(COFFEE).headers["Location"].startswith("/account/login/")
    with pytest.raises(services.NotActive):
        services.save_search(member=member, filters=Filters(words="tea"), name="x", now=NOW)
    assert SavedSearch.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_save_one_and_never_more_than_there_is_room_for() -> None:
    member = MemberFactory()
    SavedSearchFactory.create_batch(services.MOST_SEARCHES - 1, member=member)

    def press(n: int) -> None:
        try:
            services.save_search(member=member, filters=Filters(words=f"tea {n % 3}"), name="x", now=NOW)
        except services.ListFull:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(press, range(10)))

    assert SavedSearch.objects.count() == services.MOST_SEARCHES


# --- the list -----------------------------------------------------------------------------------------------------


def test_the_list_says_each_search_in_words_and_leads_to_it(client: Client, member: Member) -> None:
    client.post(COFFEE, {"name": "Beans"})
    [row] = client.get(SEARCHES).context["page"].rows

    assert row.says == ["Sell offers", "“coffee”", "Viet Nam"]
    assert row.board_url == "/leads/?q=coffee&kind=sell_offer&country=VN"


def test_a_name_that_says_it_all_is_not_said_twice(client: Client, member: Member) -> None:
    client.post(COFFEE)
    [row] = client.get(SEARCHES).context["page"].rows

    assert (row.name, row.says) == ("Sell offers, “coffee”, Viet Nam", [])


def test_a_company_is_named_only_while_it_is_listed(client: Client, member: Member) -> None:
    CompanyFactory(legal_name="Discreet Traders Ltd", slug="company-1")
    client.post("/my/searches/save/?company=company-1")
    assert "Discreet" in client.get(SEARCHES).content.decode()

    hide_company(company=Company.objects.get(), now=NOW)

    assert "Discreet" not in client.get(SEARCHES).content.decode()
    assert "One company" in client.get(SEARCHES).content.decode()


def test_a_row_asks_what_its_search_finds_now(client: Client, member: Member) -> None:
    client.post(COFFEE)
    LeadFactory(title="Robusta coffee", posted_at=NOW - timedelta(hours=2))
    LeadFactory(title="Old coffee", posted_at=NOW - timedelta(days=2))
    LeadFactory(title="Paused coffee", state="paused", posted_at=NOW - timedelta(hours=1))
    address = reverse("offerboard:finds", args=[SavedSearch.objects.get().pk])

    said = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "2 leads" in said
    assert "Robusta coffee" in said
    assert "Paused" not in said
    assert client.get(address).headers["Location"] == "/leads/?q=coffee&kind=sell_offer&country=VN"


def test_a_search_that_finds_nothing_says_so(client: Client, member: Member) -> None:
    client.post(COFFEE)
    address = reverse("offerboard:finds", args=[SavedSearch.objects.get().pk])

    assert "No leads at the moment" in client.get(address, headers={"HX-Request": "true"}).content.decode()


def test_fifty_searches_cost_as_much_as_one(client: Client, member: Member, django_assert_max_num_queries: Any) -> None:
    SavedSearchFactory.create_batch(50, member=member)
    client.get("/")  # the session is noted once in ten minutes

    with django_assert_max_num_queries(10):
        client.get(SEARCHES)


def test_a_search_is_renamed(client: Client, member: Member) -> None:
    saved = SavedSearchFactory(member=member)
    rename = reverse("offerboard:rename_search", args=[saved.pk])

    client.post(rename, {"name": "  Beans  for roasting "})
    assert SavedSearch.objects.get().name == "Beans for roasting"

    for bad in ("", "   ", "x" * 81):
        client.post(rename, {"name": bad})
        assert SavedSearch.objects.get().name == "Beans for roasting"


def test_a_search_is_deleted(client: Client, member: Member) -> None:
    saved = SavedSearchFactory(member=member)

    client.post(reverse("offerboard:delete_search", args=[saved.pk]))

    assert SavedSearch.objects.count() == 0


def test_nobody_finds_the_searches_of_others(client: Client, member: Member) -> None:
    theirs = SavedSearchFactory(name="What somebody else seeks")

    assert "somebody else" not in client.get(SEARCHES).content.decode()
    for name in ("rename_search", "delete_search"):
        assert client.post(reverse(f"offerboard:{name}", args=[theirs.pk]), {"name": "Mine"}).status_code == 404
    assert client.get(reverse("offerboard:finds", args=[theirs.pk])).status_code == 404
    assert SavedSearch.objects.get().name == "What somebody else seeks"
