"""What is reported as being about a child is hidden at once, and shown again when staff find nothing wrong."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from directory.models import Company
from mailings.models import Delivery
from moderation import services
from moderation.models import Decision, Report
from moderation.provisional import TRUSTED, reject_reports
from offerboard.models import Lead
from privacy.cookieless import SALT
from tests.factories import NOW, CompanyFactory, InquiryFactory, LeadFactory, MemberFactory
from tests.staff import at_work, changelist, make_staff

pytestmark = pytest.mark.django_db
REPORTS = changelist("moderation_report")
OWNER = "owner@example.com"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lead() -> Lead:
    """Public, with somebody who hears of what becomes of it."""
    company = CompanyFactory()
    return LeadFactory(company=company, posted_by=MemberFactory(company=company, email=OWNER))


def send(thing: Lead | Company, client: Client | None = None, **changes: Any) -> Report:
    """Fill the form in and send it."""
    kind = "lead" if isinstance(thing, Lead) else "company"
    token = signing.dumps("report", salt=SALT)
    filled = {"form_token": token, "submission": str(uuid4()), "reason": "child", "text": "A child’s photo.", **changes}
    answer = (client or Client()).post(f"/report/{kind}/{thing.slug}/", filled)
    assert answer.status_code == 200
    return Report.objects.get(submission=filled["submission"])


def is_public(lead: Lead) -> bool:
    """For everybody."""
    return Client().get(lead.get_absolute_url()).status_code == 200


def mails(template: str) -> list[str]:
    """To whom."""
    return list(Delivery.objects.filter(template=template).values_list("to", flat=True))


def reject(report: Report, at_desk: Client) -> None:
    """One press on the report's page."""
    at_desk.post(REPORTS, {"action": "reject_selected", "_selected_action": [report.pk]})


@pytest.mark.promise("child-hidden-at-once")
def test_it_is_hidden_before_anybody_looked_and_its_owner_is_told_neutrally(lead: Lead) -> None:
    assert is_public(lead)

    report = send(lead)

    assert (is_public(lead), report.hid_at, report.state) == (False, NOW, "open")
    mail = Delivery.objects.get(template="hidden_for_now")
    assert mail.to == OWNER
    for part in (mail.subject, mail.text, mail.html):
        assert "child" not in part.lower()
        assert "photo" not in part
    assert "Nothing has been decided" in mail.text
    assert not Decision.objects.exists()


@pytest.mark.parametrize("reason", [one for one in Report.Reason.values if one != "child"])
def test_no_other_reason_hides_anything(lead: Lead, reason: str) -> None:
    report = send(lead, reason=reason)

    assert (is_public(lead), report.hid_at, mails("hidden_for_now")) == (True, None, [])


def test_a_company_is_hidden_too_and_a_thread_cannot_be() -> None:
    company = CompanyFactory()
    assert Client().get(company.get_absolute_url()).status_code == 200
    send(company)
    assert Client().get(company.get_absolute_url()).status_code == 404

    inquiry, client = InquiryFactory(), Client()
    client.force_login(MemberFactory(company=inquiry.recipient))
    token = signing.dumps("report", salt=SALT)
    client.post(f"/report/inquiry/{inquiry.pk}/", {"form_token": token, "submission": str(uuid4()), "reason": "child"})
    assert Report.objects.get(target_kind="inquiry").hid_at is None


def test_it_stands_on_top_of_the_list_while_it_is_open(lead: Lead) -> None:
    for days, title in ((9, "Older spam"), (1, "Younger spam")):
        other = LeadFactory(title=title)
        send(other, reason="spam")
        Report.objects.filter(target_id=other.slug).update(filed_at=NOW - timedelta(days=days))
    send(lead)
    done = send(LeadFactory(title="Done before"))
    Report.objects.filter(pk=done.pk).update(state="rejected", closed_at=NOW)

    page = at_work(make_staff("moderator")).get(REPORTS).content.decode()

    places = [page.index(title) for title in (lead.title, "Older spam", "Younger spam", "Done before")]
    assert places == sorted(places)


def test_staff_undo_it_in_one_press_and_the_owner_hears_it(lead: Lead) -> None:
    report, staff = send(lead), make_staff("moderator")
    client = at_work(staff)
    page = client.get(reverse("admin:moderation_report_change", args=[report.pk])).content.decode()
    assert ("Nothing is wrong: show it again" in page, 'value="close_selected"' in page) == (True, False)

    reject(report, client)

    report.refresh_from_db()
    assert (is_public(lead), report.state, report.closed_by) == (True, "rejected", staff)
    assert mails("shown_again") == [OWNER]


