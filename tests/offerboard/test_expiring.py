"""Three days before leads expire their company’s editors get one mail, which leads to a page where they are renewed."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company
from directory.services import suspend_company
from mailings.models import Delivery, WaitingNotice
from offerboard import expiring, periodic
from offerboard.models import ExpiryNotice, Lead
from offerboard.notices import EXPIRING
from offerboard.services import lead_states
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.mailings.noticing import DAY, HOUR, digest, told, wants, work

pytestmark = pytest.mark.django_db
ENDS = NOW + 3 * DAY  # Wednesday noon


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    return CompanyFactory(legal_name="Dak Hoa Agricultural Products")


@pytest.fixture
def owner(company: Company) -> Member:
    return MemberFactory(company=company, email="owner@example.com")


def ends(company: Company, when: datetime = ENDS, **values: Any) -> Lead:
    """A lead that was posted for thirty days and ends then."""
    return LeadFactory(company=company, posted_at=when - 30 * DAY, expires_at=when, **values)


def mails() -> list[tuple[str, str]]:
    found = Delivery.objects.filter(template="leads_expiring").order_by("queued_at", "to")
    return list(found.values_list("to", "subject"))


# --- who is told, of what -----------------------------------------------------------------------------------------


def test_editors_are_told_three_days_before(company: Company, owner: Member) -> None:
    MemberFactory(company=company, role="editor", email="editor@example.com")
    MemberFactory(company=company, role="viewer")
    MemberFactory(company=company, state=Member.State.SUSPENDED)
    MemberFactory(company=company, state=Member.State.CLOSING)
    lead = ends(company, title="Robusta & more")

    assert expiring.tell_of_expiry(now=NOW - timedelta(seconds=1)) == 0
    periodic.tell_of_expiry()

    subject = "Your lead ends on 25 Nov 2026: Robusta & more"
    assert mails() == [("editor@example.com", subject), ("owner@example.com", subject)]
    mail = Delivery.objects.get(to="owner@example.com")
    for words in ("Dak Hoa Agricultural Products", "Ends on 25 Nov 2026", f"/leads/{lead.slug}/renew/", "/my/mails/"):
        assert words in mail.text
    assert ["Robusta &amp; more" in mail.html, f"/leads/{lead.slug}/renew/" in mail.html] == [True, True]


def test_one_lead_has_a_button_and_each_of_several_its_link(company: Company, owner: Member) -> None:
    """Below each of them, in the words of the text; a title alone does not say what pressing it leads to."""
    lead = ends(company, title="First")
    expiring.tell_of_expiry(now=NOW)
    second, third = ends(company, ENDS + DAY, title="Second"), ends(company, ENDS + DAY, title="Third")
    expiring.tell_of_expiry(now=NOW + DAY)

    one = Delivery.objects.get(subject__contains="First").html
    two = Delivery.objects.get(subject__contains="2 leads").html

    assert [html.count("Look at it and renew it") for html in (one, two)] == [1, 2]
    assert [two.count(f"/leads/{each.slug}/renew/") for each in (second, third)] == [2, 2]
    assert one.count(f"/leads/{lead.slug}/renew/") == 2


def test_they_are_told_once(company: Company, owner: Member) -> None:
    ends(company)

    for hour in range(0, 72, 6):
        expiring.tell_of_expiry(now=NOW + hour * HOUR)

    assert len(mails()) == 1
    assert expiring.tell_of_expiry(now=ENDS) == 0
    assert ExpiryNotice.objects.count() == 0  # its time is over


def test_several_leads_of_a_company_that_end_on_one_day_are_one_mail(company: Company, owner: Member) -> None:
    morning = datetime(2026, 11, 25, 7, tzinfo=UTC)
    for hour, title in enumerate(("First", "Second", "Third")):
        ends(company, morning + hour * 6 * HOUR, title=title)
    ends(company, morning + 17 * HOUR, title="Next day")
    other = CompanyFactory()
    MemberFactory(company=other, email="other@example.com")
    ends(other, morning)

    for minute in range(0, 24 * 60, 30):
        expiring.tell_of_expiry(now=morning - 3 * DAY + minute * timedelta(minutes=1))

    assert mails() == [
        ("other@example.com", "Your lead ends on 25 Nov 2026: Robusta green coffee, grade 1, screen 18"),
        ("owner@example.com", "3 leads of yours end soon"),
        ("owner@example.com", "Your lead ends on 26 Nov 2026: Next day"),
    ]
    text = Delivery.objects.get(subject="3 leads of yours end soon").text
    assert [text.count(f"- {title}\n") for title in ("First", "Second", "Third", "Next day")] == [1, 1, 1, 0]


def test_twenty_leads_are_named_and_the_rest_counted(company: Company, owner: Member) -> None:
    for number in range(23):
        ends(company, ENDS + number * timedelta(minutes=1), title=f"Lead {number}.")

    expiring.tell_of_expiry(now=NOW)

    text = Delivery.objects.get().text
    assert [f"- Lead {number}.\n" in text for number in range(23)] == [True] * 20 + [False] * 3
    assert "And 3 more, among your leads:\nhttp://localhost:8000/my/leads/" in text
    assert ExpiryNotice.objects.count() == 23


def test_after_a_renewal_they_are_told_of_the_new_end(company: Company, owner: Member) -> None:
    lead = ends(company)
    expiring.tell_of_expiry(now=NOW)
    lead_states.renew_lead(lead=lead, now=NOW + HOUR)

    expiring.tell_of_expiry(now=NOW + 26 * DAY)
    assert len(mails()) == 1
    expiring.tell_of_expiry(now=NOW + HOUR + 27 * DAY)

    assert len(mails()) == 2


@pytest.mark.parametrize("state", ["draft", "pending", "paused", "rejected", "closed"])
def test_of_what_is_not_on_the_board_nobody_is_told(company: Company, owner: Member, state: str) -> None:
    ends(company, state=state)

    assert (expiring.tell_of_expiry(now=NOW), mails(), ExpiryNotice.objects.count()) == (0, [], 0)


def test_nor_of_what_is_hidden(company: Company, owner: Member) -> None:
    ends(company)
    suspend_company(company=company, now=NOW)

    assert (expiring.tell_of_expiry(now=NOW), mails()) == (0, [])


def test_nor_of_a_lead_that_was_posted_for_three_days(company: Company, owner: Member) -> None:
    LeadFactory(company=company, posted_at=NOW - HOUR, expires_at=NOW - HOUR + 3 * DAY)

    assert (expiring.tell_of_expiry(now=NOW), mails()) == (0, [])


# --- once ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_four_sweeps_at_once_one_tells() -> None:
    companies = [CompanyFactory() for _number in range(5)]
    for company in companies:
        MemberFactory(company=company)
        ends(company)
        ends(company, ENDS + HOUR)

    def sweep(_number: int) -> None:
        try:
            expiring.tell_of_expiry(now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))

    assert [subject for _to, subject in mails()] == ["2 leads of yours end soon"] * 5
    assert ExpiryNotice.objects.count() == 10


def test_a_second_notice_of_the_same_end_is_refused_by_the_table(company: Company) -> None:
    lead = ends(company)
    ExpiryNotice.objects.create(lead=lead, expires_at=ENDS)

    with pytest.raises(IntegrityError, match="expiry_notice_once"), transaction.atomic():
        ExpiryNotice.objects.create(lead=lead, expires_at=ENDS)
    assert ExpiryNotice.objects.count() == 1


def test_a_lead_that_is_deleted_takes_its_notice_along(company: Company, owner: Member) -> None:
    """Also where an older release deletes it, which knows of no notices."""
    leads = [ends(company), ends(company), ends(company)]
    expiring.tell_of_expiry(now=NOW)

    leads[0].delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM offerboard_leadrevision")
        cursor.execute("DELETE FROM offerboard_lead WHERE id = %s", [leads[1].pk])

    assert [notice.lead for notice in ExpiryNotice.objects.all()] == [leads[2]]


# --- as often as somebody wants -----------------------------------------------------------------------------------


def test_who_wants_one_mail_a_day_hears_of_it_there_unless_it_was_renewed(company: Company, owner: Member) -> None:
    wants(owner, EXPIRING, "daily")
    renewed, lead = ends(company, title="Renewed"), ends(company, title="Left")
    expiring.tell_of_expiry(now=NOW)
    assert mails() == []
    lead_states.renew_lead(lead=renewed, now=NOW + HOUR)

    work(NOW + DAY)

    assert told(owner) == [("digest", "1 lead ends soon")]
    assert f"- Left\n  Ends on 25 Nov 2026\n  http://localhost:8000/leads/{lead.slug}/renew/\n" in digest().text


def test_who_wants_none_gets_none(company: Company, owner: Member) -> None:
    wants(owner, EXPIRING, "off")
    ends(company)

    expiring.tell_of_expiry(now=NOW)

    assert (mails(), WaitingNotice.objects.count()) == ([], 0)


# --- the page -----------------------------------------------------------------------------------------------------


def without_tokens(page: str) -> str:
    """A page without what differs each time that it is drawn."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|hx-headers=\'[^\']*\'', "", page)


