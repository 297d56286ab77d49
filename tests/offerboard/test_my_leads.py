"""The page of one's own leads."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from directory.models import Company, TeamMember
from offerboard.models import Lead
from offerboard.selectors import mine
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
MINE = "/my/leads/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def browser(client: Client, company: Company) -> Client:
    client.force_login(MemberFactory(company=company, role=TeamMember.Role.EDITOR))
    return client


def one_of_each(company: Company) -> dict[str, Lead]:
    ended = {"posted_at": NOW - timedelta(days=40), "expires_at": NOW - timedelta(days=10)}
    return {
        "published": LeadFactory(company=company, title="On the board"),
        "drafts": LeadFactory(company=company, title="Begun", state="draft"),
        "waiting": LeadFactory(company=company, title="Before staff", state="pending"),
        "paused": LeadFactory(company=company, title="Sold out", state="paused"),
        "expired": LeadFactory(company=company, title="Over", **ended),
        "rejected": LeadFactory(company=company, title="Not allowed", state="rejected", rejection="Forbidden goods."),
        "closed": LeadFactory(company=company, title="Done", state="closed"),
    }


def titles(response: Any) -> list[str]:
    return [row.title for row in response.context["page"].rows]


def test_every_lead_stands_in_one_tab_with_its_count(browser: Client, company: Company) -> None:
    leads = one_of_each(company)
    LeadFactory()  # another company's

    pages = {tab: browser.get(MINE, {"state": tab}) for tab in leads}

    assert {tab: titles(page) for tab, page in pages.items()} == {tab: [lead.title] for tab, lead in leads.items()}
    counts = [(tab.key, tab.count) for tab in pages["published"].context["page"].tabs]
    assert counts == [(tab, 1) for tab in leads]


def test_an_expired_pause_counts_as_expired(browser: Client, company: Company) -> None:
    LeadFactory(company=company, state="paused", posted_at=NOW - timedelta(days=9), expires_at=NOW)

    assert titles(browser.get(MINE, {"state": "expired"})) == ["Robusta green coffee, grade 1, screen 18"]
    assert titles(browser.get(MINE, {"state": "paused"})) == []


def test_the_page_opens_where_there_is_something(browser: Client, company: Company) -> None:
    empty = browser.get(MINE).context["page"]
    LeadFactory(company=company, state="draft")

    filled = browser.get(MINE).context["page"]

    assert (empty.current.key, filled.current.key) == ("published", "drafts")
    assert [tab.key for tab in empty.tabs] == ["published", "drafts", "paused", "expired", "closed"]


@pytest.mark.parametrize("tab", ["published", "drafts", "waiting", "paused", "expired", "rejected", "closed"])
def test_an_empty_tab_says_so(browser: Client, tab: str) -> None:
    page = browser.get(MINE, {"state": tab}).content.decode()

    assert ('class="empty"' in page, 'class="row-item"' in page) == (True, False)


def test_an_empty_board_says_what_to_do(browser: Client) -> None:
    page = browser.get(MINE).content.decode().split("<main")[1]

    assert f'href="{reverse("offerboard:new")}">Post a lead' in page


ACTIONS = {
    "published": {"Edit", "Renew", "Pause", "Close lead", "Copy as new"},
    "drafts": {"Edit", "Preview", "Delete", "Delete this draft"},
    "waiting": {"Edit", "Close lead", "Copy as new"},
    "paused": {"Edit", "Resume", "Close lead", "Copy as new"},
    "expired": {"Edit", "Renew", "Close lead", "Copy as new"},
    "rejected": {"Edit", "Close lead"},
    "closed": {"Copy as new"},
}
WORDS = set().union(*ACTIONS.values())


@pytest.mark.parametrize("tab", ACTIONS)
def test_each_tab_offers_what_can_be_done(browser: Client, company: Company, tab: str) -> None:
    one_of_each(company)

    page = browser.get(MINE, {"state": tab}).content.decode().split('class="row-item"')[1].split("</li>")[0]

    assert {word for word in WORDS if f">{word}<" in page} == ACTIONS[tab]


def test_viewers_read_and_press_nothing(client: Client, company: Company) -> None:
    one_of_each(company)
    client.force_login(MemberFactory(company=company, role=TeamMember.Role.VIEWER))

    page = client.get(MINE).content.decode()

    row = page.split('class="row-item"')[1].split("</li>")[0]
    assert ("On the board" in row, [word for word in WORDS if f">{word}<" in row]) == (True, [])


def test_a_row_says_what_matters(browser: Client, company: Company) -> None:
    lead = LeadFactory(company=company, expires_at=NOW + timedelta(days=2, hours=1))
    InquiryFactory(lead=lead)
    InquiryFactory(lead=lead)

    [row] = browser.get(MINE).context["page"].rows

    assert (row.timing, row.ends_soon, row.inquiries) == ("2 days left", True, "2 inquiries")
    assert (row.price, row.quantity, row.url) == ("USD 4,180 per tonne", "96 t", lead.get_absolute_url())


def test_a_rejected_lead_shows_why(browser: Client, company: Company) -> None:
    one_of_each(company)

    assert "<b>Why:</b> Forbidden goods." in browser.get(MINE, {"state": "rejected"}).content.decode()


def test_a_hidden_lead_says_so_and_leads_to_the_preview(browser: Client, company: Company) -> None:
    lead = LeadFactory(company=company, holds=["moderation"])

    response = browser.get(MINE)

    assert "Hidden by staff" in response.content.decode()
    assert response.context["page"].rows[0].url == reverse("offerboard:preview", args=[lead.slug])


def test_an_unfinished_draft_names_its_gaps(browser: Client, company: Company) -> None:
    gaps = {"title": "", "category": None, "quantity": None, "unit": "", "price": None, "currency": ""}
    LeadFactory(company=company, state="draft", **gaps)

    [row] = browser.get(MINE).context["page"].rows

    assert (row.title, row.category, row.quantity, row.price) == (
        *("Untitled draft", "No category yet", "No quantity yet", "No price yet"),
    )


def test_a_company_outside_the_directory_is_told(browser: Client, company: Company) -> None:
    Company.objects.update(state=Company.State.SUSPENDED)

    assert "Your company is not shown in the directory at the moment" in browser.get(MINE).content.decode()


def test_pages_follow_each_other_without_gap_or_repetition(browser: Client, company: Company) -> None:
    for number in range(45):
        LeadFactory(company=company, title=f"Lot {number}", updated_at=NOW - timedelta(minutes=number // 3))

    seen, address = [], MINE
    while address:
        page = browser.get(address).context["page"]
        seen.append([row.title for row in page.rows])
        address = MINE + page.next_url if page.next_url else ""

    assert [len(titles) for titles in seen] == [20, 20, 5]
    assert {title for titles in seen for title in titles} == {f"Lot {number}" for number in range(45)}
    assert page.label == "Leads 41 to 45 of 45"


@pytest.mark.parametrize("mark", ["x", "a" * 500, "\x00", "WyJtaW5lIiwiMTAiLCJhIiwxXQ"])
def test_a_mark_that_we_never_wrote_leads_to_the_start(browser: Client, company: Company, mark: str) -> None:
    LeadFactory(company=company, title="Lot 1")

    assert titles(browser.get(MINE, {"after": mark})) == ["Lot 1"]


@pytest.mark.parametrize("rows", [1, 25])
def test_many_leads_cost_no_more_queries(
    browser: Client, company: Company, rows: int, django_assert_num_queries: Any
) -> None:
    for _number in range(rows):
        InquiryFactory(lead=LeadFactory(company=company))
    browser.get(MINE)  # the first page of a session also notes where the member is logged in

    with django_assert_num_queries(6):
        browser.get(MINE)


def test_of_a_company_with_any_number_of_leads_the_last_changed_are_counted(
    browser: Client, company: Company, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """What was not counted is not called nothing: its tab has no number, and its leads are there."""
    monkeypatch.setattr(mine, "COUNTED", 22)
    LeadFactory.create_batch(21, company=company, title="Jute bags")
    LeadFactory(company=company, title="Begun", state="draft", updated_at=NOW - timedelta(days=9))
    exact = browser.get(MINE).context["page"]
    LeadFactory.create_batch(2, company=company, title="Robusta")

    with django_assert_num_queries(6):
        many = browser.get(MINE)

    assert (exact.tabs[1].count_label, exact.label) == ("1", "Leads 1 to 20 of 21")
    page = many.context["page"]
    assert [(tab.key, tab.count_label) for tab in page.tabs if tab.count_label] == [("published", "23+")]
    assert [tab.key for tab in page.tabs] == list(mine.TABS)
    assert (page.label, page.is_searchable) == ("Leads 1 to 20 of 23+", True)
    assert 'Published <span class="n">23+</span>' in many.content.decode()
    assert titles(browser.get(MINE, {"state": "drafts"})) == ["Begun"]
    assert titles(browser.get(MINE, {"q": "robusta"})) == ["Robusta", "Robusta"]


def test_a_company_without_limit_costs_no_more_than_the_counted_leads(company: Company) -> None:
    """The database stops reading there, along the index of the rows' order."""
    LeadFactory.create_batch(3, company=company)
    with CaptureQueriesContext(connection) as asked:
        mine.my_tabs(company=company, tab="", now=NOW)

    [question] = [query["sql"] for query in asked]

    assert f"LIMIT {mine.COUNTED + 1})" in question