def test_closing_leaves_what_a_report_has_hidden_until_staff_decide(lead: Lead) -> None:
    report = send(lead)

    answer = at_work(make_staff("moderator")).post(
        REPORTS, {"action": "close_selected", "_selected_action": [report.pk]}, follow=True
    )

    report.refresh_from_db()
    assert (report.state, is_public(lead)) == ("open", False)
    assert "What a report has hidden waits" in answer.content.decode()


def test_staff_who_agree_suspend_it_with_their_reasons(lead: Lead) -> None:
    report, staff = send(lead), make_staff("moderator")

    services.decide(kind="lead", key=lead.slug, action="suspend", reason="Shows a minor.", by=staff, now=NOW)

    report.refresh_from_db()
    assert (report.state, report.closed_by, is_public(lead)) == ("closed", staff, False)
    assert mails("decision") == [OWNER]
    with pytest.raises(services.NothingToDecide):
        services.decide(kind="lead", key=lead.slug, action="suspend", reason="Again.", by=staff, now=NOW)
    assert Decision.objects.count() == 1


def test_restoring_the_thing_itself_rejects_the_report(lead: Lead) -> None:
    report, staff = send(lead), make_staff("moderator")

    services.decide(kind="lead", key=lead.slug, action="restore", reason="", by=staff, now=NOW)

    report.refresh_from_db()
    assert (report.state, is_public(lead), mails("decision")) == ("rejected", True, [OWNER])


def test_what_staff_had_suspended_before_stays_so_when_a_report_is_rejected(lead: Lead) -> None:
    staff, report = make_staff("moderator"), send(LeadFactory())
    services.decide(kind="lead", key=lead.slug, action="suspend", reason="Fraud.", by=staff, now=NOW)
    Report.objects.filter(pk=report.pk).update(target_id=lead.slug, hid_at=None)  # filed; it hid nothing

    reject_reports(reports=[report.pk], by=staff, now=NOW)

    assert (is_public(lead), mails("shown_again")) == (False, [])


def test_rejecting_one_of_two_reports_rejects_both(lead: Lead) -> None:
    first = send(lead)
    member = MemberFactory(company=lead.company)
    client = Client()
    client.force_login(member)  # the company still finds it
    second = send(lead, client)
    assert (second.hid_at, len(mails("hidden_for_now"))) == (None, 1)

    reject(second, at_work(make_staff("moderator")))

    assert set(Report.objects.values_list("state", flat=True)) == {"rejected"}
    assert (is_public(lead), first.pk == second.pk) == (True, False)


def test_a_report_that_is_rejected_twice_shows_it_once(lead: Lead) -> None:
    report, staff = send(lead), make_staff("moderator")
    reject_reports(reports=[report.pk], by=staff, now=NOW)
    services.decide(kind="lead", key=lead.slug, action="suspend", reason="Fraud.", by=staff, now=NOW)

    assert reject_reports(reports=[report.pk], by=staff, now=NOW) == 0
    assert not is_public(lead)


def test_what_staff_found_harmless_is_not_hidden_again_for_a_month(lead: Lead) -> None:
    staff = make_staff("moderator")
    reject_reports(reports=[send(lead).pk], by=staff, now=NOW)

    again = send(lead)
    assert (is_public(lead), again.hid_at, again.state) == (True, None, "open")

    reject_reports(reports=[again.pk], by=staff, now=NOW - TRUSTED)
    Report.objects.update(closed_at=NOW - TRUSTED)
    send(lead)
    assert not is_public(lead)


@pytest.mark.parametrize("as_member", [False, True])
def test_whoever_reports_without_end_hides_five_a_day_and_still_comes_on_top(as_member: bool) -> None:
    """From one address, and as one member from wherever."""
    member, client = MemberFactory(), Client()
    if as_member:
        client.force_login(member)
    hidden = []
    for number in range(7):
        if as_member:
            client.defaults["REMOTE_ADDR"] = f"192.0.2.{number}"
        hidden.append(send(LeadFactory(), client).hid_at is not None)

    assert hidden == [True] * 5 + [False] * 2
    assert Report.objects.filter(reason="child", state="open").count() == 7
    cache.clear()  # the next day
    assert send(LeadFactory(), client).hid_at is not None


def test_reports_for_other_reasons_use_none_of_that_up() -> None:
    for _number in range(6):
        send(LeadFactory(), reason="spam")

    assert send(LeadFactory()).hid_at is not None


def test_a_second_press_hides_and_tells_once(lead: Lead) -> None:
    submission = str(uuid4())

    send(lead, submission=submission)
    client = Client()
    client.force_login(MemberFactory(company=lead.company))
    send(lead, client, submission=submission)

    assert (Report.objects.count(), len(set(mails("hidden_for_now")))) == (1, len(mails("hidden_for_now")))


def test_staff_without_the_right_show_nothing_again(lead: Lead) -> None:
    report = send(lead)

    reject(report, at_work(make_staff("communications")))

    assert not is_public(lead)
    report.refresh_from_db()
    assert report.state == "open"