def page_of(lead: Lead) -> str:
    return reverse("offerboard:renew", args=[lead.slug])


@pytest.mark.promise("get-changes-nothing")
def test_the_page_shows_the_lead_and_changes_nothing(client: Client, company: Company, owner: Member) -> None:
    lead = ends(company, title="Robusta & more")
    client.force_login(owner)
    before = Lead.objects.values().get()

    page = client.get(page_of(lead))
    client.head(page_of(lead))

    assert (page.status_code, Lead.objects.values().get()) == (200, before)
    for words in ("Robusta &amp; more", "3 days left", "runs 30 days from now", f'action="{page_of(lead)}"'):
        assert words in page.text


@pytest.mark.parametrize(("days", "early"), [(14, False), (15, True)])
def test_who_comes_early_is_told_that_it_is_not_needed_yet(
    client: Client, company: Company, owner: Member, days: int, early: bool
) -> None:
    """The button is there all the same."""
    lead = ends(company, NOW + days * DAY)
    client.force_login(owner)

    page = client.get(page_of(lead))

    assert ("This is not needed yet" in page.text, f'action="{page_of(lead)}"' in page.text) == (early, True)


def test_its_button_renews(client: Client, company: Company, owner: Member) -> None:
    lead = ends(company)
    client.force_login(owner)

    page = client.post(page_of(lead), follow=True)

    lead.refresh_from_db()
    assert (lead.expires_at, lead.renewals) == (NOW + 30 * DAY, 1)
    assert "runs its full time again" in page.text


