"""What waits to be told is told once, whoever writes it, whoever dies, and whatever happens meanwhile."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest
import time_machine
from django.db import OperationalError, connection, connections, transaction

from accounts.models import Member
from directory.models import Company
from mailings import periodic
from mailings.models import Delivery, WaitingNotice
from mailings.services.notifying import notify
from offerboard.models import Lead
from offerboard.notices import APPROVED, REPLY
from offerboard.services import lead_states
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.mailings.noticing import EIGHT, HOUR, thread_with, told, waiting, wants, work, write
from tests.waiting import WAITING_FOR_US, wait_for, whoever_comes_is_gone_after

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_looking_again_and_again_writes_one_mail(member: Member) -> None:
    write(thread_with(member))

    with time_machine.travel(EIGHT, tick=False):
        for _time in range(3):
            periodic.sweep_digests()

    assert told(member) == [("digest", "1 new message")]


@pytest.mark.django_db(transaction=True)
def test_of_four_workers_at_once_one_writes() -> None:
    members = [MemberFactory(company=CompanyFactory()) for _number in range(6)]
    for member in members:
        wants(member, REPLY, "daily")
        write(thread_with(member), "One.", "Two.")

    def sweep(_number: int) -> None:
        try:
            work(EIGHT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))
    work(EIGHT + HOUR)

    assert [told(member) for member in members] == [[("digest", "2 new messages")]] * 6
    assert WaitingNotice.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_before_the_commit_leaves_all_to_the_next() -> None:
    """It is killed when its rows are gone and the mail is about to be written."""
    member = MemberFactory(company=CompanyFactory())
    wants(member, REPLY, "daily")
    write(thread_with(member))

    def sweep() -> None:
        try:
            work(EIGHT)
        finally:
            connections.close_all()

    with whoever_comes_is_gone_after(), ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE mailings_delivery IN SHARE MODE")
            worker = pool.submit(sweep)
            wait_for(worker)
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT pg_terminate_backend(pid) {WAITING_FOR_US}")
        with pytest.raises(OperationalError, match="connection"):
            worker.result()
    assert (Delivery.objects.count(), WaitingNotice.objects.count()) == (0, 1)

    work(EIGHT)

    assert told(member) == [("digest", "1 new message")]
    assert WaitingNotice.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_comes_in_while_the_mail_is_written_is_told_by_the_next() -> None:
    member = MemberFactory(company=CompanyFactory())
    wants(member, REPLY, "daily")
    thread = thread_with(member)
    write(thread, "One.")

    def sweep() -> None:
        try:
            work(EIGHT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE mailings_delivery IN SHARE MODE")
            worker = pool.submit(sweep)
            wait_for(worker)  # it has read what waits, and is about to write the mail
            WaitingNotice.objects.create(member=member, kind="reply", key="99", happened_at=NOW, due_at=EIGHT)
        worker.result()

    assert [row.key for row in WaitingNotice.objects.all()] == ["99"]
    assert told(member) == [("digest", "1 new message")]


@pytest.mark.django_db(transaction=True)
def test_the_same_thing_that_happens_again_while_the_mail_is_written_is_told_by_the_next() -> None:
    member = MemberFactory(company=CompanyFactory())
    wants(member, APPROVED, "daily")
    [team] = member.teams.all()
    lead = LeadFactory(company=team.company, state="rejected")
    lead_states.approve_lead(lead=lead, now=NOW)

    def in_a_thread(act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            connections.close_all()

    def again() -> None:
        notify(kind=APPROVED, readers=[member], keys=[str(lead.pk)], context={}, now=EIGHT)

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE mailings_delivery IN SHARE MODE")
            worker = pool.submit(in_a_thread, lambda: work(EIGHT))
            wait_for(worker)  # it has looked at the lead, and is about to write the mail
            other = pool.submit(in_a_thread, again)
            wait([other], timeout=1)
        worker.result()
        other.result()

    assert told(member) == [("digest", "1 approved lead")]
    assert [(row.kind, row.key) for row in WaitingNotice.objects.all()] == [("approved", str(lead.pk))]


@pytest.mark.django_db(transaction=True)
def test_what_happens_again_and_is_not_committed_yet_is_told_when_it_is() -> None:
    member = MemberFactory(company=CompanyFactory())
    wants(member, APPROVED, "daily")
    [team] = member.teams.all()
    lead = LeadFactory(company=team.company, state="rejected")
    lead_states.approve_lead(lead=lead, now=NOW)
    Lead.objects.filter(pk=lead.pk).update(hidden=True)

    def sweep() -> None:
        try:
            work(EIGHT)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Lead.objects.filter(pk=lead.pk).update(hidden=False)
        notify(kind=APPROVED, readers=[member], keys=[str(lead.pk)], context={}, now=NOW + HOUR)
        pool.submit(sweep).result()  # it sees a lead that is hidden
    assert told(member) == []
    work(EIGHT)

    assert told(member) == [("digest", "1 approved lead")]
    assert WaitingNotice.objects.count() == 0


def test_the_same_thing_waits_once(member: Member) -> None:
    for _time in range(2):
        notify(kind=APPROVED, readers=[member], keys=["7"], context={}, now=NOW)

    assert waiting() == [("approved", EIGHT)]


def test_a_kind_that_this_release_does_not_know_waits_for_one_that_does(member: Member) -> None:
    WaitingNotice.objects.create(member=member, kind="later", key="1", happened_at=NOW, due_at=NOW)

    assert (work(EIGHT), waiting()) == (0, [("later", NOW)])
    assert Company.objects.count() == 1
