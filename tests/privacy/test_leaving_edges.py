"""Leaving at the edges: clicks that cross, holds, two owners at once, words in others’ mails, restored copies."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import Member
from accounts.services.team import LastOwner, change_role, remove_from_team
from directory.models import Company, TeamMember
from directory.services import Closing, show_company
from mailings import delivery
from mailings.models import Delivery
from moderation.models import Decision
from moderation.provisional import hide_at_once
from moderation.registry import moderatable
from moderation.services import decide, file_report
from offerboard.models import Inquiry, Lead
from offerboard.services import inquiries
from privacy.erasing import replaying, running
from privacy.models import Erasure, LegalHold, Removal, SubjectRequest, Suppression
from privacy.selectors.suppression import is_suppressed
from privacy.services import leaving as services
from privacy.services.removal_decisions import refuse_removal
from privacy.services.suppression import note_mailbox_works, suppress, suppress_for_good
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.privacy.leaving import ask, ask_and_confirm, leave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture
def company() -> Company:
    """With one owner, Linh."""
    company: Company = CompanyFactory(legal_name="Linh Coffee Ltd", website="https://linh-coffee.example")
    MemberFactory(company=company, full_name="Linh Tran", email="linh@example.com")
    return company


@pytest.fixture
def linh(company: Company) -> Member:
    return Member.objects.get(teams__company=company)


def owner_too(company: Company) -> Member:
    """Another owner of the company."""
    return MemberFactory(company=company)


def held(thing: Any) -> LegalHold:
    """A hold on one row."""
    return LegalHold.objects.create(
        table=thing._meta.label,
        key=str(thing.pk),
        reason="Claim 12",
        begun_at=timezone.now(),
        ends_at=timezone.now() + timedelta(days=9),
    )


def state_of(thing: Any) -> str:
    thing.refresh_from_db()
    return str(thing.state)


def test_an_address_that_bounced_and_then_left_is_suppressed_as_a_wish(linh: Member) -> None:
    """A mailbox that works again lifts what mail servers said, and no wish."""
    suppress(kind="email", value=linh.email, reason=Suppression.Reason.BOUNCED, now=NOW)
    leave(linh)
    note_mailbox_works(address="linh@example.com")

    assert [one.reason for one in Suppression.objects.filter(kind="email")] == ["erased"]


@pytest.mark.parametrize(("before", "after"), [("removed", "removed"), ("bounced", "erased"), ("complained", "erased")])
def test_who_is_known_under_an_older_key_and_leaves_is_known_once(
    linh: Member, settings: Any, before: str, after: str
) -> None:
    settings.SUPPRESSION_KEYS = ["1:old"]
    suppress(kind="email", value=linh.email, reason=Suppression.Reason(before), now=NOW)
    settings.SUPPRESSION_KEYS = ["2:new", "1:old"]

    leave(linh)

    assert list(Suppression.objects.values_list("key_id", "reason")) == [("1", after)]
    assert is_suppressed("email", "linh@example.com")


def test_who_was_quicker_to_stay_than_the_worker_to_begin_stays(linh: Member) -> None:
    """The worker has taken the job, and the person presses the button before its first row."""
    request = ask_and_confirm(linh)
    job = running.claim(request.pk, now=timezone.now())
    assert job is not None
    services.stay(member=linh, now=timezone.now())

    with pytest.raises(running.LeaseLost):
        running.erase(job)

    assert (state_of(request), state_of(linh), linh.full_name) == ("cancelled", "active", "Linh Tran")


def test_nobody_can_log_in_to_an_account_that_is_being_erased(linh: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask_and_confirm(linh)
    monkeypatch.setattr(running, "parts_to_erase", lambda: 1 / 0)  # it dies in the middle

    with pytest.raises(ZeroDivisionError):
        running.run(request.pk)

    linh.refresh_from_db()
    assert (linh.is_active, linh.email) == (False, "linh@example.com")


@pytest.mark.parametrize("what", ["lead", "company", "mail"])
def test_a_hold_on_what_cannot_be_erased_later_makes_everything_wait(linh: Member, company: Company, what: str) -> None:
    lead = LeadFactory(company=company, posted_by=linh)
    mail = Delivery.objects.create(
        template="x", language="en", to=linh.email, subject="x", queued_at=NOW, not_before=NOW
    )
    hold = held({"lead": lead, "company": company, "mail": mail}[what])
    request = ask_and_confirm(linh)

    running.run(request.pk)
    assert (state_of(request), Lead.objects.count(), state_of(company)) == ("cooling_off", 1, "hidden")
    hold.lifted_at, hold.lift_reason = timezone.now(), "Settled."
    hold.save()
    Erasure.objects.update(runs_at=timezone.now())
    running.run(request.pk)

    assert (state_of(request), Lead.objects.count(), state_of(company)) == ("partly_kept", 0, "closed")


def test_of_two_owners_who_leave_the_second_is_asked_and_the_last_closes_it(linh: Member, company: Company) -> None:
    other = owner_too(company)
    first = ask(linh)
    assert state_of(company) == "listed"  # it has another owner
    second = ask(other)
    assert state_of(company) == "hidden"
    for request in (first, second):
        services.confirm_leaving(token=services.confirmation_url(request).rstrip("/").rpartition("/")[2], now=NOW)
    Erasure.objects.update(runs_at=timezone.now())

    running.run(first.pk)
    assert (state_of(company), list(company.team.values_list("member", flat=True))) == ("hidden", [other.pk])
    running.run(second.pk)

    assert (state_of(company), company.team.count()) == ("closed", 0)


def test_an_owner_cannot_step_down_while_the_other_one_is_leaving(linh: Member, company: Company) -> None:
    other = owner_too(company)
    ask(linh)

    with pytest.raises(LastOwner):
        change_role(
            company=company,
            actor=other,
            team_member_id=TeamMember.objects.get(member=other).pk,
            role=TeamMember.Role.EDITOR,
        )

    assert TeamMember.objects.get(member=other).role == "owner"


def test_colleagues_who_own_nothing_may_still_go_while_the_only_owner_is_leaving(
    linh: Member, company: Company
) -> None:
    viewer = MemberFactory(company=company, role="viewer")
    ask(linh)

    remove_from_team(company=company, actor=viewer, team_member_id=TeamMember.objects.get(member=viewer).pk)

    assert list(company.team.values_list("member", flat=True)) == [linh.pk]


def test_a_company_is_not_listed_again_while_all_its_owners_are_leaving(linh: Member, company: Company) -> None:
    ask(linh)

    with pytest.raises(Closing):
        show_company(company=company, now=NOW)

    assert state_of(company) == "hidden"


def test_colleagues_hear_that_their_company_closes_before_and_after(linh: Member, company: Company) -> None:
    editor = MemberFactory(company=company, role="editor")

    leave(linh)

    templates = Delivery.objects.filter(to=editor.email).order_by("queued_at").values_list("template", flat=True)
    assert list(templates) == ["company_closing", "company_closed"]


def test_what_somebody_wrote_is_not_kept_in_the_mails_that_others_got(linh: Member, company: Company) -> None:
    buyer = MemberFactory(company=CompanyFactory())
    inquiries.send_inquiry(
        sender=company,
        author=linh,
        recipient=Company.objects.get(team__member=buyer),
        lead=None,
        subject="Canary of Linh",
        text="The canary sings.",
        submission=uuid4(),
        now=timezone.now(),
    )
    assert "The canary sings." in Delivery.objects.get(to=buyer.email).text
    over = {
        "state": "in_flight",
        "unknown_ends": delivery.MOST_UNKNOWN,
        "lease_until": timezone.now() - timedelta(hours=1),
    }
    Delivery.objects.filter(to=buyer.email).update(**over)
    delivery.settle_abandoned(now=timezone.now())  # it has ended, and may have arrived
    row = Delivery.objects.get(to=buyer.email)

    leave(linh)

    row.refresh_from_db()
    assert (row.subject, row.text, row.html) == ("", "", "")
    assert Inquiry.objects.get().subject == "[removed by its author]"  # a general thread's subject is its beginner's


def test_the_log_of_staff_keeps_no_name_of_what_was_theirs(linh: Member, company: Company) -> None:
    staff = MemberFactory()
    kind = ContentType.objects.get_for_model(Company)
    other = CompanyFactory()
    for one in (company, other):
        LogEntry.objects.create(
            user=staff, content_type=kind, object_id=str(one.pk), object_repr=str(one), action_flag=2, action_time=NOW
        )

    leave(linh)

    assert dict(LogEntry.objects.values_list("object_id", "object_repr")) == {
        str(company.pk): "[removed]",
        str(other.pk): str(other),
    }


# --- restored copies


def test_a_company_that_was_removed_is_off_the_market_again_after_a_restore(company: Company) -> None:
    deserted = CompanyFactory(legal_name="Deserted Ltd", phone="+84243825999")
    request = SubjectRequest.objects.create(kind="removal", state="done", received_at=NOW, due_at=NOW, ended_at=NOW)
    values = [("company", "VN Deserted Ltd"), ("website", "linh-coffee.example")]
    suppress_for_good(request=request.pk, values=values, now=NOW)

    replaying.replay(now=timezone.now())

    assert (state_of(deserted), state_of(company)) == ("closed", "hidden")  # staff look at the one with people


def test_another_wish_in_the_copy_does_not_stop_the_replay(linh: Member) -> None:
    identity = {name: getattr(linh, name) for name in ("email", "full_name", "state", "joined_at")}
    leave(linh)
    Member.objects.filter(pk=linh.pk).update(**identity)
    SubjectRequest.objects.all().delete()
    earlier = ask(Member.objects.get(pk=linh.pk))

    assert replaying.replay(now=timezone.now()) == 1

    assert (state_of(earlier), state_of(linh)) == ("cancelled", "closed")


# --- removal and moderation hide the same page


def hidden_by_removal(company: Company) -> Removal:
    request = SubjectRequest.objects.create(kind="removal", state="hidden", received_at=NOW, due_at=NOW)
    removal = Removal.objects.create(request=request, channel="form", target_kind="company", target_key=company.slug)
    decide(kind="company", key=company.slug, action="suspend", reason="Asked for.", by=None, now=NOW)
    Removal.objects.filter(pk=removal.pk).update(hidden_here=True)
    return removal


def test_what_staff_suspend_stays_hidden_when_the_removal_is_refused(company: Company) -> None:
    removal, staff = hidden_by_removal(company), MemberFactory(is_staff=True)

    decide(kind="company", key=company.slug, action="suspend", reason="Fraud.", by=staff, now=NOW)
    refuse_removal(removal=Removal.objects.get(pk=removal.pk), reason="No proof.", by=staff, now=NOW)

    assert state_of(company) == "suspended"
    assert list(Decision.objects.order_by("pk").values_list("reason", flat=True)) == ["Asked for.", "Fraud."]


def test_a_report_about_a_child_keeps_hidden_what_a_removal_had_hidden(company: Company) -> None:
    removal, staff = hidden_by_removal(company), MemberFactory(is_staff=True)
    known = moderatable("company")
    assert known is not None
    subject = known.find(company.slug, staff.pk)
    assert subject is not None

    report = file_report(subject=subject, reporter=None, email="", reason="child", text="", submission=uuid4(), now=NOW)
    refuse_removal(removal=Removal.objects.get(pk=removal.pk), reason="No proof.", by=staff, now=NOW)

    report.refresh_from_db()
    assert (state_of(company), report.hid_at) == ("suspended", NOW)
    assert hide_at_once(report=report, subject=subject, now=NOW) is False  # a second time there is nothing to hide
