"""How often a saved search sends mails: when they are due, how that is chosen, and how one click stops them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from mailings.models import Delivery
from mailings.writing.composing import compose
from offerboard import alerting
from offerboard.models import Notice, SavedSearch
from offerboard.services.alerts import choose_frequency
from tests.factories import NOW, CategoryFactory, MemberFactory
from tests.offerboard.alerting import (
    DAY,
    EIGHT,
    HOUR,
    asks,
    frequencies,
    links,
    mailed,
    publish,
    the_mail,
    told,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- when ---------------------------------------------------------------------------------------------------------


def test_once_a_day_and_once_a_week_come_together_when_they_meet() -> None:
    member = MemberFactory()
    asks(member, words="coffee", frequency="daily", name="Coffee")
    asks(member, kind="sell_offer", frequency="weekly", name="Offers")
    publish(title="Coffee")

    work(EIGHT - timedelta(seconds=1))
    assert told() == []
    work(EIGHT)

    assert told() == [(member.email, "1 new lead of 2 searches")]


def test_the_members_own_clock_counts() -> None:
    """It is Sunday noon in London: 19:00 in Hanoi, where eight o’clock comes at 1:00."""
    member = MemberFactory(time_zone="Asia/Ho_Chi_Minh")
    asks(member, words="coffee", frequency="daily")
    publish(title="Coffee")
    alerting.match_new_leads(now=NOW)

    assert [notice.due_at for notice in Notice.objects.all()] == [NOW + 13 * HOUR]


def test_mails_at_once_leave_ten_minutes_between_them() -> None:
    asks(words="coffee")
    publish(title="First coffee")
    work()
    publish(title="Second coffee", now=NOW + timedelta(minutes=1))
    publish(title="Third coffee", now=NOW + timedelta(minutes=2))

    work(NOW + timedelta(minutes=2))
    assert len(told()) == 1
    work(NOW + timedelta(minutes=10))

    assert [subject for _to, subject in told()] == ["1 new lead: x", "2 new leads: x"]


def test_what_waits_goes_by_the_frequency_that_is_chosen_last() -> None:
    saved = asks(words="coffee", frequency="weekly")
    publish(title="Coffee")
    work()

    choose_frequency(member=saved.member, pk=saved.pk, frequency="instant", now=NOW)
    work()

    assert len(told()) == 1


def test_what_waits_is_forgotten_when_mails_are_switched_off() -> None:
    saved = asks(words="coffee", frequency="weekly")
    publish(title="Coffee")
    work()

    choose_frequency(member=saved.member, pk=saved.pk, frequency="off", now=NOW)
    choose_frequency(member=saved.member, pk=saved.pk, frequency="instant", now=NOW)
    work(EIGHT)

    assert (told(), Notice.objects.count()) == ([], 0)


# --- choosing -----------------------------------------------------------------------------------------------------


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory()
    client.force_login(member)
    return member


def test_mails_are_chosen_on_the_list(client: Client, member: Member) -> None:
    saved = asks(member, frequency="off", categories=(CategoryFactory().slug,))
    address = reverse("offerboard:search_mails", args=[saved.pk])

    for frequency, says in (("daily", "Once a day"), ("weekly", "Once a week"), ("instant", "At once")):
        page = client.post(address, {"frequency": frequency}, follow=True)
        saved.refresh_from_db()
        assert (saved.frequency, page.context["page"].rows[0].mails) == (frequency, says)
    client.post(address, {"frequency": ""})

    saved.refresh_from_db()
    assert (saved.frequency, client.get("/my/searches/").context["page"].rows[0].mails) == ("off", "")


def test_a_frequency_that_we_do_not_know_changes_nothing(client: Client, member: Member) -> None:
    saved = asks(member, words="coffee", frequency="daily")

    client.post(reverse("offerboard:search_mails", args=[saved.pk]), {"frequency": "hourly"})

    saved.refresh_from_db()
    assert saved.frequency == "daily"


def test_nobody_chooses_for_others(client: Client, member: Member) -> None:
    theirs = asks(words="coffee", frequency="off")

    answer = client.post(reverse("offerboard:search_mails", args=[theirs.pk]), {"frequency": "daily"})

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.frequency, theirs.query) == (404, "off", None)
    assert not choose_frequency(member=member, pk=theirs.pk, frequency="daily", now=NOW)


def test_mails_are_chosen_while_saving_and_come_for_nobody_who_did_not(client: Client, member: Member) -> None:
    assert client.get("/my/searches/save/?q=coffee").context["form"]["frequency"].value() == "off"
    client.post("/my/searches/save/?q=coffee")
    client.post("/my/searches/save/?q=tea", {"name": "Tea", "frequency": "weekly"})
    client.post("/my/searches/save/?q=coffee", {"frequency": "daily"})  # kept already: now with mails
    client.post("/my/searches/save/?q=coffee")  # kept already: stays as it is

    frequencies = SavedSearch.objects.order_by("words").values_list("words", "frequency")
    assert list(frequencies) == [("coffee", "daily"), ("tea", "weekly")]


# --- stopping -----------------------------------------------------------------------------------------------------


@pytest.mark.promise("get-changes-nothing")
def test_opening_the_link_of_a_mail_changes_nothing() -> None:
    _saved, _other, text = mailed()

    for name in ("stop", "stop-all"):
        [link] = links(text, name)
        for method in ("get", "head"):
            assert getattr(Client(), method)(link).status_code == 200
    assert frequencies() == ["daily", "instant"]


def test_one_click_stops_that_search_without_a_log_in_for_ever() -> None:
    saved, _other, text = mailed()
    [link] = links(text, "stop")
    client = Client(enforce_csrf_checks=True)

    with time_machine.travel(NOW + 3650 * DAY, tick=False):
        assert "no more mails of this search: <b><bdi>Coffee</bdi></b>" in client.get(link).content.decode()
        first, second = client.post(link), client.post(link)

    assert (first.status_code, second.status_code, frequencies()) == (200, 200, ["daily", "off"])
    assert "We send no more mails of this search: <bdi>Coffee</bdi>" in first.content.decode()
    assert (saved.keys.count(), len(client.cookies)) == (0, 0)
    publish(title="More coffee")
    work(NOW + HOUR)
    assert len(told()) == 1


def test_a_mail_programs_own_button_stops_all_mails_about_new_leads() -> None:
    """RFC 8058: a POST without cookie, log-in or redirect."""
    _saved, _other, text = mailed()
    theirs = asks(words="cocoa")
    [link] = links(text, "stop-all")

    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, frequencies()) == (200, ["instant", "off", "off"])
    theirs.refresh_from_db()
    assert theirs.frequency == "instant"


def test_the_mail_names_that_button_in_its_head() -> None:
    _saved, _other, text = mailed()
    [link] = links(text, "stop-all")

    head = compose(the_mail())

    assert head["List-Unsubscribe"] == f"<{settings.SITE_URL}{link}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert compose(Delivery(template="decision", to="a@example.com", queued_at=NOW))["List-Unsubscribe"] is None


def _case(member: Member) -> None:
    Delivery.objects.update(to=member.email.upper())


def _suspended(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(state=Member.State.SUSPENDED)


def _moved(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(email="new@example.com")
    EmailAddress.objects.filter(user=member).update(email="new@example.com")


def _moved_and_another_came(member: Member) -> None:
    _moved(member)
    asks(MemberFactory(email=member.email), words="tea")


@pytest.mark.parametrize(
    ("change", "is_named"), [(_case, True), (_suspended, False), (_moved, False), (_moved_and_another_came, False)]
)
def test_that_button_is_only_for_the_one_to_whom_it_was_written(change: Any, is_named: bool) -> None:
    saved, _other, text = mailed()
    [link] = links(text, "stop-all")
    change(saved.member)

    named = compose(the_mail())["List-Unsubscribe"]

    assert named == (f"<{settings.SITE_URL}{link}>" if is_named else None)


@pytest.mark.parametrize("change", ["{}x", "x{}", "x"])
def test_a_link_that_nobody_was_given_stops_nothing(change: str) -> None:
    _saved, _other, text = mailed()

    for name, route in (("stop", "stop_search"), ("stop-all", "stop_searches")):
        [link] = links(text, name)
        token = change.format(link.rstrip("/").rpartition("/")[2])
        address = reverse(f"offerboard:{route}", args=[token])
        assert [Client().get(address).status_code, Client().post(address).status_code] == [404, 404]
    assert frequencies() == ["daily", "instant"]


def test_the_link_of_one_search_is_none_for_all() -> None:
    _saved, _other, text = mailed()
    [link] = links(text, "stop")

    assert Client().post(link.replace("/stop/", "/stop-all/")).status_code == 404
    assert frequencies() == ["daily", "instant"]


def test_the_link_of_a_search_that_is_gone_says_that_nothing_is_sent() -> None:
    saved, _other, text = mailed()
    saved.delete()

    answer = Client().post(links(text, "stop")[0])

    assert (answer.status_code, "no more mails about new leads" in answer.content.decode()) == (200, True)
    assert frequencies() == ["daily"]