def test_leads_are_found_by_words_of_their_title_and_the_tabs_count_what_is_found(
    browser: Client, company: Company
) -> None:
    LeadFactory(company=company, title="Robusta green coffee")
    LeadFactory(company=company, title="100% arabica", state="draft")
    LeadFactory(company=company, title="1000 jute bags", state="draft")
    LeadFactory(title="Arabica of another company")

    pages = {words: browser.get(MINE, {"q": words}).context["page"] for words in ("ARABICA", "100%", "tea", "\x00")}

    found = {words: [row.title for row in page.rows] for words, page in pages.items()}
    assert found == {"ARABICA": ["100% arabica"], "100%": ["100% arabica"], "tea": [], "\x00": ["Robusta green coffee"]}
    assert {tab.key: tab.count for tab in pages["100%"].tabs if tab.count} == {"drafts": 1}
    assert {tab.url for tab in pages["100%"].tabs if tab.key == "drafts"} == {"/my/leads/?state=drafts&q=100%25"}
    assert "No lead here has “tea” in its title" in browser.get(MINE, {"q": "tea"}).content.decode()


def test_the_next_page_of_a_search_stays_in_it(browser: Client, company: Company) -> None:
    LeadFactory.create_batch(21, company=company, title="Robusta")
    LeadFactory(company=company, title="Jute bags", updated_at=NOW - timedelta(days=9))

    page = browser.get(MINE, {"q": "robusta"}).context["page"]

    assert titles(browser.get(MINE + page.next_url)) == ["Robusta"]


