"""A coming material change: every member is mailed once, the home page says it, and then it may take effect."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from mailings.models import Delivery
from privacy import outlets, periodic
from privacy.models import NOTICE, PolicyNotice, PolicyVersion
from privacy.selectors.announced import announced
from privacy.selectors.policies import policy_in_force
from privacy.services import policy_notices
from privacy.services.policy_notices import announce_policies
from tests.factories import NOW, MemberFactory
from tests.privacy.publishing import IN_A_MONTH, knew_less_before, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def tell_all(*, now: datetime = NOW) -> int:
    """As the sweep does; how many batches it took."""
    batches = 0
    while announce_policies(now=now):
        batches += 1
    return batches


def mailed() -> list[str]:
    return sorted(Delivery.objects.filter(template="policy_change").values_list("to", flat=True))


def deliver() -> None:
    """Every mail has been handed over."""
    Delivery.objects.update(state="sent")


@pytest.mark.promise("told-14-days-before")
def test_everybody_with_an_account_gets_one_mail_that_says_what_changes_and_what_to_do(settings: Any) -> None:
    """Suspended and leaving members too, since their data is still here."""
    settings.SITE_URL = "https://market.example"
    people = [MemberFactory(language=language) for language in ("en", "vi", "ar", "xx")]
    people += [MemberFactory(state=state) for state in ("suspended", "closing")]
    MemberFactory(state="closed")
    knew_less_before("watching")
    version = publish(body="Words about watching.")

    periodic.announce_policies()
    periodic.announce_policies()

    assert mailed() == sorted(person.email for person in people)
    assert PolicyNotice.objects.filter(version=version).count() == 6
    mail = Delivery.objects.get(to=people[0].email)
    assert mail.subject == "Privacy policy: what changes on 22 Dec 2026"
    for part in (mail.text, mail.html):
        assert "New purpose: Remembering what you want to watch" in part
        assert "https://market.example/privacy/changes/privacy/2/" in part
        assert "https://market.example/privacy/policy/?version=2" in part
        assert "https://market.example/contact/" in part


def test_a_change_of_words_alone_is_told_when_staff_call_it_material_and_only_then() -> None:
    MemberFactory()
    publish("cookies")
    assert (tell_all(), mailed()) == (0, [])

    publish("terms", material=True)
    tell_all()

    assert "Only the words change." in Delivery.objects.get().text


def test_it_is_done_when_every_mail_has_left_and_not_before() -> None:
    MemberFactory.create_batch(2)
    version = publish("terms", material=True)
    tell_all()
    Delivery.objects.filter(pk=Delivery.objects.values("pk")[:1]).update(state="sent")

    announce_policies(now=NOW)
    version.refresh_from_db()
    assert version.notices_done_at is None

    deliver()
    later = NOW + timedelta(hours=3)
    announce_policies(now=later)
    version.refresh_from_db()
    assert version.notices_done_at == later


@pytest.mark.promise("told-14-days-before")
def test_while_mails_wait_the_version_does_not_take_effect_although_its_date_has_come() -> None:
    """Invariant 12. Then it waits for another fortnight."""
    MemberFactory()
    publish("terms", material=True)
    tell_all()

    announce_policies(now=IN_A_MONTH)
    assert policy_in_force(kind="terms", at=IN_A_MONTH).number == 1

    deliver()
    announce_policies(now=IN_A_MONTH)
    assert policy_in_force(kind="terms", at=IN_A_MONTH + NOTICE - timedelta(seconds=1)).number == 1
    assert policy_in_force(kind="terms", at=IN_A_MONTH + NOTICE).number == 2


def test_who_joins_before_the_day_is_told_too_and_who_is_restored_is_not_told_twice() -> None:
    MemberFactory()
    publish("terms", material=True)
    back = MemberFactory(state="suspended")
    tell_all()
    deliver()
    announce_policies(now=NOW)

    joined = MemberFactory()
    back.state = "active"
    back.save()
    tell_all(now=NOW + timedelta(days=20))
    deliver()
    announce_policies(now=IN_A_MONTH)
    MemberFactory()  # joins when it holds already

    assert (tell_all(now=IN_A_MONTH), len(mailed())) == (0, 3)
    assert {joined.email, back.email} <= set(mailed())
    version = PolicyVersion.objects.get(kind="terms", number=2)
    assert version.notices_done_at == NOW  # late comers do not put it off
    assert policy_in_force(kind="terms", at=IN_A_MONTH) == version


def test_a_worker_killed_in_a_batch_leaves_it_undone_and_the_next_tells_nobody_twice(monkeypatch: Any) -> None:
    """It dies in its second batch, after some of its mails and before the commit."""
    monkeypatch.setattr(policy_notices, "BATCH", 4)
    people = MemberFactory.create_batch(10)
    publish("terms", material=True)
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
    assert (len(mailed()), PolicyNotice.objects.count()) == (4, 4)
    monkeypatch.setattr(outlets, "_outlets", [real])

    assert tell_all() == 2

    assert mailed() == sorted(person.email for person in people)
    notices = set(PolicyNotice.objects.values_list("delivery", flat=True))
    assert notices == set(Delivery.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_nobody_twice(monkeypatch: Any) -> None:
    monkeypatch.setattr(policy_notices, "BATCH", 3)
    people = MemberFactory.create_batch(9)
    publish("terms", material=True)
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


# --- the home page --------------------------------------------------------------------------------------------------


@pytest.mark.promise("told-14-days-before")
def test_the_home_page_tells_of_it_from_publication_until_it_takes_effect() -> None:
    client, words = Client(), "On 22 Dec 2026 a new version takes effect"
    assert words not in client.get("/").content.decode()
    version = publish("terms", material=True)
    PolicyVersion.objects.filter(pk=version.pk).update(notices_done_at=NOW)

    page = client.get("/").content.decode()
    assert words in page
    assert 'href="/terms/?version=2"' in page
    assert 'href="/privacy/changes/terms/2/"' in page

    with time_machine.travel(IN_A_MONTH, tick=False):
        assert "a new version takes effect" not in client.get("/").content.decode()


def test_while_members_are_not_told_the_home_page_names_the_day_on_which_it_can_hold_at_the_earliest() -> None:
    publish("terms", material=True)

    with time_machine.travel(IN_A_MONTH, tick=False):
        assert "On 5 Jan 2027 a new version takes effect" in Client().get("/").content.decode()


def test_a_kept_home_page_ends_when_the_version_takes_effect(settings: Any) -> None:
    settings.VISITOR_PAGES_SECONDS = 3600
    version = publish("terms", effective_at=NOW + timedelta(minutes=10))
    with time_machine.travel(NOW, tick=False) as clock:
        client = Client()
        assert "a new version takes effect" in client.get("/").content.decode()
        PolicyVersion.objects.filter(pk=version.pk).update(number=7)
        assert "?version=2" in client.get("/").content.decode()  # it is kept
        clock.move_to(NOW + timedelta(minutes=10))
        assert "a new version takes effect" not in client.get("/").content.decode()


# --- what is new stays off ------------------------------------------------------------------------------------------


def test_a_new_purpose_is_off_until_the_version_that_announces_it_holds() -> None:
    MemberFactory()
    knew_less_before("watching")
    publish()
    tell_all()
    assert "watching" not in announced(at=NOW).purposes
    assert "account" in announced(at=NOW).purposes

    deliver()
    announce_policies(now=NOW)

    assert "watching" not in announced(at=IN_A_MONTH - timedelta(seconds=1)).purposes
    assert "watching" in announced(at=IN_A_MONTH).purposes
    assert "invented" not in announced(at=IN_A_MONTH).purposes


def test_a_version_of_before_there_were_maps_turns_nothing_off() -> None:
    PolicyVersion.objects.filter(kind="privacy").update(data_map={}, digest="old")

    assert "watching" in announced(at=NOW).purposes
    assert "invented" not in announced(at=NOW).purposes


def test_asking_again_reads_the_map_no_second_time(django_assert_num_queries: Any) -> None:
    announced(at=NOW)

    with django_assert_num_queries(1):
        assert "account" in announced(at=NOW).purposes
