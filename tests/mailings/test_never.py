"""Who chooses never gets nothing more of it, also where the mail that tells it was written and waits."""

from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import Member
from mailings.models import Delivery
from mailings.services.notifying import notify
from mailings.services.preferences import choose_frequencies
from offerboard.notices import APPROVED, INQUIRY, REPLY
from tests.factories import NOW, LeadFactory
from tests.mailings.noticing import EIGHT, HOUR, MINUTE, digest, thread_with, told, waiting, wants, work, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("held_up", ["pending", "claimed"])
def test_a_mail_that_waits_and_tells_of_nothing_else_is_taken_back_by_who_chooses_never(
    member: Member, held_up: str
) -> None:
    wants(member, REPLY, "daily")
    write(thread_with(member))
    work(EIGHT)
    Delivery.objects.update(state=held_up, error="451 Later", lease_until=EIGHT + HOUR)

    wants(member, REPLY, "off", now=EIGHT)

    mail = digest()
    assert (mail.state, mail.text, mail.gathered, waiting()) == ("suppressed", "", {}, [])


def test_a_mail_that_waits_is_written_anew_without_what_its_reader_does_not_want_any_more(member: Member) -> None:
    write(thread_with(member))
    [team] = member.teams.all()
    for title, happened_at in (("Robusta", NOW + MINUTE), ("Arabica", NOW)):
        lead = LeadFactory(company=team.company, title=title)
        notify(kind=APPROVED, readers=[member], keys=[str(lead.pk)], context={}, now=happened_at)
    work(EIGHT)

    wants(member, REPLY, "off", now=EIGHT + HOUR)
    assert work(EIGHT + HOUR) == 1

    assert told(member) == [("digest", ""), ("digest", "2 approved leads")]
    assert list(Delivery.objects.order_by("queued_at").values_list("state", flat=True)) == ["suppressed", "pending"]
    text = Delivery.objects.get(state="pending").text
    assert text.index("Arabica") < text.index("Robusta")


def test_what_waits_again_is_forgotten_too_by_who_does_not_want_that_either(member: Member) -> None:
    for kind in (INQUIRY, REPLY):
        wants(member, kind, "daily")
        notify(kind=kind, readers=[member], keys=["1"], context={}, now=NOW)
    Delivery.objects.create(
        template="digest", to=member.email, gathered={"inquiry": ["1"], "reply": ["1"]}, queued_at=NOW, not_before=NOW
    )

    choices = {REPLY: "off", INQUIRY: "off"}
    choose_frequencies(member_id=member.pk, time_zone="UTC", chosen=choices, now=EIGHT)

    assert (digest().state, waiting()) == ("suppressed", [])


@pytest.mark.parametrize(("state", "asked_for"), [("in_flight", False), ("sent", False), ("pending", True)])
def test_what_has_left_and_what_is_owed_is_not_taken_back(member: Member, state: str, asked_for: bool) -> None:
    wants(member, REPLY, "daily")
    write(thread_with(member))
    work(EIGHT)
    Delivery.objects.update(state=state, asked_for=asked_for, lease_until=EIGHT + HOUR)

    wants(member, REPLY, "off", now=EIGHT)

    assert (digest().state, waiting()) == (state, [])
