"""What staff decide on their own pages: about leads, companies, members, reports and tickets."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from mailings.models import Delivery
from moderation.models import Decision, Report, Ticket
from offerboard.models import Lead
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.staff import at_work, changelist, make_staff

pytestmark = pytest.mark.django_db
REASON = "Rule 4: counterfeit goods."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def moderator() -> Client:
    """The browser of a moderator who logged in with a second factor."""
    return at_work(make_staff("moderator"))


def answering(**changes: str) -> dict[str, Any]:
    """A filled-in page of a ticket that was open when the page was loaded."""
    none = {"replies-TOTAL_FORMS": 0, "replies-INITIAL_FORMS": 0}
    said = {"initial-state": "open", "state": "open", "answer": "Try again.", "press": str(uuid4())}
    return {**none, **said, **changes}


def test_a_moderator_rejects_leads_from_the_list_after_a_second_look(moderator: Client) -> None:
    """First the page that asks for the reason, then the decision."""
    leads = LeadFactory.create_batch(2, state="pending")
    chosen = {"action": "reject", "_selected_action": [lead.pk for lead in leads]}

    asked = moderator.post(changelist("offerboard_lead"), chosen)
    between = set(Lead.objects.values_list("state", flat=True))
    done = moderator.post(
        changelist("offerboard_lead"), {**chosen, "confirmed": "Reject", "reason": REASON}, follow=True
    )

    assert "Statement of reasons" in asked.content.decode()
    assert between == {"pending"}
    assert set(Lead.objects.values_list("state", "rejection")) == {("rejected", REASON)}
    assert Decision.objects.count() == 2
    assert "2 decisions made and sent." in done.content.decode()


def test_without_a_reason_the_page_asks_again(moderator: Client) -> None:
    """And nothing has happened."""
    lead = LeadFactory()
    chosen = {"action": "suspend", "_selected_action": [lead.pk], "confirmed": "Suspend", "reason": " "}

    page = moderator.post(changelist("offerboard_lead"), chosen).content.decode()

    lead.refresh_from_db()
    assert "This field is required." in page
    assert (lead.holds, Decision.objects.count()) == ([], 0)


@pytest.mark.parametrize(("kind", "name"), [("company", "directory_company"), ("member", "accounts_member")])
def test_company_and_member_are_suspended_and_restored_in_the_same_way(moderator: Client, kind: str, name: str) -> None:
    """The lead vanishes from the board and comes back; member, company and lead work together."""
    company = CompanyFactory()
    member = MemberFactory(company=company)
    LeadFactory(company=company, posted_by=member)
    target = company.pk if kind == "company" else member.pk
    seen = []
    for action in ("suspend", "restore"):
        moderator.post(
            changelist(name), {"action": action, "_selected_action": [target], "confirmed": "x", "reason": REASON}
        )
        seen.append(Lead.objects.public(at=NOW).count())

    assert seen == [0, 1]
    assert list(Decision.objects.order_by("pk").values_list("target_kind", "action")) == [
        (kind, "suspend"),
        (kind, "restore"),
    ]


def test_a_row_that_needs_no_decision_is_named(moderator: Client) -> None:
    """The others are decided all the same."""
    rows = [LeadFactory(title="Already hidden", holds=["moderation"]), LeadFactory(title="On the board")]
    chosen = {"action": "suspend", "_selected_action": [row.pk for row in rows], "confirmed": "x", "reason": REASON}

    page = moderator.post(changelist("offerboard_lead"), chosen, follow=True).content.decode()

    assert "Already hidden: nothing to do in its present state." in page
    assert "1 decision made and sent." in page


def test_the_things_own_page_shows_its_history_and_the_buttons(moderator: Client) -> None:
    """Reports and decisions stand below the lead."""
    lead = LeadFactory()
    Report.objects.create(
        target_kind="lead", target_id=lead.slug, target_title="x", reason="fraud", text="They vanished.", filed_at=NOW
    )

    page = moderator.get(reverse("admin:offerboard_lead_change", args=[lead.pk])).content.decode()

    assert "They vanished." in page
    for label in ("Approve …", "Reject …", "Suspend …", "Restore …"):
        assert label in page


@pytest.mark.parametrize("group", ["communications", "privacy officer"])
def test_other_groups_cannot_decide(group: str) -> None:
    """Not even with a forged form."""
    member = MemberFactory()
    client = at_work(make_staff(group))
    chosen = {"action": "suspend", "_selected_action": [member.pk], "confirmed": "x", "reason": REASON}

    client.post(changelist("accounts_member"), chosen)

    member.refresh_from_db()
    assert (member.state, Decision.objects.count()) == ("active", 0)


def test_a_report_is_closed_from_its_page(moderator: Client) -> None:
    """By whom is remembered."""
    report = Report.objects.create(target_kind="lead", target_id="x", target_title="x", reason="spam", filed_at=NOW)

    page = moderator.get(reverse("admin:moderation_report_change", args=[report.pk])).content.decode()
    moderator.post(changelist("moderation_report"), {"action": "close_selected", "_selected_action": [report.pk]})

    report.refresh_from_db()
    assert 'value="close_selected"' in page
    assert (report.state, report.closed_by) == ("closed", Member.objects.get(full_name="Mona Moderator"))


def test_a_ticket_is_answered_on_its_page(moderator: Client) -> None:
    """Saving sends the answer."""
    ticket = Ticket.objects.create(kind="support", name="Vera", email="vera@example.com", text="Help", opened_at=NOW)

    moderator.post(reverse("admin:moderation_ticket_change", args=[ticket.pk]), answering())

    ticket.refresh_from_db()
    assert (ticket.state, [reply.text for reply in ticket.replies.all()]) == ("answered", ["Try again."])


@pytest.mark.parametrize(("chosen", "after"), [("open", "answered"), ("closed", "closed")])
def test_two_presses_send_one_answer_and_what_staff_chose_stays(moderator: Client, chosen: str, after: str) -> None:
    """The second press says what the page said, not what has become of the ticket."""
    ticket = Ticket.objects.create(kind="support", name="Vera", email="vera@example.com", text="Help", opened_at=NOW)
    place = reverse("admin:moderation_ticket_change", args=[ticket.pk])
    page = moderator.get(place)
    shown = page.context["adminform"].form
    said = answering(state=chosen, press=str(shown["press"].value()))

    answers = [moderator.post(place, said).status_code for _press in range(2)]

    ticket.refresh_from_db()
    assert 'type="hidden" name="initial-state" value="open"' in page.content.decode()
    assert 'type="hidden" name="press"' in page.content.decode()
    assert (answers, ticket.state, ticket.replies.count()) == ([302, 302], after, 1)
    assert Delivery.objects.filter(template="ticket_answered").count() == 1
