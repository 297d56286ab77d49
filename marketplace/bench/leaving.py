"""Budgets 16 and 17: how long it takes to erase somebody, and how long the nightly sweep could keep anybody waiting."""

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from marketplace.bench.findings import Finding
from marketplace.bench.place import Market
from offerboard.models import Favourite, Inquiry, Lead, Message
from offerboard.models.lead import NextRank
from privacy.erasing.running import LEASE, erase
from privacy.models import Erasure, SubjectRequest
from privacy.selectors.holds import Holds
from privacy.sweeping.overdue import sweep_table, timed_tables

ROWS = 10_000
SECONDS = 10
SWEPT = 1_000_000
MOST_WAITING = 0.1  # seconds


def measure_erasure(_market: Market) -> Iterator[Finding]:
    """Somebody with thousands of leads, messages and stars, made for this and erased for good."""
    member = _somebody(leads=ROWS // 2, messages=ROWS * 3 // 10, stars=ROWS // 5)
    now = timezone.now()
    request = SubjectRequest.objects.create(
        kind="erasure", member=member, identity_proof="bench", state="cooling_off", received_at=now, due_at=now
    )
    job = Erasure.objects.create(request=request, member_number=member.pk, lease_until=now + LEASE, writes_letter=False)
    started = time.perf_counter()
    erase(job, is_in_ledger=True)  # so that nothing is written there
    seconds = time.perf_counter() - started
    yield Finding(
        number=16,
        what=f"erasure of a member with {ROWS:,} rows, seconds",
        value=seconds,
        at_most=SECONDS,
        measured=f"{seconds:.1f} s: {sum(job.erased.values()):,} rows by the map, and {ROWS // 2:,} leads",
    )


def measure_sweep(market: Market) -> Iterator[Finding]:
    """So many mails whose 90 days are over; each batch is a transaction, and nobody waits for longer than one."""
    rows = min(SWEPT, market.leads)
    _owe_long_ago(rows)
    now = timezone.now()
    table, keep = next((table, keep) for table, keep in timed_tables() if table.model is Delivery)
    batches, last = [], time.perf_counter()
    for _batch in sweep_table(table, keep, holds=Holds(at=now), note=_note_nothing, at=now):
        this = time.perf_counter()
        batches.append(this - last)
        last = this
    yield Finding(
        number=17,
        what="longest batch of the sweep, seconds",
        value=max(batches),
        at_most=MOST_WAITING,
        measured=f"{len(batches):,} batches for {rows:,} rows, {sum(batches):.0f} s in all",
    )


def _note_nothing(*, table: str, rows: int, files: Sequence[str]) -> None:
    """The rows were made for this."""


def _somebody(*, leads: int, messages: int, stars: int) -> Member:
    number, now = uuid4().hex, timezone.now()
    member = Member.objects.create_user(email=f"{number}@bench.example", full_name="Somebody Who Leaves")
    company = Company.objects.create(
        slug=f"bench-{number}", legal_name="Bench", country="VN", city="x", address="x", created_at=now, updated_at=now
    )
    TeamMember.objects.create(company=company, member=member, role=TeamMember.Role.OWNER, joined_at=now)
    copies = list(Lead.objects.filter(state=Lead.State.PUBLISHED).order_by("pk")[:leads])
    for place, lead in enumerate(copies):
        lead.pk, lead.slug, lead.submission = None, f"bench-{number[:12]}-{place}", uuid4()
        lead.company, lead.posted_by, lead.rank = company, member, NextRank()
    Lead.objects.bulk_create(copies, batch_size=500)
    other = Company.objects.exclude(pk=company.pk).order_by("pk")[0]
    thread = Inquiry.objects.create(
        sender=company, recipient=other, subject="x", started_at=now, last_message_at=now, is_general=True
    )
    Message.objects.bulk_create(
        Message(inquiry=thread, company=company, author=member, submission=uuid4(), text="x" * 400, sent_at=now)
        for _number in range(messages)
    )
    watched = Lead.objects.exclude(company=company).order_by("pk").values_list("pk", flat=True)[:stars]
    Favourite.objects.bulk_create(Favourite(member=member, lead_id=key, created_at=now) for key in watched)
    return member


def _owe_long_ago(rows: int) -> None:
    over = timezone.now() - timedelta(days=100)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(
            "INSERT INTO mailings_delivery "
            '(id, kind, template, language, "to", subject, text, html, state, attempts, queued_at, not_before, '
            "ended_at, error) "
            "SELECT gen_random_uuid(), 'transactional', 'bench', 'en', 'bench' || n || '@bench.example', 'x', "
            "repeat('x', 500), '', 'sent', 1, %s, %s, %s, '' FROM generate_series(1, %s) AS n",
            [over, over, over, rows],
        )
        cursor.execute("RESET statement_timeout")
