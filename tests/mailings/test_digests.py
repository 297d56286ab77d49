"""A mail that gathers tells no more than its reader may know by then, once, whoever writes it and whoever dies."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import Member
from accounts.notices import SECURITY
from accounts.services.suspension import suspend_member
from directory import services as companies
from directory.models import TeamMember
from mailings.models import Delivery, MailPreference, WaitingNotice
from mailings.services.notifying import notify
from moderation.models import Decision
from moderation.notices import DECISION
from moderation.services import decide
from offerboard.models import Inquiry
from offerboard.notices import APPROVED, REJECTED, REPLY
from offerboard.services import inquiries, lead_states
from privacy.models import Suppression
from privacy.services.suppression import suppress
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.mailings.noticing import EIGHT, HOUR, MINUTE, digest, thread_with, told, waiting, wants, work, write
from tests.privacy.leaving import leave

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- what is left out ---------------------------------------------------------------------------------------------


def _leave_team(thread: Inquiry) -> None:
    TeamMember.objects.filter(company=thread.recipient).delete()


def _block(thread: Inquiry) -> None:
    inquiries.block_company(company=thread.recipient, blocked=thread.sender, now=NOW)


def _suspend(thread: Inquiry) -> None:
    companies.suspend_company(company=thread.sender, now=NOW)


def _read(thread: Inquiry) -> None:
    member = Member.objects.get(teams__company=thread.recipient)
    inquiries.mark_read(inquiry=thread, member=member, until=NOW)


def _delete(thread: Inquiry) -> None:
    thread.delete()


@pytest.mark.parametrize("change", [_leave_team, _block, _suspend, _read, _delete])
def test_what_a_member_may_not_see_or_has_seen_is_left_out(member: Member, change: Any) -> None:
    thread = thread_with(member, title="Robusta")
    write(thread)
    change(thread)

    assert (work(EIGHT), told(member), waiting()) == (0, [], [])


def test_the_others_are_told_all_the_same(member: Member) -> None:
    gone, there = thread_with(member, title="Robusta"), thread_with(member, title="Arabica")
    write(gone)
    write(there)
    _block(gone)

    work(EIGHT)

    assert told(member) == [("digest", "1 new message")]
    assert ["Arabica" in digest().text, "Robusta" in digest().text + digest().html] == [True, False]


def test_what_somebody_has_read_half_is_told_by_its_other_half(member: Member) -> None:
    thread = thread_with(member)
    write(thread, "One.", "Two.", "Three.")
    inquiries.mark_read(inquiry=thread, member=member, until=NOW + timedelta(seconds=1))

    work(EIGHT)

    assert told(member) == [("digest", "1 new message")]


def test_a_thread_of_strangers_is_told_to_nobody(member: Member) -> None:
    """As after a mistake of ours: a number alone opens nothing."""
    other = MemberFactory(company=CompanyFactory())
    thread = thread_with(other)
    write(thread)
    [message] = thread.messages.all()

    notify(kind=REPLY, readers=[member], keys=[str(message.pk)], context={}, now=NOW)

    assert (work(EIGHT), told(member)) == (0, [])


@pytest.mark.parametrize("gone", [lead_states.pause_lead, lead_states.close_lead])
def test_a_lead_that_is_off_the_board_again_is_left_out(member: Member, gone: Any) -> None:
    [team] = member.teams.all()
    lead, other = (LeadFactory(company=team.company, state="rejected", title=title) for title in ("First", "Second"))
    for one in (lead, other):
        lead_states.approve_lead(lead=one, now=NOW)
    gone(lead=lead, now=NOW + HOUR)

    work(EIGHT)

    assert told(member) == [("digest", "1 approved lead")]
    assert ["First" in digest().text, "Second" in digest().text] == [False, True]


def test_a_rejection_that_was_taken_back_is_not_told_late(member: Member) -> None:
    [team] = member.teams.all()
    leads = [LeadFactory(company=team.company, title=f"Lead {number}.") for number in range(7)]
    for lead in leads:
        lead_states.reject_lead(lead=lead, reason="Forbidden goods.", now=NOW)
    assert WaitingNotice.objects.filter(kind="rejected").count() == 2
    lead_states.approve_lead(lead=leads[5], now=NOW + MINUTE)

    work(NOW + HOUR)

    assert told(member)[-1] == ("digest", "1 rejected lead")
    assert ["Lead 5." in digest().text, "Lead 6." in digest().text] == [False, True]


def test_decisions_are_gathered_with_their_reasons_and_a_link_where_there_is_something_to_see() -> None:
    owner, staff = MemberFactory(company=CompanyFactory()), MemberFactory(is_staff=True)
    [team] = owner.teams.all()
    for number in range(7):
        lead = LeadFactory(company=team.company, title=f"Lead {number}.")
        decide(kind="lead", key=lead.slug, action="suspend", reason=f"Reason {number}.", by=staff, now=NOW)
    lead.delete()

    assert [template for template, _subject in told(owner)] == ["decision"] * 5
    work(NOW + HOUR)

    text = digest().text
    assert digest().subject == "2 decisions of our staff"
    assert "- Suspended: Lead 5.\n> Reason 5.\n  http://localhost:8000/leads/" in text
    assert "- Suspended: Lead 6.\n> Reason 6.\n\nIf you think" in text
    assert Decision.objects.count() == 7


# --- who is suspended or leaves -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [Member.State.SUSPENDED, Member.State.CLOSING])
def test_who_is_suspended_or_leaves_hears_only_of_what_they_have_a_right_to(state: str) -> None:
    member = MemberFactory(company=CompanyFactory(), state=state)
    context = {"subject_title": "Robusta", "action": "suspend", "reason": "Forbidden goods.", "title": "Robusta"}

    for kind in (REPLY, APPROVED, REJECTED, DECISION):
        notify(kind=kind, readers=[member], keys=["1"], context=context, now=NOW)

    assert sorted(template for template, _subject in told(member)) == ["decision", "lead_rejected"]
    assert waiting() == []


@pytest.mark.parametrize("state", [Member.State.SUSPENDED, Member.State.CLOSING])
def test_what_waited_for_somebody_who_is_suspended_or_leaves_is_forgotten(member: Member, state: str) -> None:
    write(thread_with(member))
    Member.objects.filter(pk=member.pk).update(state=state)

    assert (work(EIGHT), told(member), waiting()) == (0, [], [])


def test_but_what_they_have_a_right_to_is_told(member: Member) -> None:
    staff = MemberFactory(is_staff=True)
    [team] = member.teams.all()
    for number in range(6):
        lead = LeadFactory(company=team.company, title=f"Lead {number}.")
        decide(kind="lead", key=lead.slug, action="suspend", reason=f"Reason {number}.", by=staff, now=NOW)
    write(thread_with(member))
    suspend_member(member_id=member.pk, now=NOW)

    work(EIGHT)

    assert told(member)[-1] == ("digest", "1 decision of our staff")
    assert "Reason 5." in digest().text


@pytest.mark.parametrize("reason", ["complained", "bounced"])
def test_what_is_owed_goes_also_where_nothing_else_is_sent_to(member: Member, reason: str) -> None:
    """DSA art. 17: one newsletter that was called spam takes nobody's statement of reasons away."""
    [team] = member.teams.all()
    leads = [LeadFactory(company=team.company, title=f"Lead {number}.") for number in range(7)]
    suppress(kind=Suppression.Kind.EMAIL, value=member.email, reason=Suppression.Reason(reason), now=NOW)
    said = {"subject": "Your password was changed", "happened": "x", "timestamp": NOW}

    notify(kind=SECURITY, readers=[member], keys=[], context=said, now=NOW)
    write(thread_with(member, title="Robusta"))
    for lead in leads:
        lead_states.reject_lead(lead=lead, reason=f"Reason of {lead.title}", now=NOW)
    assert sorted(template for template, _subject in told(member)) == ["account_notice", *["lead_rejected"] * 5]
    work(EIGHT)

    assert told(member)[-1] == ("digest", "2 rejected leads")
    assert ["Reason of Lead 6." in digest().text, "Robusta" in digest().text] == [True, False]
    assert set(Delivery.objects.filter(to=member.email).values_list("asked_for", flat=True)) == {True}
    assert waiting() == []


def test_what_is_owed_is_a_mail_of_its_own(member: Member) -> None:
    [team] = member.teams.all()
    for number in range(6):
        lead = LeadFactory(company=team.company, title=f"Lead {number}.")
        lead_states.reject_lead(lead=lead, reason="Forbidden goods.", now=NOW)
    write(thread_with(member))

    assert work(EIGHT) == 2

    mails = Delivery.objects.filter(template="digest").order_by("subject")
    assert list(mails.values_list("subject", "asked_for")) == [("1 new message", False), ("1 rejected lead", True)]


@pytest.mark.django_db(transaction=True)
def test_who_has_left_leaves_no_preference_and_nothing_that_waits(policies: None) -> None:
    member, other = (MemberFactory(company=CompanyFactory()) for _each in range(2))
    for one in (member, other):
        wants(one, REPLY, "weekly")
        write(thread_with(one))

    leave(member)

    assert list(MailPreference.objects.values_list("member", flat=True)) == [other.pk]
    assert list(WaitingNotice.objects.values_list("member", flat=True)) == [other.pk]
