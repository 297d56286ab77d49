"""Subscribers in admin: found by a whole address, never browsed by it; and opting out for somebody who called."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse

from mailings.models import Delivery, Subscriber, SubscriptionWish
from mailings.topics import line_of, topics
from privacy.models import ConsentEvent, Suppression
from privacy.selectors.suppression import is_suppressed
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import TOPIC, agree, subscriber
from tests.mailings.desk import at, mails, writer
from tests.staff import at_work, changelist, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
PAGE = reverse("admin:mailings_opt_out")
SUBSCRIBERS, WISHES = changelist("mailings_subscriber"), changelist("mailings_subscriptionwish")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def wish(email: str) -> SubscriptionWish:
    return SubscriptionWish.objects.create(email=email, topics=[TOPIC], language="en", asked_at=NOW)


def said(email: str = "amara@example.com", *refused: str, how: str = "by telephone") -> dict[str, Any]:
    return {"email": email, "topics": refused or list(topics()), "how": how}


def told(answer: Any) -> str:
    return str(answer.content.decode())


# --- the lists -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [SUBSCRIBERS, WISHES])
def test_the_list_shows_no_address_and_is_searched_by_a_whole_one_only(page: str) -> None:
    """In any case; a part of one finds nobody."""
    for email in ("Wilhelmina@example.com", "kofi@example.com"):
        subscriber(email)
        wish(email)
    client = writer()

    def found(words: str) -> list[str]:
        return [row.email for row in client.get(page, {"q": words}).context["cl"].result_list]

    everybody = told(client.get(page))
    one = told(client.get(page, {"q": "wilhelmina@example.com"})).split("<tbody>")[1].split("</tbody>")[0]
    assert ("W…@example.com" in everybody, "W…@example.com" in one) == (True, True)
    assert "wilhelmina" not in (everybody + one).lower()
    assert [found(words) for words in ("wilhelmina@EXAMPLE.com ", "wilhelmina", "@example.com", "example")] == [
        ["Wilhelmina@example.com"], [], [], [],
    ]  # fmt: skip


@pytest.mark.parametrize("group", ["communications", "administrator"])
def test_there_is_no_record_of_one_person_to_open_or_change(group: str) -> None:
    """Not even for administrators; and no list can be asked about its hidden columns."""
    one, waiting = subscriber("amara@example.com"), wish("kofi@example.com")
    client = at_work(make_staff(group))
    places = [
        reverse(f"admin:mailings_{name}_{verb}", args=[row.pk])
        for name, row in (("subscriber", one), ("subscriptionwish", waiting))
        for verb in ("change", "history", "delete")
    ]

    answers = {client.get(place).status_code for place in places} | {client.post(place).status_code for place in places}
    asked = [client.get(page, {"email__startswith": "a"}).status_code for page in (SUBSCRIBERS, WISHES)]

    assert (answers, asked) == ({403}, [400, 400])
    assert (Subscriber.objects.count(), SubscriptionWish.objects.count()) == (1, 1)


# --- opting out ------------------------------------------------------------------------------------------------------


def test_everything_is_chosen_before_and_the_answer_says_for_whom_it_holds_and_what_goes_on() -> None:
    """A member, a subscriber, and an address that may be misspelt."""
    subscriber("amara@example.com")
    MemberFactory(email="kofi@example.com")
    client, emails = writer(), ("amara@example.com", "Kofi@example.com", "new@example.com")

    page = told(client.get(PAGE))
    answers = [told(client.post(PAGE, said(email), follow=True)) for email in emails]

    assert page.count("checked") == len(topics())
    for email, answer in zip(emails, answers, strict=True):
        assert "Unsubscribed. It holds from now on." in answer
        assert f"It was entered for {email}" in answer
        assert "New leads of saved searches and suggestions go on" in answer
    assert ["which is known here" in answer for answer in answers] == [True, True, False]
    assert ["Nobody here has this address" in answer for answer in answers] == [False, False, True]


def test_it_holds_for_a_member_a_subscriber_and_an_address_that_nobody_has_yet() -> None:
    """In the ledger, as told to staff; and for the address, whoever has it later."""
    member = agree(MemberFactory(email="member@example.com"), *topics())
    reader = subscriber("reader@example.org", *topics())
    client = writer()

    for email in ("Member@example.com", "reader@example.org", "nobody@example.net"):
        client.post(PAGE, said(email))

    last = {
        subject: {
            (event.given, event.method)
            for event in ConsentEvent.objects.of(subject).current(at=NOW).filter(channel="email")
        }
        for subject in (member.consent_link.key, reader.key)
    }
    assert list(last.values()) == [{(False, "staff")}, {(False, "staff")}]
    for email in ("member@example.com", "reader@example.org", "nobody@example.net"):
        assert all(is_suppressed(Suppression.Kind.TOPIC, line_of(topic, email)) for topic in topics())


def test_only_what_they_named_is_stopped() -> None:
    agree(MemberFactory(email="amara@example.com"), "newsletter", "events")
    client = writer()

    client.post(PAGE, said("amara@example.com", "events"))

    stopped = {topic: is_suppressed(Suppression.Kind.TOPIC, line_of(topic, "amara@example.com")) for topic in topics()}
    assert [topic for topic, is_stopped in stopped.items() if is_stopped] == ["events"]


def test_a_mail_that_is_being_handed_over_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is taken back."""
    monkeypatch.setattr("mailings.stopping.opting_out.AWAITED", 0.0)
    campaign = at("sending")
    mails(campaign, "in_flight", to="amara@example.com", lease_until=NOW + timedelta(minutes=1))
    mails(campaign, "pending", to="amara@example.com", reader=uuid4())

    answer = told(writer().post(PAGE, said(), follow=True))

    assert "It is recorded. 1 mail was being handed over and may still arrive; after it there is none." in answer
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["in_flight", "suppressed"]


def test_who_entered_it_is_written_down_without_the_address() -> None:
    staff = make_staff("communications")

    at_work(staff).post(PAGE, said("amara@example.com", "events", how="by letter"))

    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.change_message) == (
        *(staff, "Opt-out: by letter"),
        "Trade fairs and events",
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"email": "not an address"}, "Enter a valid email address."),
        ({"topics": []}, "This field is required."),
        ({"topics": ["horoscopes"]}, "horoscopes is not one of the available choices"),
        ({"how": ""}, "This field is required."),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_stopped(changes: dict[str, Any], error: str) -> None:
    agree(MemberFactory(email="amara@example.com"))
    before = ConsentEvent.objects.count()

    answer = writer().post(PAGE, said() | changes)

    assert error in told(answer)
    assert (ConsentEvent.objects.count(), Suppression.objects.count(), LogEntry.objects.count()) == (before, 0, 0)


def test_seeing_subscribers_is_not_opting_them_out() -> None:
    agree(MemberFactory(email="amara@example.com"))
    staff = make_staff()
    staff.user_permissions.set(Permission.objects.filter(codename="view_subscriber"))
    clients = [at_work(staff), at_work(make_staff("moderator"))]

    answers = [send(PAGE, said()).status_code for client in clients for send in (client.get, client.post)]

    assert (answers, Suppression.objects.count()) == ([403] * 4, 0)
    assert PAGE not in told(clients[0].get(SUBSCRIBERS))
    assert [clients[1].get(page).status_code for page in (SUBSCRIBERS, WISHES)] == [403, 403]
