"""The privacy centre: everything that is held about its reader, and nothing about anybody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from directory.models import TeamMember
from moderation.models import Report, Ticket
from offerboard.models import Lead, Message
from privacy import datamap
from privacy.selectors import centre, own_rows
from tests.factories import (
    NOW,
    CompanyFactory,
    FavouriteFactory,
    InquiryFactory,
    InvitationFactory,
    LeadFactory,
    MemberFactory,
    MessageFactory,
    ReceiverFactory,
    SavedSearchFactory,
)

pytestmark = pytest.mark.django_db
CENTRE = "/privacy/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seller() -> Member:
    """Owner of a company with a thread, leads and a saved search."""
    return furnished("Amara Okonkwo", "amara-canary")


def furnished(name: str, canary: str) -> Member:
    """Somebody with rows in many tables, each with the canary in it."""
    company = CompanyFactory(legal_name=f"{canary} company")
    member = MemberFactory(company=company, full_name=name, email=f"{canary}@example.com", title=canary)
    lead = LeadFactory(company=company, posted_by=member, title=f"{canary} lead")
    LeadFactory(company=company, posted_by=member, category=lead.category, state="draft", title=f"{canary} draft")
    thread = InquiryFactory(lead=lead, subject=f"{canary} thread")
    for text in (f"{canary} first", f"{canary} second"):
        MessageFactory(inquiry=thread, company=company, author=member, text=text)
    SavedSearchFactory(member=member, name=f"{canary} search")
    Ticket.objects.create(kind="support", name=name, email=member.email, text=f"{canary} ticket", opened_at=NOW)
    return member


def browser(member: Member) -> Client:
    """In which the member is logged in."""
    client = Client()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def titles(client: Client) -> list[str]:
    """What the centre lists."""
    return [kept.title for kept in client.get(CENTRE).context["glance"].kept]


def every_page(client: Client) -> str:
    """The centre, who received it, and whatever stands behind View, whether the centre names it or not."""
    places = [CENTRE, reverse("privacy:received")]
    for table in datamap.tables_about_people():
        address = reverse("privacy:data", args=[centre.slug_of(table)])
        places += [f"{address}?part={part}" for part in range(len(table.abouts()))]
    answers = [client.get(place) for place in places]
    assert {answer.status_code for answer in answers} == {200}
    assert len(answers) > 35
    return "".join(answer.content.decode() for answer in answers)


# --- at a glance -----------------------------------------------------------------------------------------------------


def test_it_counts_what_is_held_by_purpose_and_leaves_out_what_is_not(seller: Member) -> None:
    """Oneself first; no row for tables in which one does not stand."""
    client = browser(seller)

    assert titles(client) == [
        "Your name, e-mail, phone and settings",
        "1 email address",
        "1 team member",
        "1 inquiry",
        "2 messages",
        "1 company",
        "2 leads",
        "1 session",
        "1 user session",
        "1 ticket",
        "1 saved search",
    ]


def test_a_row_says_why_and_how_long_as_the_data_map_does(seller: Member) -> None:
    page = browser(seller).get(CENTRE)

    messages = next(kept for kept in page.context["glance"].kept if kept.title == "2 messages")

    assert (messages.what, messages.why, messages.keep, messages.url) == (
        "Messages that you wrote",
        ["Letting buyers and sellers reach each other"],
        ["2 years"],
        "/privacy/data/offerboard-message/",
    )


def test_a_tickets_writer_is_found_by_the_confirmed_address_in_any_case(seller: Member) -> None:
    """Not by one that was only claimed."""
    Ticket.objects.update(email="AMARA-canary@Example.com")
    found = titles(browser(seller))
    EmailAddress.objects.update(verified=False)

    assert ("1 ticket" in found, "1 ticket" in titles(browser(seller))) == (True, False)


def test_the_centre_asks_eleven_questions_at_most_however_much_there_is(seller: Member) -> None:
    client = browser(seller)
    ReceiverFactory()
    client.get(CENTRE)
    with CaptureQueriesContext(connection) as few:
        client.get(CENTRE)
    lead = Lead.objects.filter(posted_by=seller, state="published").get()
    for _each in range(20):
        LeadFactory(company=lead.company, category=lead.category, posted_by=seller)
        FavouriteFactory(member=seller, lead=LeadFactory(company=lead.company, category=lead.category))

    with CaptureQueriesContext(connection) as many:
        client.get(CENTRE)

    assert len(many) == len(few) <= 11


def test_counting_stops_where_nobody_counts_any_more(seller: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centre, "MOST", 1)

    assert ("1+ leads" in titles(browser(seller)), "1 saved search" in titles(browser(seller))) == (True, True)


def test_ten_thousand_leads_are_counted_in_one_question_and_no_further(seller: Member) -> None:
    Lead.objects.bulk_create(
        LeadFactory.build(
            company=TeamMember.objects.get(member=seller).company,
            category=None,
            posted_by=seller,
            state="draft",
            slug=f"many-{number}",
        )
        for number in range(10_000)
    )

    with CaptureQueriesContext(connection) as asked:
        glance = centre.glance(seller)

    assert [kept.title for kept in glance.kept if kept.title.endswith("leads")] == ["10,000+ leads"]
    assert len(asked) == 2  # addresses, and all counts


# --- behind View -----------------------------------------------------------------------------------------------------


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
    ]
    assert kept.keep == ["while you are a member"]
    assert response.context["page"].also == [
        ("Sending you what you asked for, such as a newsletter", "your consent", "until you say no"),
        ("Showing your contact on partner sites", "your consent", "until you say no"),
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


# --- one person's pages never show another's data --------------------------------------------------------------------


@pytest.mark.parametrize("after", ["0", "zzzz"])
def test_no_page_of_sessions_begins_at_a_guess(seller: Member, after: str) -> None:
    """Whether a row follows a guess would give the key away, sign by sign."""
    client = browser(seller)
    place = "/privacy/data/sessions-session/"
    assert client.get(place).status_code == 200

    assert client.get(place, {"after": after}).status_code == 404


def test_two_people_of_two_companies_see_nothing_of_each_other(seller: Member) -> None:
    """Though each has rows in the same tables, and one reported, watched and answered the other."""
    other = furnished("Bruno Beispiel", "bruno-canary")
    lead = Lead.objects.filter(posted_by=seller, state="published").get()
    FavouriteFactory(member=other, lead=lead)
    Report.objects.create(
        target_kind="lead",
        target_id=lead.slug,
        target_title=lead.title,
        reason="spam",
        text="bruno-canary accuses",
        reporter=other,
        email="bruno-canary@example.com",
        filed_at=NOW,
    )
    InvitationFactory(company=TeamMember.objects.get(member=other).company, email=seller.email, invited_by=other)

    mine, theirs = every_page(browser(seller)), every_page(browser(other))

    for word in ("company", "lead", "draft", "thread", "first", "second", "search", "ticket", "@example.com"):
        glue = "" if word.startswith("@") else " "
        assert (word, f"amara-canary{glue}{word}" in mine) == (word, True)
        assert (word, f"bruno-canary{glue}{word}" in theirs) == (word, True)
    assert "bruno-canary accuses" in theirs
    # The invitation names the company that invites: a company, as the map says, and not the colleague.
    assert mine.replace("bruno-canary company", "").count("bruno-canary") == 0
    assert "Bruno" not in mine
    # The report's reader wrote its title: theirs names the reported lead, and nothing else of its owner.
    assert theirs.replace("amara-canary lead", "").count("amara-canary") == 0
    assert "Amara" not in theirs


def test_a_teammate_sees_the_shared_company_as_its_owner_and_nothing_else_of_the_other(seller: Member) -> None:
    company = TeamMember.objects.get(member=seller).company
    owner = MemberFactory(company=company, full_name="Olga Other", email="olga@example.com")
    editor = MemberFactory(company=company, role="editor", full_name="Edo Other", email="edo@example.com")

    seen, seen_by_editor = every_page(browser(owner)), every_page(browser(editor))

    for page in (seen, seen_by_editor):
        for word in ("lead", "draft", "thread", "first", "second", "search", "ticket"):
            assert (word, f"amara-canary {word}" in page) == (word, False)
        assert "amara-canary@" not in page
        assert "Amara" not in page
    assert "1 company" in titles(browser(owner))
    assert "1 company" not in titles(browser(editor))  # the profile is about its owners
    assert company.address in seen
    assert company.address not in seen_by_editor


# --- visitors --------------------------------------------------------------------------------------------------------


def test_visitors_learn_what_they_can_do_and_get_no_cookie() -> None:
    client = Client()

    response = client.get(CENTRE)

    page = response.content.decode()
    assert (response.status_code, response.cookies.output(), client.cookies.output()) == (200, "", "")
    for link in ("/privacy/policy/", "/privacy/cookies/", "/contact/", "/account/login/?next=/privacy/"):
        assert (link, f'href="{link}"' in page) == (link, True)


def test_a_members_pages_are_kept_by_nobody(seller: Member) -> None:
    client = browser(seller)

    for place in (CENTRE, "/privacy/received/", "/privacy/data/accounts-member/"):
        assert (place, "no-store" in client.get(place).headers["Cache-Control"]) == (place, True)


def test_the_menus_lead_there(seller: Member) -> None:
    footer, account = Client().get("/").content.decode(), browser(seller).get("/account/").content.decode()

    assert '<a href="/privacy/">Privacy centre</a>' in footer
    assert account.count('<a href="/privacy/">Privacy centre</a>') == 2


def test_all_sections_stand_in_order_and_the_menu_points_at_them(seller: Member) -> None:
    page = browser(seller).get(CENTRE).content.decode()

    order = [page.index(f'id="{name}"') for name in ("data", "consents", "received", "download", "correct", "delete")]

    assert order == sorted(order)
    assert all(f'href="/privacy/#{name}"' in page for name in ("data", "consents", "received", "delete"))


def test_somebody_who_joined_a_moment_ago_has_a_page_too() -> None:
    newcomer = MemberFactory(joined_at=NOW - timedelta(minutes=1))

    page = browser(newcomer).get(CENTRE)

    assert "No entry yet." in page.content.decode()
    assert titles(browser(newcomer))[0] == "Your name, e-mail, phone and settings"
