"""Workers that are killed at any moment: whoever asked to leave is gone in the end, and nobody else is touched."""

import random
import signal
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Member
from mailings.models import Delivery
from offerboard.models import Lead, Message
from privacy.erasing import running
from privacy.models import Erasure, SubjectRequest, SweepReport
from privacy.sweeping import running as sweeping
from privacy.sweeping.overdue import timed_tables
from tests.factories import InquiryFactory, LeadFactory, MessageFactory
from tests.privacy.canaries import Canary, Someone
from tests.privacy.leaving import ask_and_confirm
from tests.privacy.test_erasure import dump, files, is_kept, is_there
from tests.processes import run_until_killed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]

PEOPLE = 3
LONGEST = 600  # statements that a worker sends before it is killed
# What a worker does, in small batches so that there is much to be killed in.
WORKER = """
from uuid import UUID
from django.utils import timezone
from offerboard import departing
from privacy.erasing import rows, running
from privacy.sweeping import overdue, running as sweeping
rows.BATCH, overdue.BATCH, departing.BATCH = 1, 1, 1
for number in {numbers!r}:
    running.run(UUID(number))
sweeping.sweep(now=timezone.now(), shift=600)
"""


def let_leases_end() -> None:
    """What the minutes after a worker's death do."""
    Erasure.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def work_until_killed(requests: list[SubjectRequest], *, statements: int) -> bool:
    """A worker of its own, killed after so many statements; whether it was still at work."""
    code = WORKER.format(numbers=[str(request.pk) for request in requests])
    ended = run_until_killed(code, statements=statements, ERASURE_LEDGER=str(settings.ERASURE_LEDGER))
    assert ended in {0, -signal.SIGKILL}
    return ended != 0


def is_over(canary: Canary) -> bool:
    """Whether the sweep takes it anyway: what is planted bears the date of one day, which grows older."""
    keeps = {table.model: keep for table, keep in timed_tables()}
    keep = keeps.get(canary.part.table.model)
    over = keep.rows_over(at=timezone.now()) if keep else None
    return over is not None and type(canary.row)._default_manager.filter(over, pk=canary.row.pk).exists()


def is_half_done(request: SubjectRequest) -> bool:
    """Whether the state and the account say different things."""
    request.refresh_from_db()
    number = Erasure.objects.get(pk=request.pk).member_number
    is_closed = Member.objects.get(pk=number or 0).state == "closed"
    return is_closed != (request.state in {"awaiting", "done", "partly_kept"})


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.long)])
def test_kills_leave_nothing_half_done_and_nobody_else_touched(kills: int) -> None:
    dice = random.Random(kills)  # noqa: S311 - moments of death, the same each time
    leavers, bystander = [Someone(f"leaver{number}x") for number in range(PEOPLE)], Someone("bystander")
    planted = [canary for one in leavers for canary in one.plant()]
    others = [one for one in bystander.plant() if not is_over(one)]
    Lead.objects.update(expires_at=timezone.now() + timedelta(days=30))  # or the sweep takes the bystander's files
    for one in leavers:
        LeadFactory.create_batch(2 * kills, company=one.company, posted_by=one.member)
        MessageFactory.create_batch(5 * kills, inquiry=one.inquiry, author=one.member, company=one.company)
    old = timezone.now() - timedelta(days=800)
    thread = InquiryFactory(last_message_at=timezone.now())
    overdue = MessageFactory.create_batch(10 * kills, inquiry=thread, sent_at=old)
    emails = [one.member.email for one in leavers]
    requests = [ask_and_confirm(one.member) for one in leavers]

    killed = 0
    for _number in range(kills):
        killed += work_until_killed(requests, statements=dice.randint(1, LONGEST))
        assert [request.pk for request in requests if is_half_done(request)] == []
        let_leases_end()
    for request in requests:
        running.run(request.pk)
    sweeping.sweep(now=timezone.now(), shift=600)

    assert killed > 0
    assert {SubjectRequest.objects.get(pk=one.pk).state for one in requests} == {"partly_kept"}
    letters = Delivery.objects.filter(template="erasure_done").order_by("to").values_list("to", flat=True)
    assert list(letters) == sorted(emails)  # one each
    Delivery.objects.filter(template="erasure_done").delete()
    assert left_of(planted) == []
    assert [one.column for one in others if one.token and not is_there(one)] == []
    assert not Message.objects.filter(pk__in=[one.pk for one in overdue]).exists()
    assert SweepReport.objects.filter(ended_at=None).count() == 0
    assert Lead.objects.filter(posted_by__in=[one.member.pk for one in leavers]).count() == 0


def left_of(planted: list[Canary]) -> list[Any]:
    """What is still found somewhere although nobody was told that it is kept."""
    everything = dump() + "\n".join(f"{name}\n{text}" for name, text in files())
    return [
        (one.part.name, one.column) for one in planted if one.token and not is_kept(one) and one.token in everything
    ]
