"""An incident in admin: staff enter it, see its clock, look at the mail, send it by a button and close it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from privacy.models import Breach
from privacy.selectors.breaches import choices_of_tables
from tests.factories import NOW
from tests.privacy.breaches import breach, fresh, mailed, tell_all, writer
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LIST, ADD = reverse("admin:privacy_breach_changelist"), reverse("admin:privacy_breach_add")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


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
