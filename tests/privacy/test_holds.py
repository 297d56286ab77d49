"""Legal holds: by whom, why, until when; entered and lifted by staff, each with a reason."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from privacy.models import LegalHold
from privacy.services import holds as services
from tests.factories import NOW, MemberFactory, MessageFactory
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
LIST, ADD = reverse("admin:privacy_legalhold_changelist"), reverse("admin:privacy_legalhold_add")
NEXT_YEAR = NOW + timedelta(days=365)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def place(**changes: Any) -> LegalHold:
    usual: dict[str, Any] = {
        "member": MemberFactory(),
        "reason": "Claim 7.",
        "owner": None,
        "ends_at": NEXT_YEAR,
        "now": NOW,
    }
    return services.place_hold(**(usual | changes))


def form(**changes: str) -> dict[str, str]:
    return {"reason": "Claim 7.", "ends_at_0": "2027-11-22", "ends_at_1": "12:00", **changes}


def test_a_hold_stands_for_a_person_or_for_one_row() -> None:
    member, message = MemberFactory(), MessageFactory()

    place(member=member)
    place(member=None, table="offerboard.Message", key=f"00{message.pk}")

    assert list(LegalHold.objects.order_by("pk").values_list("member", "table", "key")) == [
        (member.pk, "", ""),
        (None, "offerboard.Message", str(message.pk)),
    ]
    assert LegalHold.objects.standing(at=NEXT_YEAR - timedelta(seconds=1)).count() == 2
    assert LegalHold.objects.standing(at=NEXT_YEAR).count() == 0


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": " "}, services.ReasonMissing),
        ({"ends_at": NOW}, services.EndsTooEarly),
        ({"member": None}, services.NothingToHold),
        ({"table": "offerboard.Message", "key": "1"}, services.NothingToHold),  # beside a person
        ({"member": None, "table": "offerboard.Message"}, services.NothingToHold),
        ({"member": None, "table": "offerboard.Message", "key": "7"}, services.NothingToHold),
        ({"member": None, "table": "offerboard.Message", "key": "x"}, services.NothingToHold),
        ({"member": None, "table": "offerboard.Message", "key": "9" * 40}, services.NothingToHold),
        ({"member": None, "table": "privacy.Export", "key": "7"}, services.NothingToHold),
        ({"member": None, "table": "auth.Group", "key": "1"}, services.NothingToHold),
    ],
)
def test_what_cannot_be_held_is_refused_and_leaves_nothing(changes: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        place(**changes)

    assert not LegalHold.objects.exists()


def test_a_hold_is_lifted_once_and_with_a_reason() -> None:
    hold = place()
    with pytest.raises(services.ReasonMissing):
        services.lift_hold(hold=hold, reason=" ", now=NOW)
    assert LegalHold.objects.standing(at=NOW).count() == 1

    services.lift_hold(hold=hold, reason="Settled.", now=NOW)

    assert (hold.lifted_at, hold.lift_reason, LegalHold.objects.standing(at=NOW).count()) == (NOW, "Settled.", 0)
    with pytest.raises(services.NotStanding):
        services.lift_hold(hold=hold, reason="Again.", now=NOW + timedelta(days=1))
    hold.refresh_from_db()
    assert (hold.lifted_at, hold.lift_reason) == (NOW, "Settled.")


def test_staff_enter_one_under_their_own_name_and_lift_it() -> None:
    member, staff = MemberFactory(), make_staff("privacy officer")
    client = at_work(staff)

    client.post(ADD, form(email=member.email.upper()))
    hold = LegalHold.objects.get()
    assert (hold.member, hold.owner, hold.begun_at, hold.ends_at) == (
        member,
        staff,
        NOW,
        datetime(2027, 11, 22, 12, tzinfo=NOW.tzinfo),
    )

    page = reverse("admin:privacy_legalhold_change", args=[hold.pk])
    client.post(page, {"lift_reason": ""})
    assert LegalHold.objects.standing(at=NOW).exists()
    client.post(page, {"lift_reason": "Settled.", "reason": "Another."})

    hold.refresh_from_db()
    assert (hold.lift_reason, hold.lifted_at, hold.reason) == ("Settled.", NOW, "Claim 7.")
    assert client.post(page, {"lift_reason": "Again."}).status_code == 403
    assert client.post(reverse("admin:privacy_legalhold_delete", args=[hold.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Name a member, or a kind of data"),
        ({"email": "nobody@example.com"}, "Nobody has this address."),
        ({"table": "offerboard.Message", "key": "7"}, "There is no such row."),
        ({"table": "offerboard.Message"}, "Name a member, or a kind of data"),
        ({"email": "nobody@example.com", "table": "offerboard.Message", "key": "7"}, "Name a member, or a kind"),
    ],
)
def test_what_does_not_fit_is_said_in_words(changes: dict[str, str], words: str) -> None:
    answer = at_work(make_staff("privacy officer")).post(ADD, form(**changes))

    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not LegalHold.objects.exists()


def test_a_hold_that_would_end_at_once_is_refused() -> None:
    answer = at_work(make_staff("privacy officer")).post(ADD, form(email=MemberFactory().email, ends_at_0="2026-11-22"))

    assert "Choose a time to come." in answer.content.decode()
    assert not LegalHold.objects.exists()


def test_the_list_has_what_ends_first_on_top_and_what_is_lifted_below() -> None:
    lifted = place(member=MemberFactory(full_name="Lifted Person"))
    services.lift_hold(hold=lifted, reason="Settled.", now=NOW)
    place(member=MemberFactory(full_name="Late Person"), ends_at=NEXT_YEAR)
    place(member=MemberFactory(full_name="Soon Person"), ends_at=NOW + timedelta(days=3))
    client = at_work(make_staff("privacy officer"))

    page = client.get(LIST).content.decode()

    places = [page.index(f"{name} Person") for name in ("Soon", "Late", "Lifted")]
    assert places == sorted(places)
    assert "Lifted Person" not in client.get(LIST, {"standing": "yes"}).content.decode()


def test_the_person_can_read_why_something_is_kept() -> None:
    member, client = MemberFactory(), Client()
    place(member=member)
    client.force_login(member)

    assert "Claim 7." in client.get(reverse("privacy:data", args=["privacy-legalhold"])).content.decode()
