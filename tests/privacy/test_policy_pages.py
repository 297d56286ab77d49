"""The policy's tables, its coming version, what a version changed, and the promises in its text."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from privacy.models import PolicyVersion, Receiver
from privacy.policies import committed_map
from privacy.selectors.policies import Passage, Run, passages
from privacy.selectors.policy_changes import Paragraph, Piece, compare
from privacy.selectors.policy_tables import purpose_tables
from tests.factories import NOW
from tests.privacy.publishing import IN_A_MONTH, draft, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def read(path: str) -> str:
    return Client().get(path).content.decode()


# --- the tables -----------------------------------------------------------------------------------------------------


def test_the_privacy_policy_says_of_each_purpose_what_why_how_long_and_who() -> None:
    page = read("/privacy/policy/")

    section = page.split('id="purpose-contacting"')[1].split("</section>")[0]
    for words in (
        "Letting buyers and sellers reach each other",
        "Our agreement with you: GDPR art. 6(1)(b)",
        "The company you write to or deal with",
        "The company that runs our servers",
        "How long",
        "When you leave",
    ):
        assert words in section
    assert page.count('id="purpose-') == len(committed_map()["purposes"])
    security = page.split('id="purpose-security"')[1].split("</section>")[0]
    assert "Accounts that nobody else can use" in security


def test_the_tables_are_those_of_the_version_and_not_of_the_code() -> None:
    """An earlier version shows what people were told then."""
    older = deepcopy(committed_map())
    older["purposes"] = [{**older["purposes"][0], "key": "forgotten", "name": "Something of the past"}]
    PolicyVersion.objects.filter(kind="privacy").update(data_map=older, digest="older")
    publish(now=NOW - timedelta(days=20), effective_at=NOW - timedelta(days=1))
    PolicyVersion.objects.update(notices_done_at=NOW - timedelta(days=20))

    assert "Something of the past" in read("/privacy/policy/?version=1")
    assert "Something of the past" not in read("/privacy/policy/")


def test_receivers_are_named_with_country_and_ground_of_transfer() -> None:
    assert "This version names no company or authority." in read("/privacy/policy/")
    Receiver.objects.create(
        kind="mail", name="Post <Inc>", country="US", transfer="clauses", task="Carries our mail", since=NOW.date()
    )
    publish()

    page = read("/privacy/policy/?version=2").split('id="receivers"')[1]

    assert "Post &lt;Inc&gt;" in page
    for words in ("Carries our mail", "United States of America", "Standard contractual clauses (art. 46)"):
        assert words in page


def test_a_purpose_says_where_data_goes_by_the_nature_of_a_market_and_on_which_ground() -> None:
    """Letters to the other company's country, public pages to every country; to no country where nobody is there."""
    page = read("/privacy/policy/")

    told = {}
    for key in ("contacting", "listing", "account"):
        section = page.split(f'id="purpose-{key}"')[1].split("</section>")[0]
        told[key] = section.partition("To other countries</dt>")[2].partition("</dd>")[0].removeprefix("<dd>")
    assert told == {
        "contacting": (
            "To the country of the company that you write to or deal with, whichever it is: needed for a contract with "
            "you, or for steps that you ask for before one (GDPR art. 49(1)(b))"
        ),
        "listing": "To every country, since public pages are read everywhere: published because you wish it",
        "account": "",
    }


def test_words_of_a_stored_map_that_todays_code_does_not_know_are_shown_as_they_are() -> None:
    entry = {**committed_map()["purposes"][0], "basis": "d", "receivers": ["astrologers"]}

    table = purpose_tables({"purposes": [entry]})[0]

    assert (table.basis, table.receivers, table.transfers) == ("d: GDPR art. 6(1)(d)", ["astrologers"], [])


@pytest.mark.parametrize("path", ["/terms/", "/privacy/cookies/"])
def test_terms_and_cookies_have_no_tables(path: str) -> None:
    assert "What we use data for" not in read(path)


