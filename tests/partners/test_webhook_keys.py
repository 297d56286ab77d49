"""Webhooks hang on a key: they go along when it is renewed, and stop with a word to their holder when it ends."""

from datetime import timedelta
from typing import Any

import pytest

from mailings.models import Delivery
from partners import periodic
from partners.models import ApiKey, Webhook
from partners.services import webhooks as services
from partners.services.keys import renew_key, revoke_key
from tests.factories import NOW, LeadFactory, MemberFactory, PartnerFactory
from tests.partners.calling import Caller, member_caller, partner_caller
from tests.partners.hooking import Clock, hook, later, told, work
from tests.partners.receiving import Receiver
from tests.staff import at_work, changelist, make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def states() -> list[tuple[str, str]]:
    return list(Webhook.objects.order_by("pk").values_list("state", "pause_reason"))


def mails() -> list[str]:
    return list(Delivery.objects.filter(template="webhook_paused").values_list("to", flat=True))


def press(caller: Caller, webhook: Webhook, **body: Any) -> Any:
    """Change it over the API."""
    return caller.send("PATCH", f"webhooks/{webhook.pk}/", body)


def test_what_an_old_key_makes_hangs_on_the_key_that_took_its_place(machine: Receiver, clock: Clock) -> None:
    """A program may use the old one for some days yet; when it ends, the webhook goes on."""
    caller = partner_caller()
    second = renew_key(key=caller.key, expires_at=None, now=NOW).key
    third = renew_key(key=second, expires_at=None, now=NOW).key
    made = caller.send("POST", "webhooks/", {"url": machine.url, "kinds": ["lead"]})
    later(clock, days=8)
    periodic.sweep_webhooks()
    lead = LeadFactory(expires_at=NOW + timedelta(days=30))
    work()

    assert (made.status_code, Webhook.objects.get().key, states()) == (201, third, [("active", "")])
    assert [told(got) for got in machine.got] == [[("upsert", lead.slug)]]


def test_a_key_that_was_revoked_is_no_place_to_hang_on(machine: Receiver) -> None:
    """Where the follower is gone, the old one carries it as long as it opens."""
    caller = partner_caller()
    second = renew_key(key=caller.key, expires_at=None, now=NOW).key
    revoke_key(key=second, now=NOW)

    assert hook(machine, key=caller.key).webhook.key == caller.key


def test_a_revoked_key_pauses_its_webhooks_and_their_holder_is_told_once(machine: Receiver) -> None:
    """Those of another key go on."""
    partner = PartnerFactory()
    caller, other = partner_caller(partner=partner), partner_caller(partner=partner)
    ended, kept = hook(machine, key=caller.key).webhook, hook(machine, key=other.key).webhook
    revoke_key(key=caller.key, now=NOW)
    revoke_key(key=caller.key, now=NOW)
    periodic.sweep_webhooks()

    assert dict(Webhook.objects.values_list("pk", "pause_reason")) == {ended.pk: "key", kept.pk: ""}
    assert other.get(f"webhooks/{ended.pk}/").json()["paused_by"] == "key"
    assert mails() == [partner.contact_email]
    assert "has ended or was revoked" in Delivery.objects.get(template="webhook_paused").text


def test_a_key_that_runs_out_pauses_them_too(machine: Receiver, clock: Clock) -> None:
    """By the clock; the sweep finds it."""
    member = MemberFactory()
    caller = member_caller(member=member)
    hook(machine, key=caller.key)
    ApiKey.objects.update(expires_at=NOW + timedelta(days=1))
    periodic.sweep_webhooks()
    before = states()
    later(clock, days=1)
    periodic.sweep_webhooks()
    periodic.sweep_webhooks()

    assert (before, states(), mails()) == ([("active", "")], [("paused", "key")], [member.email])


def test_another_key_of_the_holder_takes_it_up_again_where_it_stopped(machine: Receiver) -> None:
    """And carries it from then on."""
    partner = PartnerFactory()
    caller, other = partner_caller(partner=partner), partner_caller(partner=partner)
    webhook = hook(machine, key=caller.key).webhook
    revoke_key(key=caller.key, now=NOW)
    lead = LeadFactory()
    work()
    while_paused = len(machine.got)
    taken_up = press(other, webhook, state="active").json()
    periodic.sweep_webhooks()
    work()

    assert (while_paused, taken_up["state"], Webhook.objects.get().key) == (0, "active", other.key)
    assert [told(got) for got in machine.got] == [[("upsert", lead.slug)]]


def test_staff_leave_one_without_a_key_to_its_holder(machine: Receiver) -> None:
    """Also one that they had paused themselves."""
    caller = partner_caller()
    webhook = hook(machine, key=caller.key).webhook
    services.pause_webhook(webhook=webhook, by=Webhook.PauseReason.STAFF, now=NOW)
    revoke_key(key=caller.key, now=NOW)
    by_staff = states()
    client = at_work(make_staff("administrator"))
    page = client.post(
        changelist("partners_webhook"), {"action": "resume", "_selected_action": [str(webhook.pk)]}, follow=True
    )

    assert (by_staff, states()) == ([("paused", "staff")], [("paused", "key")])
    assert "stays paused: its key has ended" in page.text


def test_what_is_not_sent_is_not_written(machine: Receiver) -> None:
    """Somebody else has changed the kinds since the row was read."""
    made = hook(machine).webhook
    Webhook.objects.update(kinds=["company"])
    services.change_webhook(webhook=made, url=f"{machine.url}/other", kinds=None, now=NOW)
    of_url = Webhook.objects.values_list("url", "kinds").get()
    services.change_webhook(webhook=made, url=None, kinds=["lead"], now=NOW)

    assert of_url == (f"{machine.url}/other", ["company"])
    assert Webhook.objects.values_list("url", "kinds").get() == (f"{machine.url}/other", ["lead"])
