"""The privacy centre: everything that is held about its reader, and nothing about anybody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from directory.models import TeamMember
from moderation.models import Report, Ticket
from offerboard.models import Lead
from privacy.selectors import centre
from tests.factories import NOW, FavouriteFactory, InvitationFactory, LeadFactory, MemberFactory, ReceiverFactory
from tests.privacy.own_data import CENTRE, browser, every_page, furnished, titles

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seller() -> Member:
    """Owner of a company with a thread, leads and a saved search."""
    return furnished("Amara Okonkwo", "amara-canary")


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


# --- one person's pages never show another's data --------------------------------------------------------------------


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