def test_a_log_in_is_needed_and_leads_back_to_the_page(client: Client, company: Company) -> None:
    lead = ends(company)
    before = Lead.objects.values().get()

    answers = [client.get(page_of(lead)), client.post(page_of(lead))]

    for answer in answers:
        assert answer.headers["Location"] == f"/account/login/?next={page_of(lead)}"
    assert Lead.objects.values().get() == before


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"state": "closed"}, "Only a published or an expired lead can be renewed."),
        ({"posted_at": NOW, "expires_at": NOW + 30 * DAY}, "This lead runs its full time already."),
        ({"company__state": "hidden"}, "Your company is not shown in the directory"),
    ],
)
def test_where_it_cannot_be_renewed_the_page_says_why(client: Client, values: dict[str, Any], says: str) -> None:
    lead = LeadFactory(**{"posted_at": ENDS - 30 * DAY, "expires_at": ENDS} | values)
    client.force_login(MemberFactory(company=lead.company))

    page = client.get(page_of(lead))

    assert (says in page.text, f'action="{page_of(lead)}"' in page.text) == (True, False)


def test_an_expired_lead_can_be_renewed_there_too(client: Client, company: Company, owner: Member) -> None:
    lead = ends(company, NOW - HOUR)
    client.force_login(owner)

    assert "Expired" in client.get(page_of(lead)).text
    client.post(page_of(lead))

    assert list(Lead.objects.public(at=NOW)) == [lead]


def test_whoever_acts_for_another_company_is_told_to_log_in_as_the_mails_reader(client: Client) -> None:
    """The same of every lead that is not theirs, and of what never was: nobody learns what others are drafting."""
    mine = MemberFactory(company=CompanyFactory(), email="amara@example.com")
    client.force_login(mine)
    leads = [LeadFactory(state=state) for state in ("published", "draft", "closed", "paused")]
    before = list(Lead.objects.order_by("pk").values())

    for ask in (client.get, client.post):
        told = {
            slug: ask(reverse("offerboard:renew", args=[slug]))
            for slug in [*(lead.slug for lead in leads), "no-such-lead"]
        }
        assert {answer.status_code for answer in told.values()} == {404}
        pages = {without_tokens(answer.text).replace(slug, "…") for slug, answer in told.items()}
        assert len(pages) == 1
        (page,) = pages
        for words in ("This is no lead of your company", "amara@example.com", "Its lead is of another company"):
            assert words in page
    assert list(Lead.objects.order_by("pk").values()) == before


def test_after_another_log_in_they_come_back_to_the_page(client: Client, company: Company, owner: Member) -> None:
    lead = ends(company)
    client.force_login(MemberFactory(company=CompanyFactory()))
    assert f'name="next" value="{page_of(lead)}"' in client.get(page_of(lead)).text

    left = client.post(reverse("account_logout"), {"next": page_of(lead)}, follow=True)

    assert left.redirect_chain[-1][0] == f"/account/login/?next={page_of(lead)}"
