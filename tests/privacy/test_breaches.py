"""An incident: the clock, whom it concerns by the data map, one mail for each of them with proof, and the end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from mailings.models import Delivery
from moderation.models import Ticket
from privacy import datamap, outlets, periodic
from privacy.exporting.rows import parts
from privacy.models import Breach, BreachNotice
from privacy.selectors.breaches import affected_people, choices_of_tables, untold_people, written_at
from privacy.selectors.people import person_of
from privacy.services import breaches as services
from tests.factories import NOW, InvitationFactory, MemberFactory, MessageFactory
from tests.privacy.canaries import Someone
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LIST, ADD = reverse("admin:privacy_breach_changelist"), reverse("admin:privacy_breach_add")
UNFINDABLE = {"privacy.Suppression digest"}  # digests: that is what they are for


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def breach(*tables: str, **changes: Any) -> Breach:
    """One that is ready to be told."""
    ready = {
        "title": "A lost backup",
        "happened": "A disk was left in a train.",
        "discovered_at": NOW - timedelta(hours=2),
        "risk": "high",
        "tables": list(tables or ["offerboard.Message"]),
        "consequences": "Somebody may read your letters.",
        "measures": "The disk’s key was destroyed.",
        "advice": "Change what you wrote passwords for.",
    }
    return Breach.objects.create(**(ready | changes))


def writer(**values: Any) -> Any:
    """A member who has written a message."""
    member = MemberFactory()
    MessageFactory(author=member, **values)
    return member


def concerned(one: Breach) -> tuple[set[Any], set[str]]:
    found = affected_people(one)
    addresses = set() if found.addresses is None else {row["mailbox_found"] for row in found.addresses}
    return set(found.members), addresses


def tell_all(*, now: datetime = NOW) -> int:
    """As the sweep does; how many batches it took."""
    batches = 0
    while services.tell_some(now=now):
        batches += 1
    return batches


def mailed() -> list[str]:
    return sorted(Delivery.objects.filter(template="breach_notice").values_list("to", flat=True))


def fresh(one: Breach) -> Breach:
    one.refresh_from_db()
    return one


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


# --- closing --------------------------------------------------------------------------------------------------------


def test_a_breach_is_closed_once_its_risk_is_judged_and_everybody_was_told() -> None:
    writer()
    one = breach(risk="unknown")
    with pytest.raises(services.NotJudged):
        services.close_breach(breach=one, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Breach.objects.update(closed_at=NOW)
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


# --- in admin -------------------------------------------------------------------------------------------------------


def form(**changes: Any) -> dict[str, Any]:
    filled = {
        "title": "A lost backup",
        "happened": "A disk was left in a train.",
        "discovered_at_0": "2026-11-22",
        "discovered_at_1": "10:00",
        "risk": "high",
        "tables": ["offerboard.Message"],
        "consequences": "Somebody may read your letters.",
        "measures": "The key was destroyed.",
        "advice": "Change your passwords.",
    }
    return filled | changes


def authority(day: str, **changes: Any) -> dict[str, Any]:
    return {"authority": "CNIL, V-1", "authority_told_at_0": day, "authority_told_at_1": "10:30", **changes}


def test_staff_enter_an_incident_and_see_its_clock_and_how_many_people_it_concerns() -> None:
    writer(), writer()
    client = at_work(make_staff("privacy officer"))

    client.post(ADD, form())

    one = Breach.objects.get()
    page = client.get(reverse("admin:privacy_breach_change", args=[one.pk])).content.decode()
    listed = client.get(LIST).content.decode()
    assert ("2 people" in page, "2\xa0days, 22\xa0hours left" in listed) == (True, True)
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        late = at_work(make_staff("privacy officer")).get(LIST).content.decode()
    assert "overdue</b>" in late
    for told in ({"risk": "unlikely"}, {"risk": "high", "authority": "CNIL", "authority_told_at": NOW}):
        Breach.objects.update(**told)
        assert not fresh(one).clock_runs
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        assert "overdue</b>" not in at_work(make_staff("privacy officer")).get(LIST).content.decode()


def test_the_choice_of_data_is_the_map_in_words_with_the_time_by_which_rows_are_chosen() -> None:
    choices = dict(choices_of_tables())

    assert choices["offerboard.Message"] == "Messages that you wrote (sent at)"
    assert choices["sessions.Session"].endswith("(–)")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (authority("2026-11-22", authority=""), "Say which authority, and its file number."),
        (authority("2026-11-23"), "This is a time to come."),
        (authority("2026-11-22", authority_told_at_1="09:00"), "This is before it became known."),
        (authority("2026-11-22", discovered_at_0="2026-11-19"), "later than 72 hours after it became known. Say why."),
        (
            {"rows_from_0": "2026-11-02", "rows_from_1": "0:00", "rows_until_0": "2026-11-01", "rows_until_1": "0:00"},
            "not before the first",
        ),
    ],
)
def test_what_does_not_fit_is_refused_in_words(changes: dict[str, Any], words: str) -> None:
    answer = at_work(make_staff("privacy officer")).post(ADD, form(**changes))

    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not Breach.objects.exists()


def test_a_late_notice_to_the_authority_with_its_reason_is_kept() -> None:
    late = authority("2026-11-22", discovered_at_0="2026-11-18", delay="The disk was found by a stranger.")

    at_work(make_staff("privacy officer")).post(ADD, form(**late))

    assert Breach.objects.get().delay == "The disk was found by a stranger."


def test_staff_look_at_the_mail_before_it_is_sent_and_only_the_button_sends_it() -> None:
    writer()
    one = breach()
    client, page = at_work(make_staff("privacy officer")), reverse("admin:privacy_breach_tell", args=[one.pk])

    shown = client.get(page).content.decode()
    assert ("one person whom this concerns" in shown, "A disk was left in a train." in shown) == (True, True)
    assert fresh(one).people_told_at is None

    client.post(page)
    tell_all()

    assert len(mailed()) == 1
    change = reverse("admin:privacy_breach_change", args=[one.pk])
    assert "1 written, 0 sent" in client.get(change).content.decode()
    client.post(change, form(happened="Nothing at all."))
    assert fresh(one).happened == "A disk was left in a train."  # what people have read stays


def test_what_is_missing_is_named_and_nobody_is_told() -> None:
    one = breach(advice="", risk="unknown")
    client = at_work(make_staff("privacy officer"))

    answer = client.post(reverse("admin:privacy_breach_tell", args=[one.pk]), follow=True)

    assert "Write this first: what the people can do, risk to the people." in answer.content.decode()
    assert fresh(one).people_told_at is None


def test_only_a_press_closes_and_what_is_closed_is_only_read() -> None:
    one = breach()
    client, place = at_work(make_staff("privacy officer")), reverse("admin:privacy_breach_close", args=[one.pk])
    client.get(place)
    assert fresh(one).closed_at is None

    client.post(place)
    assert fresh(one).closed_at == NOW
    change = reverse("admin:privacy_breach_change", args=[one.pk])
    assert (client.post(change, form()).status_code, client.post(place).status_code) == (403, 302)
    assert fresh(one).closed_at == NOW


def test_moderators_tell_nobody() -> None:
    writer()
    one = breach()
    client = at_work(make_staff("moderator"))
    pages = [reverse(f"admin:privacy_breach_{verb}", args=[one.pk]) for verb in ("tell", "close", "change")]

    assert [client.post(page).status_code for page in pages] == [403] * 3
    assert (fresh(one).people_told_at, one.closed_at) == (None, None)
