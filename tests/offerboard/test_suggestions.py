"""Who asks for it gets one mail a week with the new leads of the company’s industries, each once, until one click."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connections
from django.test import Client

from accounts.models import Member
from accounts.services.suspension import suspend_member
from directory.models import Category
from mailings.models import Delivery, MailPreference
from mailings.writing.composing import compose
from offerboard import periodic, suggesting
from offerboard.models import Lead
from offerboard.notices import SUGGESTIONS
from offerboard.services import lead_states
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory
from tests.mailings.noticing import wants
from tests.offerboard import alerting
from tests.offerboard.alerting import DAY, EIGHT, HOUR, links

pytestmark = pytest.mark.django_db
WEEK = 7 * DAY


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coffee() -> Category:
    return CategoryFactory()


@pytest.fixture
def member(coffee: Category) -> Member:
    """Somebody who has asked for suggestions and whose company trades in coffee."""
    return asks(coffee)


def asks(*industries: Category, **values: Any) -> Member:
    company = CompanyFactory()
    company.industries.set(industries)
    member = MemberFactory(company=company, **values)
    wants(member, SUGGESTIONS, "weekly")
    return member


def publish(*, now: datetime = NOW + timedelta(minutes=1), **values: Any) -> Lead:
    """A lead that becomes public after all had asked."""
    return alerting.publish(now=now, **values)


def mails() -> list[tuple[str, str]]:
    found = Delivery.objects.filter(template="suggestions").order_by("queued_at", "to")
    return list(found.values_list("to", "subject"))


def the_mail() -> Delivery:
    return Delivery.objects.filter(template="suggestions").latest("queued_at")


def work(now: Any = EIGHT) -> int:
    return suggesting.write_due_suggestions(now=now)


# --- who, what, when ----------------------------------------------------------------------------------------------


def test_who_asked_gets_the_new_leads_of_the_companys_industries_on_monday(member: Member, coffee: Category) -> None:
    lead, other = publish(title="Robusta & more", category=coffee), publish(title="Steel coils")

    assert work(EIGHT - HOUR) == 0
    with time_machine.travel(EIGHT, tick=False):
        periodic.suggest_leads()

    assert mails() == [(member.email, "1 new lead in your industries")]
    mail = the_mail()
    assert [mail.text.count(f"{one.get_absolute_url()}\n") for one in (lead, other)] == [1, 0]
    assert "Robusta &amp; more" in mail.html
    for words in (f"/leads/?category={coffee.slug}\n", "/my/mails/\n", "/mails/stop-suggestions/"):
        assert words in mail.text


def test_nobody_gets_it_who_did_not_ask(coffee: Category) -> None:
    company = CompanyFactory()
    company.industries.add(coffee)
    MemberFactory(company=company)
    publish(category=coffee)

    assert (work(), mails(), MailPreference.objects.count()) == (0, [], 0)


def test_an_industry_brings_what_lies_in_it(coffee: Category) -> None:
    member = asks(coffee.parent)  # type: ignore[arg-type]
    publish(category=coffee)

    work()

    assert mails() == [(member.email, "1 new lead in your industries")]


def test_a_lead_is_suggested_once(member: Member, coffee: Category) -> None:
    lead = publish(title="First", category=coffee)
    work()
    lead_states.renew_lead(lead=lead, now=EIGHT + 2 * DAY)
    lead_states.pause_lead(lead=lead, now=EIGHT + 3 * DAY)
    lead_states.resume_lead(lead=lead, now=EIGHT + 4 * DAY)
    publish(title="Second", category=coffee, now=EIGHT + 5 * DAY)
    for hour in range(0, 24 * 14, 12):
        work(EIGHT + hour * HOUR)

    assert [subject for _to, subject in mails()] == ["1 new lead in your industries"] * 2
    assert ["First" in the_mail().text, "Second" in the_mail().text] == [False, True]


def test_a_lead_of_a_transaction_that_ends_after_the_mail_is_suggested_in_the_next(
    member: Member, coffee: Category
) -> None:
    publish(title="Seen", category=coffee)
    work()
    publish(title="Seen only now", category=coffee, now=EIGHT - timedelta(minutes=2))

    work(EIGHT + WEEK)

    assert [subject for _to, subject in mails()] == ["1 new lead in your industries"] * 2
    assert "Seen only now" in the_mail().text


def test_what_was_posted_a_moment_ago_waits_a_week_and_is_suggested_once(member: Member, coffee: Category) -> None:
    publish(title="This very minute", category=coffee, now=EIGHT - timedelta(minutes=2))

    assert [work(), work(EIGHT + WEEK), work(EIGHT + 2 * WEEK)] == [0, 1, 0]


def test_nothing_is_suggested_that_was_public_before_somebody_asked(coffee: Category) -> None:
    publish(category=coffee, now=NOW - HOUR)
    asks(coffee)

    assert (work(), mails()) == (0, [])


def test_where_nothing_is_new_there_is_no_mail_and_the_next_week_begins(member: Member, coffee: Category) -> None:
    assert work() == 0
    assert MailPreference.objects.get().due_at == EIGHT + WEEK

    publish(category=coffee, now=EIGHT + DAY)

    assert [work(EIGHT + 2 * DAY), work(EIGHT + WEEK)] == [0, 1]


def test_ten_leads_are_suggested_the_newest_first(member: Member, coffee: Category) -> None:
    for number in range(13):
        publish(title=f"Lead {number}.", category=coffee)

    work()
    text = the_mail().text
    assert [number for number in range(13) if f"- Lead {number}.\n" in text] == list(range(3, 13))
    assert text.index("Lead 12.") < text.index("Lead 3.")
    assert the_mail().subject == "10 new leads in your industries"

    assert work(EIGHT + WEEK) == 0


def test_own_leads_are_not_suggested(member: Member, coffee: Category) -> None:
    [team] = member.teams.all()
    publish(category=coffee, company=team.company)

    assert (work(), mails()) == (0, [])


@pytest.mark.parametrize("gone", [lead_states.pause_lead, lead_states.close_lead])
def test_what_is_off_the_board_is_not_suggested(member: Member, coffee: Category, gone: Any) -> None:
    lead = publish(category=coffee)
    gone(lead=lead, now=NOW + HOUR)

    assert (work(), mails()) == (0, [])


def test_a_lead_that_waited_for_staff_is_new_when_they_approve_it(member: Member, coffee: Category) -> None:
    lead = LeadFactory(category=coffee, state="pending")
    lead_states.approve_lead(lead=lead, now=NOW + HOUR)

    work()

    assert mails() == [(member.email, "1 new lead in your industries")]


def test_the_members_own_clock_counts(coffee: Category) -> None:
    """It is Sunday noon in London: 19:00 in Hanoi, where eight o’clock comes at 1:00."""
    asks(coffee, time_zone="Asia/Ho_Chi_Minh")

    assert MailPreference.objects.get().due_at == NOW + 13 * HOUR


def test_who_is_suspended_gets_none_and_nothing_old_afterwards(member: Member, coffee: Category) -> None:
    publish(category=coffee)
    suspend_member(member_id=member.pk, now=NOW)
    assert work() == 0
    Member.objects.filter(pk=member.pk).update(state=Member.State.ACTIVE)

    assert (work(EIGHT + WEEK), mails()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_of_four_workers_at_once_one_writes() -> None:
    coffee = CategoryFactory()
    members = [asks(coffee) for _number in range(6)]
    publish(category=coffee)

    def sweep(_number: int) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))

    assert [to for to, _subject in mails()] == sorted(member.email for member in members)


# --- asking and stopping ------------------------------------------------------------------------------------------


def test_it_is_off_until_it_is_chosen_on_the_page(client: Client, coffee: Category) -> None:
    member = MemberFactory(company=CompanyFactory())
    client.force_login(member)
    field = client.get("/my/mails/").context["form"].fields["suggestions"]
    assert (field.initial, [value for value, _label in field.choices]) == ("off", ["weekly", "off"])

    client.post("/my/mails/", {"suggestions": "weekly"})
    assert MailPreference.objects.values("frequency", "due_at", "told_until").get() == {
        "frequency": "weekly",
        "due_at": EIGHT,
        "told_until": NOW,
    }

    client.post("/my/mails/", {"suggestions": "off"})
    assert MailPreference.objects.values("frequency", "due_at", "told_until").get() == {
        "frequency": "off",
        "due_at": None,
        "told_until": None,
    }


@pytest.fixture
def link(member: Member, coffee: Category) -> str:
    """Where a mail that was sent says that it can be stopped."""
    publish(category=coffee)
    work()
    [link] = links(the_mail().text, "stop-suggestions")
    return link


@pytest.mark.promise("get-changes-nothing")
def test_opening_the_link_of_a_suggestion_changes_nothing(link: str) -> None:
    for method in ("get", "head"):
        assert getattr(Client(), method)(link).status_code == 200
    assert MailPreference.objects.get().frequency == "weekly"


def test_one_click_stops_it_without_a_log_in_for_ever(link: str, coffee: Category) -> None:
    client = Client(enforce_csrf_checks=True)
    asks(coffee)

    with time_machine.travel(NOW + 3650 * DAY, tick=False):
        first, second = client.post(link), client.post(link)

    assert (first.status_code, second.status_code, len(client.cookies)) == (200, 200, 0)
    assert "We suggest no more leads by mail" in first.content.decode()
    assert sorted(MailPreference.objects.values_list("frequency", flat=True)) == ["off", "weekly"]
    publish(category=coffee, now=EIGHT + DAY)
    assert work(EIGHT + WEEK) == 1


def test_a_mail_programs_own_button_stops_it_and_stands_in_the_mails_head(link: str) -> None:
    """RFC 8058: a POST without cookie, log-in or redirect."""
    head = compose(the_mail())
    assert head["List-Unsubscribe"] == f"<{settings.SITE_URL}{link}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, MailPreference.objects.get().frequency) == (200, "off")


@pytest.mark.parametrize("state", ["pending", "claimed"])
def test_a_mail_that_waits_is_taken_back(link: str, member: Member, coffee: Category, state: str) -> None:
    other = asks(coffee)
    publish(category=coffee, now=NOW + HOUR)
    work(EIGHT + WEEK)
    Delivery.objects.update(state=state, lease_until=EIGHT + HOUR)
    Delivery.objects.filter(to=member.email).update(to=member.email.upper())

    Client().post(link)

    of_member = Delivery.objects.filter(template="suggestions", to__iexact=member.email)
    assert set(of_member.values_list("state", "subject", "text", "html")) == {("suppressed", "", "", "")}
    assert {mail.state for mail in Delivery.objects.filter(to=other.email)} == {state}


@pytest.mark.parametrize("change", ["{}x", "x{}", "x"])
def test_a_link_that_nobody_was_given_stops_nothing(link: str, change: str) -> None:
    token = change.format(link.rstrip("/").rpartition("/")[2])
    for address in (f"/mails/stop-suggestions/{token}/", link.replace("stop-suggestions", "stop-all")):
        assert [Client().get(address).status_code, Client().post(address).status_code] == [404, 404]
    assert MailPreference.objects.get().frequency == "weekly"
