"""A released campaign in admin: how far it is, why it rests, what became of each mail, and how it is stopped."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission

from mailings.models import Campaign, Delivery
from mailings.selectors.campaigns import campaign_page, progress_of
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, fresh, release, send_all, write
from tests.mailings.catcher import Catcher
from tests.mailings.desk import LIST, STATES, at, mails, place, writer
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
HTMX = {"HX-Request": "true"}
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def numbers(campaign: Campaign) -> dict[str, int]:
    found = progress_of([campaign], at=NOW)[campaign.pk]
    names = ("audience", "waiting", "sent", "bounced", "suppressed", "uncertain", "withdrawn")
    return {name: number for name in names if (number := getattr(found, name))}


# --- the numbers -----------------------------------------------------------------------------------------------------


def test_every_reader_stands_in_one_number() -> None:
    """What waits, is claimed or being handed over waits; the audience is the sum."""
    campaign = at("sending")
    for number, state in enumerate(STATES, start=1):
        mails(campaign, state, number)
    mails(at("sending"), "sent", 9)  # another campaign's

    assert numbers(campaign) == {
        "audience": 36, "waiting": 6, "sent": 4, "bounced": 5, "suppressed": 6, "uncertain": 7, "withdrawn": 8
    }  # fmt: skip


def test_when_it_is_over_its_own_figures_count_and_stay_when_the_rows_are_forgotten(catcher: Catcher) -> None:
    for number in range(3):
        agree(MemberFactory(email=f"member{number}@example.com"))
    catcher.on_recipient = lambda address: "550 5.1.1 Gone" if "member1" in address else None
    campaign = release(write())
    send_all()
    before = numbers(fresh(campaign))

    Delivery.objects.all().delete()

    assert before == numbers(fresh(campaign)) == {"audience": 3, "sent": 2, "bounced": 1}


def test_several_campaigns_are_one_question(django_assert_num_queries: Any) -> None:
    campaigns = [at("sending") for _each in range(3)]
    for campaign in campaigns:
        mails(campaign, "sent", 2)

    with django_assert_num_queries(1):
        found = progress_of(campaigns, at=NOW)

    assert [found[campaign.pk].sent for campaign in campaigns] == [2, 2, 2]


def test_how_fast_it_goes_is_what_was_sent_lately() -> None:
    """Not what was sent before it rested, nor what ended without being sent."""
    campaign = at("sending")
    mails(campaign, "sent", 100, ended_at=NOW - timedelta(hours=3))
    mails(campaign, "sent", 20, ended_at=NOW - 2 * MINUTE)
    mails(campaign, "sent", 20, ended_at=NOW - MINUTE)
    mails(campaign, "suppressed", 50, ended_at=NOW - MINUTE)
    mails(campaign, "pending", 100)

    page = campaign_page(campaign, at=NOW)

    assert (page.progress.a_minute, page.progress.left, page.ends_at) == (20, 5 * MINUTE, NOW + 5 * MINUTE)


@pytest.mark.parametrize(
    ("state", "sent", "waiting", "ago"),
    [
        ("sending", 40, 10, timedelta(seconds=5)),  # a moment says nothing
        ("sending", 40, 0, MINUTE),  # nothing is left
        ("sending", 0, 10, MINUTE),  # nothing was sent
        ("sending", 4, 3_000, 4 * MINUTE),  # two days are longer than anybody foresees
        ("paused", 40, 10, MINUTE),
    ],
)
def test_no_end_is_foretold_where_it_would_be_a_guess(state: str, sent: int, waiting: int, ago: timedelta) -> None:
    campaign = at(state)
    mails(campaign, "sent", sent, ended_at=NOW - ago)
    mails(campaign, "pending", waiting)

    assert campaign_page(campaign, at=NOW).ends_at is None


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_shows_state_bar_and_numbers_and_asks_again_while_it_moves() -> None:
    """Without a script there is a link that loads the page anew."""
    campaign = at("sending")
    mails(campaign, "sent", 30, ended_at=NOW - MINUTE)
    mails(campaign, "pending", 90)
    client = writer()

    page = client.get(place("change", campaign)).content.decode()
    part = client.get(place("progress", campaign), headers=HTMX).content.decode()

    for text in (page, part):
        assert '<progress max="120" value="30"' in text
        assert f'hx-get="{place("progress", campaign)}" hx-trigger="every 4s"' in text
        assert "30 mails a minute" in text
        assert "about 3\xa0minutes left" in text
    assert f'href="{place("change", campaign)}">Reload' in page
    assert ("<html" in page, "<html" in part) == (True, False)


@pytest.mark.parametrize("state", ["paused", "done", "cancelled"])
def test_what_rests_or_is_over_is_not_asked_for_again(state: str) -> None:
    campaign = at(state)
    client = writer()

    part = client.get(place("progress", campaign), headers=HTMX).content.decode()

    assert ("hx-get" in part, "Reload" in part) == (False, False)


def test_what_waits_for_its_time_says_so_and_is_not_asked_for_again() -> None:
    """When the time has come, it moves."""
    campaign = release(write(), at=NOW + MINUTE)
    client = writer()

    before = client.get(place("progress", campaign), headers=HTMX).content.decode()
    with time_machine.travel(NOW + MINUTE, tick=False):
        after = client.get(place("progress", campaign), headers=HTMX).content.decode()

    assert ["hx-get" in part for part in (before, after)] == [False, True]
    assert ["It begins by itself at that time." in part for part in (before, after)] == [True, False]
    assert ["You can close this page" in part for part in (before, after)] == [False, True]


@pytest.mark.parametrize(
    ("kind", "says"), [("marketing", "and nobody is to get it twice"), ("announcement", "also when it was sent again")]
)
def test_what_uncertain_means_depends_on_its_kind(kind: str, says: str) -> None:
    campaign = at("paused", release(write(kind)))
    mails(campaign, "uncertain")

    assert says in writer().get(place("change", campaign)).content.decode()


def test_why_it_stopped_by_itself_and_what_is_uncertain_is_said() -> None:
    campaign = at("paused")
    Campaign.objects.filter(pk=campaign.pk).update(halt="no server takes its mails: 550 5.7.1 Blocked")
    mails(campaign, "uncertain", to="lost@example.com")
    mails(at("sending"), "uncertain", to="elsewhere@example.com")

    page = writer().get(place("change", campaign)).content.decode()

    assert "It stopped by itself: no server takes its mails: 550 5.7.1 Blocked" in page
    assert ("lost@example.com" in page, "elsewhere@example.com" in page) == (True, False)


def test_who_may_not_see_mails_sees_no_addresses() -> None:
    campaign = at("paused")
    mails(campaign, "uncertain", to="lost@example.com")
    staff = make_staff()
    staff.user_permissions.set(Permission.objects.filter(codename="view_campaign"))

    page = at_work(staff).get(place("change", campaign))

    assert (page.status_code, "lost@example.com" in page.content.decode()) == (200, False)


def test_its_filters_and_whoever_wrote_and_released_it_are_named() -> None:
    campaign = release(write(countries=["VN", "KE"], business_types=["grower"]))

    page = writer(email="tunde@example.com").get(place("change", campaign)).content.decode()

    assert ("Kenya" in page, "Viet Nam" in page, "Grower or farm" in page) == (True, True, True)
    assert str(campaign.approved_by) in page


def test_the_page_asks_few_questions_however_many_mails(django_assert_max_num_queries: Any) -> None:
    campaign = at("sending")
    for state in STATES:
        mails(campaign, state, 20)
    client = writer()

    with django_assert_max_num_queries(12):
        client.get(place("change", campaign))


# --- the steps -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "step", "after"),
    [
        ("sending", "pause", "paused"),
        ("paused", "resume", "sending"),
        ("approved", "back", "draft"),
        ("approved", "cancel", "draining"),
        ("materialising", "cancel", "draining"),
        ("sending", "cancel", "draining"),
        ("paused", "cancel", "draining"),
    ],
)
def test_a_step_is_taken_by_a_post_only_once_and_written_down(state: str, step: str, after: str) -> None:
    """Opening its page changes nothing; the second click hears that somebody was quicker."""
    campaign = at(state)
    client = writer()
    page = place("step", campaign, step)
    assert page in client.get(place("change", campaign)).content.decode()

    opened = client.get(page).status_code
    before = fresh(campaign).state
    client.post(page)
    second = client.post(page, follow=True).content.decode()

    assert (opened, before, fresh(campaign).state) == (200, state, after)
    assert "Somebody else was quicker, or it has ended. Nothing was changed." in second
    assert LogEntry.objects.filter(object_id=str(campaign.pk)).count() == 1


@pytest.mark.parametrize(
    ("state", "step"),
    [("draft", "cancel"), ("approved", "pause"), ("sending", "back"), ("done", "resume"), ("cancelled", "resume")],
)
def test_a_step_that_does_not_begin_here_changes_nothing(state: str, step: str) -> None:
    campaign = write() if state == "draft" else at(state)
    client, before = writer(), Campaign.objects.values().get()

    client.post(place("step", campaign, step))

    assert Campaign.objects.values().get() == before
    assert client.get(place("step", campaign, "explode")).status_code == 404


def test_who_may_write_may_stop_and_who_may_release_may_let_it_go_on() -> None:
    """Nothing is sent by somebody who may not release."""
    campaign, staff = at("sending"), make_staff()
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_campaign", "change_campaign"]))
    client = at_work(staff)

    client.post(place("step", campaign, "pause"))
    refused = client.post(place("step", campaign, "resume")).status_code

    assert (refused, fresh(campaign).state) == (403, "paused")


def test_reading_is_not_stopping() -> None:
    campaign, staff = at("sending"), make_staff()
    staff.user_permissions.set(Permission.objects.filter(codename="view_campaign"))
    client = at_work(staff)

    answers = [client.post(place("step", campaign, step)).status_code for step in ("pause", "resume", "cancel", "back")]

    assert (answers, fresh(campaign).state) == ([403] * 4, "sending")
    assert place("step", campaign, "pause") not in client.get(place("change", campaign)).content.decode()


def test_the_list_has_what_is_open_on_top() -> None:
    done, draft = at("done"), write(title="December")

    rows = writer().get(LIST).context["cl"].result_list

    assert list(rows) == [draft, done]
