"""An incident: whom it concerns by the data map, one mail for each of them with proof, and the end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from mailings.models import Delivery
from moderation.models import Ticket
from privacy import datamap, outlets, periodic
from privacy.exporting.rows import parts
from privacy.models import Breach, BreachNotice
from privacy.selectors.breaches import affected_people, untold_people, written_at
from privacy.selectors.people import person_of
from privacy.services import breaches as services
from tests.factories import NOW, InvitationFactory, MemberFactory, MessageFactory
from tests.privacy.breaches import breach, fresh, mailed, tell_all, writer
from tests.privacy.canaries import Someone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
UNFINDABLE = {"privacy.Suppression digest"}  # digests: that is what they are for


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def concerned(one: Breach) -> tuple[set[Any], set[str]]:
    found = affected_people(one)
    addresses = set() if found.addresses is None else {row["mailbox_found"] for row in found.addresses}
    return set(found.members), addresses


# --- whom it concerns -----------------------------------------------------------------------------------------------


@pytest.mark.promise("breach-told")
def test_every_way_of_being_in_a_row_leads_back_to_its_person_and_to_no_other() -> None:
    """Over the whole map: a new way that leads nowhere fails here by name."""
    someone, other = Someone("a"), Someone("b")
    other.plant(), someone.plant()
    person, ways = person_of(someone.member), 0
    for part in (one for one in parts() if not one.whole):  # what goes along leads back with its whole
        rows = part.table.rows_about(part.about, person)
        members = {number for back in part.about.members for row in back(rows) for number in row.values()}
        addresses = {address for back in part.about.mailboxes for row in back(rows) for address in row.values()}
        name = f"{part.table.label} {part.about.key}"
        found = members | {someone.member.pk} if someone.member.email in addresses else members

        assert (name, rows.exists(), found) == (name, True, set() if name in UNFINDABLE else {someone.member.pk})
        ways += 1

    assert ways > 50


def test_those_in_the_rows_are_found_and_nobody_else() -> None:
    """By member, by confirmed mailbox, and without an account by the address alone."""
    wrote, _silent = writer(), writer()
    MessageFactory(author=None)  # somebody who has left
    invited = MemberFactory()
    InvitationFactory(email=invited.email.upper(), invited_by=wrote)
    InvitationFactory(email="Kofi@Example.org", invited_by=wrote)
    Ticket.objects.create(kind="support", name="x", email="kofi@example.org", text="x", opened_at=NOW)

    assert concerned(breach("accounts.Invitation")) == ({wrote, invited}, {"kofi@example.org"})
    assert concerned(breach("accounts.Invitation", "moderation.Ticket"))[1] == {"kofi@example.org"}
    assert affected_people(breach("accounts.Invitation", "moderation.Ticket")).count() == 3
    assert concerned(breach("offerboard.Message"))[0] == {wrote, _silent}
    assert concerned(Breach(tables=[])) == (set(), set())


def test_the_window_counts_by_when_a_row_was_written() -> None:
    before, within, after = (writer(sent_at=NOW - timedelta(days=days)) for days in (9, 5, 1))
    window = {"rows_from": NOW - timedelta(days=7), "rows_until": NOW - timedelta(days=3)}

    assert concerned(breach("offerboard.Message", **window))[0] == {within}
    assert concerned(breach("offerboard.Message", rows_until=window["rows_until"]))[0] == {before, within}
    assert concerned(breach("offerboard.Message", rows_from=window["rows_from"]))[0] == {within, after}


def test_rows_whose_time_is_not_known_count_always() -> None:
    """A time to come, such as when a link runs out, does not say when a row was written."""
    times = {table.label: written_at(table) for table in datamap.tables_about_people()}
    member = MemberFactory()

    assert (times["offerboard.Message"], times["sessions.Session"], times["privacy.Receipt"]) == ("sent_at", "", "")
    assert concerned(breach("account.EmailAddress", rows_until=NOW - timedelta(days=999)))[0] == {member}


def test_who_was_erased_is_not_found() -> None:
    member = writer()
    EmailAddress.objects.filter(user=member).delete()  # a row that is a number and nothing more

    assert concerned(breach()) == (set(), set())


def test_many_people_are_found_in_two_statements() -> None:
    for _number in range(5):
        writer()
    labels = [table.label for table in datamap.tables_about_people()]

    with CaptureQueriesContext(connection) as asked:
        count = affected_people(breach(*labels)).count()

    assert (count >= 5, len([one for one in asked if one["sql"].startswith("SELECT")])) == (True, 2)


# --- telling the people ---------------------------------------------------------------------------------------------


@pytest.mark.promise("breach-told")
def test_everybody_concerned_gets_one_mail_that_says_what_the_law_wants(settings: Any) -> None:
    settings.SITE_URL = "https://market.example"
    settings.OPERATOR = {**settings.OPERATOR, "privacy_email": "privacy@market.example"}
    people = [writer() for _number in range(3)]
    MemberFactory()
    Member.objects.filter(pk=people[0].pk).update(state="suspended")
    one = breach("offerboard.Message", "accounts.Invitation")
    InvitationFactory(email="kofi@example.org", invited_by=None)

    services.tell_people(breach=one, now=NOW)
    assert mailed() == []  # the mails are written by the sweep
    for _time in range(2):
        periodic.tell_of_breaches()

    assert mailed() == sorted([*(person.email for person in people), "kofi@example.org"])
    assert BreachNotice.objects.count() == 4
    mail = Delivery.objects.get(to=people[1].email)
    for part in (mail.text, mail.html):
        for words in (one.happened, one.consequences, one.measures, one.advice, "Messages that you wrote"):
            assert str(words) in part
        assert "privacy@market.example" in part
    assert (fresh(one).people_told_at, one.people_done_at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"risk": "unknown"}, ["risk"]),
        ({"measures": "", "advice": ""}, ["measures", "advice"]),
        ({"tables": []}, ["tables"]),
        ({"closed_at": NOW}, ["closed_at"]),
    ],
)
def test_nobody_is_told_before_what_they_are_owed_is_written(changes: dict[str, Any], missing: list[str]) -> None:
    writer()
    one = breach(**changes)

    with pytest.raises(services.NotReady) as refusal:
        services.tell_people(breach=one, now=NOW)

    assert (refusal.value.missing, fresh(one).people_told_at, tell_all(), mailed()) == (missing, None, 0, [])


def test_a_worker_killed_in_a_batch_leaves_it_undone_and_the_next_tells_nobody_twice(monkeypatch: Any) -> None:
    monkeypatch.setattr(services, "BATCH", 4)
    people = [writer() for _number in range(10)]
    services.tell_people(breach=breach(), now=NOW)
    real, calls = outlets.outlet(), []

    def dies(**values: Any) -> Any:
        calls.append(values["to"])
        if len(calls) == 7:
            raise KeyboardInterrupt
        return real.queue(**values)

    dying = outlets.Outlet(queue=dies, unsent=real.unsent, sent=real.sent, forget=real.forget)
    monkeypatch.setattr(outlets, "_outlets", [dying])
    with pytest.raises(KeyboardInterrupt):
        tell_all()
    assert (len(mailed()), BreachNotice.objects.count()) == (4, 4)
    monkeypatch.setattr(outlets, "_outlets", [real])
    tell_all()

    assert mailed() == sorted(person.email for person in people)
    notices = set(BreachNotice.objects.values_list("delivery", flat=True))
    assert notices == set(Delivery.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_nobody_twice(monkeypatch: Any) -> None:
    monkeypatch.setattr(services, "BATCH", 3)
    people = [writer() for _number in range(9)]
    services.tell_people(breach=breach(), now=NOW)
    together = Barrier(2)

    def work(_number: int) -> None:
        together.wait()
        try:
            tell_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    tell_all()

    assert mailed() == sorted(person.email for person in people)


@pytest.mark.promise("breach-told")
def test_the_database_refuses_a_second_notice_to_the_same_person() -> None:
    one, member = breach(), MemberFactory()
    for values in ({"member": member}, {"email": "kofi@example.org"}):
        BreachNotice.objects.create(breach=one, delivery=uuid4(), queued_at=NOW, **values)
        with pytest.raises(IntegrityError), transaction.atomic():
            BreachNotice.objects.create(breach=one, delivery=uuid4(), queued_at=NOW, **values)

    assert BreachNotice.objects.count() == 2


def test_when_more_data_turns_out_to_be_concerned_only_those_who_are_new_are_told() -> None:
    first = writer()
    one = breach()
    services.tell_people(breach=one, now=NOW)
    tell_all()
    InvitationFactory(email="kofi@example.org", invited_by=first)
    Breach.objects.update(tables=["offerboard.Message", "accounts.Invitation"])
    assert tell_all() == 0  # until somebody presses the button again

    services.tell_people(breach=fresh(one), now=NOW + timedelta(days=1))
    assert untold_people(one).count() == 1
    tell_all()

    assert mailed() == [first.email, "kofi@example.org"]
    assert fresh(one).people_told_at == NOW


def test_when_a_mail_has_left_is_kept_as_proof_before_the_outbox_forgets_it() -> None:
    writer(), writer()
    services.tell_people(breach=breach(), now=NOW)
    tell_all()
    sent, waiting = BreachNotice.objects.order_by("pk")
    Delivery.objects.filter(pk=sent.delivery).update(state="sent", ended_at=NOW + timedelta(minutes=2))
    Delivery.objects.filter(pk=waiting.delivery).update(state="bounced", ended_at=NOW)

    services.note_sent(now=NOW)
    Delivery.objects.all().delete()
    services.note_sent(now=NOW)

    assert list(BreachNotice.objects.order_by("pk").values_list("sent_at", flat=True)) == [
        NOW + timedelta(minutes=2),
        None,
    ]


def test_mails_are_asked_about_for_as_long_as_the_outbox_remembers_them() -> None:
    """Privacy cannot read it there: mailings is above it."""
    kept = [column.keep for column in datamap.tables()[Delivery].columns if column.keep.has_time]

    assert {(keep.after, keep.days) for keep in kept} == {("ended_at", services.REMEMBERED.days)}


def test_noting_when_many_mails_left_takes_no_more_statements_than_for_one() -> None:
    counts = []
    for people in (1, 5):
        for _person in range(people):
            writer()
        services.tell_people(breach=breach(), now=NOW)
        tell_all()
        Delivery.objects.update(state="sent", ended_at=NOW)
        with CaptureQueriesContext(connection) as asked:
            services.note_sent(now=NOW)
        counts.append(len(asked))

    assert (counts[0], BreachNotice.objects.filter(sent_at=None).count()) == (counts[1], 0)


# --- closing --------------------------------------------------------------------------------------------------------


def test_a_breach_is_closed_once_its_risk_is_judged_and_everybody_was_told() -> None:
    writer()
    one = breach(risk="unknown")
    with pytest.raises(services.NotJudged):
        services.close_breach(breach=one, now=NOW)
    Breach.objects.update(risk="high")
    services.tell_people(breach=one, now=NOW)
    with pytest.raises(services.StillTelling):
        services.close_breach(breach=one, now=NOW)
    assert fresh(one).closed_at is None

    tell_all()
    services.close_breach(breach=one, now=NOW)

    assert fresh(one).closed_at == NOW
    with pytest.raises(services.AlreadyClosed):
        services.close_breach(breach=one, now=NOW + timedelta(days=1))
    assert fresh(one).closed_at == NOW


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("breach_closed_is_judged", {"risk": "unknown", "closed_at": NOW}),
        ("breach_closed_is_done", {"people_told_at": NOW, "closed_at": NOW}),
        ("breach_done_is_told", {"people_done_at": NOW}),
    ],
)
def test_the_database_refuses_an_end_without_what_comes_before_it(constraint: str, values: dict[str, Any]) -> None:
    one = breach()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Breach.objects.update(**values)

    assert (fresh(one).closed_at, one.people_done_at, one.risk) == (None, None, "high")
