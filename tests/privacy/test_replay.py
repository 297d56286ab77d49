"""A restored copy has forgotten who left; the ledger has not."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import Invitation, Member
from directory.models import Company
from mailings.models import Delivery
from offerboard.models import Lead
from privacy.erasing import ledger, replaying, running
from privacy.models import Erasure, SubjectRequest, Suppression
from privacy.selectors.suppression import is_suppressed
from privacy.services.suppression import lift, suppress_for_good
from tests.factories import NOW, CompanyFactory, InvitationFactory, LeadFactory, MemberFactory
from tests.privacy.leaving import ask_and_confirm, leave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


def seller(email: str = "linh@example.com") -> Member:
    """With a company and a lead."""
    member = MemberFactory(email=email, full_name="Linh Tran", company=CompanyFactory())
    LeadFactory(company=Company.objects.get(team__member=member), posted_by=member)
    return member


def restore_yesterdays(member: Member) -> None:
    """What a copy of before the erasure has: the person, the address and a lead, and no word of the erasure."""
    restored = Member.objects.get(pk=member.pk)
    for name in ("email", "full_name", "state", "joined_at", "phone", "country"):
        setattr(restored, name, getattr(member, name))
    restored.save()
    EmailAddress.objects.create(user=restored, email=member.email, primary=True, verified=True)
    company = CompanyFactory()
    company.team.create(member=restored, role="owner", joined_at=timezone.now())
    LeadFactory(company=company, posted_by=restored)
    SubjectRequest.objects.all().delete()
    Suppression.objects.all().delete()
    Delivery.objects.all().delete()


@pytest.mark.promise("deleted-again-after-a-restore")
def test_who_left_is_erased_again_and_hears_nothing_of_it() -> None:
    member = seller()
    leave(member)
    restore_yesterdays(member)
    assert (Member.objects.get(pk=member.pk).email, Lead.objects.count()) == ("linh@example.com", 1)

    call_command("replay_erasures")

    restored = Member.objects.get(pk=member.pk)
    assert (restored.state, restored.email) == ("closed", f"former-{member.pk}@left.invalid")
    assert (Lead.objects.count(), Delivery.objects.count()) == (0, 0)
    assert Suppression.objects.filter(kind="email").count() == 1
    assert replaying.replay(now=timezone.now()) == 0


@pytest.mark.promise("deleted-again-after-a-restore")
def test_a_copy_in_which_the_two_weeks_were_running_is_erased_too() -> None:
    member = seller()
    request = ask_and_confirm(member)
    running.run(request.pk)
    restore_yesterdays(member)
    SubjectRequest.objects.create(
        pk=request.pk,
        kind="erasure",
        member_id=member.pk,
        identity_proof="password",
        state="cooling_off",
        received_at=timezone.now(),
        due_at=timezone.now() + timedelta(days=30),
    )
    Erasure.objects.create(request_id=request.pk, member_number=member.pk, runs_at=timezone.now())

    replaying.replay(now=timezone.now())

    request.refresh_from_db()
    assert (request.state, Lead.objects.count()) == ("partly_kept", 0)


@pytest.mark.promise("deleted-again-after-a-restore")
def test_a_replay_that_was_killed_is_carried_on_by_a_worker_and_the_person_hears_nothing_of_it_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    member = seller()
    request = leave(member)
    restore_yesterdays(member)
    with monkeypatch.context() as killed:
        killed.setattr(running, "parts_to_erase", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            replaying.replay(now=timezone.now())
    assert Member.objects.get(pk=member.pk).email == "linh@example.com"

    Erasure.objects.update(lease_until=None)  # as when it has run out
    running.run(request.pk)

    assert Member.objects.get(pk=member.pk).state == "closed"
    assert (Delivery.objects.count(), len(list(ledger.lines()))) == (0, 1)


def test_somebody_who_got_the_number_of_who_left_is_not_touched() -> None:
    """A copy gives numbers out again that were given out after it was made."""
    member = seller()
    leave(member)
    newcomer = Member.objects.get(pk=member.pk)
    newcomer.state, newcomer.email, newcomer.full_name = "active", "kofi@example.com", "Kofi Mensah"
    newcomer.joined_at = timezone.now() + timedelta(seconds=1)
    newcomer.save()

    assert replaying.replay(now=timezone.now()) == 0
    newcomer.refresh_from_db()
    assert (newcomer.state, newcomer.full_name) == ("active", "Kofi Mensah")


def test_the_ledger_names_nobody(ledger_file: Path) -> None:
    leave(seller())

    text = ledger_file.read_text()
    assert not any(words in text.lower() for words in ("linh", "tran", "example.com"))
    assert json.loads(text.strip())["reason"] == "erased"
    assert ledger_file.stat().st_mode & 0o077 == 0


def test_a_line_that_was_cut_by_a_full_disk_is_passed_over(ledger_file: Path) -> None:
    leave(seller())
    with ledger_file.open("a") as file:
        file.write('{"request": "half')
    leave(seller("kofi@example.com"))

    assert len(list(ledger.lines())) == 2


def test_where_the_ledger_cannot_be_written_nothing_is_erased(ledger_file: Path) -> None:
    member = seller()
    request = ask_and_confirm(member)
    ledger_file.parent.parent.joinpath("ledger").write_text("a file where the folder should be")

    with pytest.raises(OSError, match="ledger"):
        running.run(request.pk)

    member.refresh_from_db()
    request.refresh_from_db()
    assert (request.state, member.email, Lead.objects.count()) == ("running", "linh@example.com", 1)


@pytest.mark.promise("deleted-again-after-a-restore")
def test_a_mailbox_that_was_removed_is_forgotten_again_and_stays_suppressed() -> None:
    request = SubjectRequest.objects.create(
        kind="removal", email="", state="done", received_at=NOW, due_at=NOW, ended_at=NOW
    )
    suppress_for_good(request=request.pk, values=[("email", "Linh@example.com")], now=timezone.now())
    Suppression.objects.all().delete()
    invitation = InvitationFactory(email="linh@example.com")
    other = InvitationFactory(email="kofi@example.com")

    replaying.replay(now=timezone.now())

    assert list(Invitation.objects.all()) == [other]
    assert is_suppressed("email", "linh@example.com")
    assert invitation.pk is not None
    assert replaying.replay(now=timezone.now()) == 0


def test_who_came_back_by_themselves_is_not_suppressed_again(django_capture_on_commit_callbacks: Any) -> None:
    leave(seller())
    assert is_suppressed("email", "linh@example.com")
    with django_capture_on_commit_callbacks(execute=True):
        lift(kind="email", value="linh@example.com", now=timezone.now())

    replaying.replay(now=timezone.now())

    assert not is_suppressed("email", "linh@example.com")


def test_a_line_that_cannot_be_carried_out_keeps_no_other_waiting_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = seller(), seller("kofi@example.com")
    stuck = leave(first)
    leave(second)
    for member in (first, second):
        restore_yesterdays(member)
    real = running.erase

    def fails_once(job: Erasure, **options: bool) -> None:
        if job.pk == stuck.pk:
            raise DatabaseError
        real(job, **options)

    monkeypatch.setattr(replaying, "erase", fails_once)
    with pytest.raises(CommandError, match=str(stuck.pk)):
        call_command("replay_erasures")

    assert dict(Member.objects.filter(pk__in=[first.pk, second.pk]).values_list("pk", "state")) == {
        first.pk: "active",
        second.pk: "closed",
    }
