"""Behind View in the privacy centre: the rows of one table about oneself, in words, page by page, without secrets."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from directory.models import TeamMember
from offerboard.models import Message
from privacy.selectors import own_rows
from tests.factories import NOW, CompanyFactory, FavouriteFactory, InquiryFactory
from tests.privacy.own_data import CENTRE, browser, every_page, furnished

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seller() -> Member:
    """Owner of a company with a thread, leads and a saved search."""
    return furnished("Amara Okonkwo", "amara-canary")


def test_ones_own_record_reads_downwards_and_keeps_its_secrets(seller: Member) -> None:
    """The password's hash is not even read."""
    with CaptureQueriesContext(connection) as asked:
        response = browser(seller).get("/privacy/data/accounts-member/")
    page = response.context["page"]

    (row,) = page.downwards()
    assert (row[:2], dict(row)["title"]) == (
        [("e-mail", "amara-canary@example.com"), ("full name", "Amara Okonkwo")],
        "amara-canary",
    )
    assert "gender" not in dict(row)  # empty
    assert page.withheld == [("password", "a secret that opens your account is given to nobody")]
    assert "not shown: a secret that opens your account" in " ".join(response.content.decode().split())
    assert seller.password not in response.content.decode()
    assert [query["sql"] for query in asked if '"password"' in query["sql"]][1:] == []  # the log-in itself reads it


def test_messages_show_what_was_written_to_whom_and_when_without_numbers(seller: Member) -> None:
    page = browser(seller).get("/privacy/data/offerboard-message/").context["page"]

    company = TeamMember.objects.get(member=seller).company.legal_name
    assert page.headings == ["author", "message", "company", "sent at"]
    assert page.rows == [["you", f"amara-canary {n}", company, "22 Nov 2026, 07:00"] for n in ("first", "second")]


def test_further_purposes_are_named_with_their_basis_and_their_end(seller: Member) -> None:
    client = browser(seller)

    kept = next(one for one in client.get(CENTRE).context["glance"].kept if one.title.startswith("Your name"))
    response = client.get("/privacy/data/accounts-member/")

    assert kept.why == [
        *("Running your account", "Keeping others out of your account"),
        "Sending you what you asked for, such as a newsletter (your consent)",
        "Showing your contact on partner sites (your consent)",
        "Passing your details to services that you connect to your account (your consent)",
    ]
    assert kept.keep == ["while you are a member"]
    assert response.context["page"].also == [
        ("Sending you what you asked for, such as a newsletter", "your consent", "until you say no"),
        ("Showing your contact on partner sites", "your consent", "until you say no"),
        (
            "Passing your details to services that you connect to your account",
            "your consent",
            "until you end the connection",
        ),
    ]
    assert "Showing your contact on partner sites (your consent, until you say no)" in response.content.decode()


def test_a_log_in_is_shown_in_words_and_not_in_those_of_the_library(seller: Member) -> None:
    client = browser(seller)
    client.get(CENTRE)

    page = client.get("/privacy/data/usersessions-usersession/").context["page"]

    assert page.headings == [
        *("member", "network address", "browser and device, as the browser calls them"),
        *("logged in at", "last used at", "notes on the log-in"),
    ]
    assert page.withheld == [("the session’s secret", "a secret that opens your account is given to nobody")]


def test_a_favourite_names_the_company_that_is_watched(seller: Member) -> None:
    other = CompanyFactory(legal_name="Watched Trading")
    FavouriteFactory(member=seller, lead=None, company=other)

    page = browser(seller).get("/privacy/data/offerboard-favourite/").context["page"]

    assert dict(zip(page.headings, page.rows[0], strict=True))["company"] == "Watched Trading"


def test_pages_of_fifty_follow_each_other_without_gap_or_repeat(seller: Member) -> None:
    thread = InquiryFactory()
    Message.objects.bulk_create(
        [
            Message(inquiry=thread, company=thread.sender, author=seller, text=f"no. {n}", sent_at=NOW)
            for n in range(101)
        ]
    )
    client, seen, after = browser(seller), [], ""
    sizes = []
    while True:
        page = client.get("/privacy/data/offerboard-message/", {"after": after}).context["page"]
        seen += [row[1] for row in page.rows]
        sizes.append(len(page.rows))
        if not page.after:
            break
        after = page.after

    assert sizes == [50, 50, 3]
    assert seen == ["amara-canary first", "amara-canary second", *(f"no. {n}" for n in range(101))]


def test_a_page_of_rows_asks_no_more_for_fifty_than_for_one(seller: Member) -> None:
    client = browser(seller)
    address = "/privacy/data/directory-teammember/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for _each in range(10):
        TeamMember.objects.create(company=CompanyFactory(), member=seller, role="viewer", joined_at=NOW)

    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)


@pytest.mark.parametrize(
    "address",
    [
        "offerboard-nothing/",
        "auth-group/",  # holds nobody's data
        "offerboard-message/?part=1",
        "offerboard-message/?part=x",
        "offerboard-message/?part=-1",
        "offerboard-message/?after=x",
        "offerboard-message/?after=%00",
        "offerboard-message/?after=1%27",
        "mailings-delivery/?after=7",  # no random id
    ],
)
def test_an_address_that_was_changed_by_hand_leads_nowhere(seller: Member, address: str) -> None:
    assert browser(seller).get(f"/privacy/data/{address}").status_code == 404


@pytest.mark.parametrize("after", ["99999999999999999999", "0", "-5"])
def test_a_mark_beyond_all_rows_is_no_error(seller: Member, after: str) -> None:
    assert browser(seller).get("/privacy/data/offerboard-message/", {"after": after}).status_code == 200


def test_a_sessions_secret_key_is_on_no_page_and_in_no_address(seller: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would open the account to whoever reads it; so no next page begins after it."""
    monkeypatch.setattr(own_rows, "PAGE", 1)
    client, other = browser(seller), browser(seller)
    other.get(CENTRE)

    pages = every_page(client)

    assert [str(one.session.session_key) in pages for one in (client, other)] == [False, False]
    assert "after=" in pages  # of tables with numbers


@pytest.mark.parametrize("after", ["0", "zzzz"])
def test_no_page_of_sessions_begins_at_a_guess(seller: Member, after: str) -> None:
    """Whether a row follows a guess would give the key away, sign by sign."""
    client = browser(seller)
    place = "/privacy/data/sessions-session/"
    assert client.get(place).status_code == 200

    assert client.get(place, {"after": after}).status_code == 404