def test_however_many_versions_there_are_a_page_asks_two_questions(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(8):
        publish("privacy", body=f"Text {number}.")

    with django_assert_num_queries(2):
        read("/privacy/policy/")
    with django_assert_num_queries(1):
        read("/privacy/changes/privacy/5/")


# --- what is coming -------------------------------------------------------------------------------------------------


def test_the_version_in_force_says_that_another_is_coming_and_the_coming_one_says_when() -> None:
    publish("terms", body="Coming words.")

    now, coming = read("/terms/"), read("/terms/?version=2")

    assert 'On 22 Dec 2026, <a href="/terms/?version=2">version 2</a> takes effect.' in now
    assert "Coming words." not in now
    assert "Coming words." in coming
    assert "Version 2, takes effect on" in coming
    assert '<a href="/terms/">Version 1 holds until then.</a>' in coming


def test_a_draft_is_on_no_public_page() -> None:
    draft("terms", body="Not yet decided.")

    assert "Not yet decided." not in read("/terms/")
    assert Client().get("/terms/?version=2").status_code == 404
    assert Client().get("/privacy/changes/terms/2/").status_code == 404


def test_a_material_version_of_which_nobody_was_told_is_shown_as_coming_after_its_date() -> None:
    publish("terms", body="Unannounced.", material=True)

    with time_machine.travel(IN_A_MONTH + timedelta(days=1), tick=False):
        page, own = read("/terms/"), read("/terms/?version=2")

    assert "Unannounced." not in page
    assert "This version is not in force yet." in own


# --- what changed ---------------------------------------------------------------------------------------------------


def version(body: str, data_map: object = None) -> PolicyVersion:
    return PolicyVersion(kind="privacy", number=1, body=body, data_map=data_map or {})


def test_paragraphs_that_came_went_or_changed_are_marked_under_their_heading() -> None:
    before = version(
        "Same.\n\n## One\n\nWe keep it for two years.\n\nGoing away.\n\n## Two\n\nStays.\n\n## Three\n\nLast."
    )
    after = version(
        "Same.\n\n## One\n\nWe keep it for three years.\n\n## Two\n\nStays.\n\nBrand new.\n\n## Three\n\nLast."
    )

    assert list(compare(before, after).paragraphs) == [
        Paragraph("", True, [Piece("", "One")]),
        Paragraph(
            "changed",
            False,
            [Piece("", "We keep it for"), Piece("removed", "two"), Piece("added", "three"), Piece("", "years.")],
        ),
        Paragraph("removed", False, [Piece("removed", "Going away.")]),
        Paragraph("", True, [Piece("", "Two")]),
        Paragraph("added", False, [Piece("added", "Brand new.")]),
    ]


def test_paragraphs_that_have_little_in_common_are_not_mixed() -> None:
    found = compare(version("We sell no data to anyone."), version("Cookies are small pieces.")).paragraphs

    assert [paragraph.mark for paragraph in found] == ["removed", "added"]


def test_the_page_says_in_words_what_was_added_and_removed_and_how_the_tables_changed() -> None:
    older = deepcopy(committed_map())
    gone = older["purposes"].pop()
    PolicyVersion.objects.filter(kind="privacy").update(body="Going <b>away</b>.", data_map=older, digest="older")
    publish(body="Quite different.")

    page = read("/privacy/changes/privacy/2/")

    assert "Removed" in page.split("<del>")[0]
    assert "<del>Going &lt;b&gt;away&lt;/b&gt;.</del>" in page
    assert "<ins>Quite different.</ins>" in page
    assert f"<li>New purpose: {gone['name']}</li>" in page


def test_the_first_map_is_not_told_as_a_hundred_changes() -> None:
    sentences = compare(version("a"), version("a", committed_map())).sentences

    assert sentences == ["The tables of what is used for what are new."]


@pytest.mark.parametrize("path", ["privacy/99", "privacy/x", f"privacy/{'9' * 400}", "nothing/1", "privacy/0"])
def test_changes_of_what_is_not_there_are_not_found(path: str) -> None:
    assert Client().get(f"/privacy/changes/{path}/").status_code == 404


def test_the_first_version_changed_nothing() -> None:
    assert "There is none before it." in read("/privacy/changes/terms/1/")


# --- promises -------------------------------------------------------------------------------------------------------


def test_the_mark_of_a_promise_is_not_shown_and_leads_to_its_proof() -> None:
    assert passages(
        "We sell no data. [promise: no-sale] Ever.\n\nWe ask first. [promise: consent-1]\n\n[promise: X]"
    ) == [
        Passage(is_heading=False, runs=(Run("We sell no data.", "no-sale"), Run(" Ever."))),
        Passage(is_heading=False, runs=(Run("We ask first.", "consent-1"),)),
        Passage(is_heading=False, runs=(Run("[promise: X]"),)),  # no promise has such an id
    ]
    publish("terms", body="We sell no data. [promise: no-sale]")

    page = read("/terms/?version=2")

    assert "[promise:" not in page
    assert 'href="/privacy/promises/#no-sale"' in page


def test_a_new_mark_alone_changes_no_words() -> None:
    assert list(compare(version("We sell no data."), version("We sell no data. [promise: no-sale]")).paragraphs) == []