def test_a_handful_of_leads_needs_no_search(browser: Client, company: Company) -> None:
    LeadFactory.create_batch(5, company=company)
    few = browser.get(MINE).content.decode()
    LeadFactory(company=company)

    assert ["Search my leads" in page for page in (few, browser.get(MINE).content.decode())] == [False, True]


def test_htmx_gets_the_row_the_tabs_and_the_message_alone(browser: Client, company: Company) -> None:
    lead = LeadFactory(company=company)

    page = browser.post(
        reverse("offerboard:pause", args=[lead.slug]), {"state": "published"}, headers={"HX-Request": "true"}
    ).content.decode()

    assert ("<html" in page, page.count("<li")) == (False, 1)
    assert ['id="my-tabs"' in page, '<p id="my-said">Paused: “' in page] == [True, True]
    assert [f'id="lead-{lead.slug}"' in page, ">Resume<" in page] == [True, True]
    assert '<div class="note ok mt-2"><p>Paused: “' in page
    assert 'Published <span class="n">0</span>' in page


def test_htmx_empties_what_stood_on_top(browser: Client, company: Company) -> None:
    """Else an earlier “Resumed” stays above the row that was paused since."""
    lead = LeadFactory(company=company)

    row = browser.get(MINE).content.decode()
    answer = browser.post(reverse("offerboard:pause", args=[lead.slug]), headers={"HX-Request": "true"})

    assert 'hx-select-oob="#my-tabs,#my-said:innerHTML,#messages:innerHTML"' in row
    assert '<div id="messages"></div>' in answer.content.decode()


@pytest.mark.parametrize("page", ["row", "lead"])
def test_closing_asks_once(browser: Client, company: Company, page: str) -> None:
    """The button stands in a <details> that the same words open."""
    lead = LeadFactory(company=company)

    html = browser.get(MINE if page == "row" else lead.get_absolute_url()).content.decode()

    before, asked = html.split('<details class="row-more">')
    asked, after = asked.split("</details>")
    address = f'action="{reverse("offerboard:close", args=[lead.slug])}"'
    assert [address in part for part in (before, asked, after)] == [False, True, False]
    assert ["It leaves the board for good." in asked, asked.count(">Close lead<")] == [True, 2]


def test_a_deleted_draft_leaves_no_row(browser: Client, company: Company) -> None:
    lead = LeadFactory(company=company, state="draft")

    page = browser.post(reverse("offerboard:close", args=[lead.slug]), headers={"HX-Request": "true"}).content.decode()

    assert ("<li" in page, "Deleted: the draft" in page, list(Lead.objects.all())) == (False, True, [])
