"""The front page of admin says which mails to many are under way and how many mails are stuck."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from mailings.models import Delivery, Outage
from mailings.selectors import stuck
from marketplace import mail_desk as desk
from tests.factories import NOW
from tests.mailings.campaigning import write
from tests.mailings.desk import at, mails, place
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def today(settings: Any) -> Iterator[None]:
    settings.OPERATOR = {**settings.OPERATOR, "name": "Example Ltd", "address": "1 Example Street, Example"}
    with time_machine.travel(NOW, tick=False):
        yield


def test_campaigns_that_are_released_and_not_over_stand_there_with_how_far_they_are() -> None:
    """Drafts and what has ended do not."""
    write()
    under_way = [at(state) for state in ("approved", "materialising", "sending", "paused", "draining")]
    for state in ("done", "cancelled"):
        at(state)
    mails(under_way[2], "sent", 3)
    mails(under_way[2], "pending", 9)

    answer = at_work(make_staff("communications")).get("/admin/")

    assert {one.campaign for one in answer.context["mail"].campaigns} == set(under_way)
    page = answer.content.decode()
    assert '<progress max="12" value="3"' in page
    assert [place("change", campaign) in page for campaign in under_way] == [True] * 5


def test_a_silent_mail_server_is_the_first_that_staff_see() -> None:
    client = at_work(make_staff("communications"))
    before = client.get("/admin/").content.decode()
    Outage.objects.create(since=NOW - timedelta(hours=1), ask_again_at=NOW, said="421 closing")

    after = client.get("/admin/").content.decode()

    said = "Our mail server does not answer"
    assert (said in before, said in after) == (False, True)


def test_stuck_mails_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stuck, "MUCH", 4)
    monkeypatch.setattr(desk, "MUCH", 4)
    campaign = at("sending")
    mails(campaign, "pending", 3, error="451 busy")
    client = at_work(make_staff("communications"))

    few = client.get("/admin/")
    mails(campaign, "pending", 3, error="451 busy")
    many = client.get("/admin/")

    assert (few.context["mail"].stuck, many.context["mail"].stuck) == (3, 4)
    assert ("<b>3</b>" in few.content.decode(), "<b>4+</b>" in many.content.decode()) == (True, True)
    assert reverse("admin:mailings_stuck") in few.content.decode()


def test_each_sees_of_it_what_they_may_open() -> None:
    """Moderators nothing, the privacy officer no campaigns."""
    at("sending")
    Delivery.objects.all().delete()

    officer = at_work(make_staff("privacy officer", email="second@example.com")).get("/admin/").context["mail"]
    moderator = at_work(make_staff("moderator", email="third@example.com")).get("/admin/")

    assert (officer.campaigns, officer.stuck) == (None, 0)
    assert (moderator.context["mail"], 'class="module mail"' in moderator.content.decode()) == (None, False)


def test_an_empty_desk_says_so() -> None:
    page = at_work(make_staff("communications")).get("/admin/").content.decode()

    assert ("No campaign" in page, "Mails that are stuck" in page) == (True, True)
