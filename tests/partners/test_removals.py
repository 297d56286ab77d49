"""What is removed for somebody's sake is removed by partners too: they are told, confirm, and are reminded."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from mailings.models import Delivery
from partners.models import Partner
from partners.scopes import Scope
from privacy.models import Receipt, Receiver, SubjectRequest, Suppression
from privacy.services.receipts import tell_by_channel
from privacy.services.suppression import suppress
from tests.factories import CompanyFactory, LeadFactory, MemberFactory, PartnerFactory
from tests.partners.calling import Caller, member_caller, partner_caller
from tests.partners.mirroring import mirrored, new_mirror, whole
from tests.privacy.leaving import leave, only_owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator")]


@pytest.fixture
def seller() -> Any:
    """Somebody who alone owns a company with a lead."""
    company = CompanyFactory()
    member = MemberFactory(company=company)
    LeadFactory(company=company, posted_by=member)
    return member


def pulled(caller: Caller) -> str:
    """The cursor after the partner has copied everything."""
    lines = b"".join(caller.get("export/leads.ndjson").streaming_content).decode().splitlines()
    return str(json.loads(lines[0])["changes"])


@pytest.mark.promise("receivers-told")
def test_a_mirror_removes_confirms_and_the_request_ends(live_server: LiveServer, tmp_path: Path, seller: Any) -> None:
    """From the wish to leave to the partner's receipt."""
    mirror = new_mirror(live_server.url, tmp_path / "mirror.sqlite")
    mirror.sync()
    LeadFactory()  # of somebody else
    request = leave(seller)
    waits = request.state
    mirror.sync()
    receipt = Receipt.objects.get(request=request)

    assert waits == SubjectRequest.State.AWAITING
    assert mirrored(mirror) == whole()
    assert (receipt.receiver_kind, receipt.person, receipt.proof) == ("partner", "", "Deleted from our mirror.")


def test_tombstones_say_that_it_is_for_privacy_and_until_when(seller: Any) -> None:
    """And whoever has only withdrawn a lead is not told of that way."""
    caller, other = partner_caller(), LeadFactory()
    cursor = pulled(caller)
    leave(seller)
    other.delete()

    gone = caller.get("changes/", after=cursor).json()["changes"]
    said = {(one["kind"], one["reason"]) for one in gone if one["action"] == "remove"}
    owed = {one["removal"]["id"] for one in gone if one.get("removal")}

    assert said == {("company", "privacy"), ("lead", "privacy"), ("lead", "gone")}
    assert owed == {str(Receipt.objects.get().reference)}


def test_partners_read_what_they_owe_and_confirm_it_once(seller: Any) -> None:
    """Saying so again changes nothing."""
    caller = partner_caller()
    pulled(caller)
    leave(seller)
    [owed] = caller.get("removals/").json()["results"]

    first = caller.send("POST", f"removals/{owed['id']}/receipt/", {"proof": "Deleted on Monday."})
    again = caller.send("POST", f"removals/{owed['id']}/receipt/", {"proof": "Deleted on Tuesday."})

    assert {one["kind"] for one in owed["objects"]} == {"company", "lead"}
    assert (first.status_code, again.status_code, first.json() == again.json()) == (200, 200, True)
    assert (Receipt.objects.get().proof, caller.get("removals/").json()) == ("Deleted on Monday.", {"results": []})


def test_a_partner_whose_contract_is_over_can_still_confirm(seller: Any) -> None:
    """Its copy does not end with the contract; nothing else is open to its key."""
    caller = partner_caller(Scope.LEADS_READ, Scope.CHANGES_READ)
    pulled(caller)
    Receiver.objects.update(until=timezone.now().date() - timedelta(days=1))
    Partner.objects.update(scopes=[])
    leave(seller)

    [owed] = caller.get("removals/").json()["results"]
    confirmed = caller.send("POST", f"removals/{owed['id']}/receipt/", {"proof": "Deleted."})

    assert (confirmed.status_code, Receipt.objects.get().proof) == (200, "Deleted.")
    assert {caller.get(path).status_code for path in ("leads/", "countries/", "export/leads.ndjson")} == {403}


def test_another_partner_cannot_confirm_it(seller: Any) -> None:
    """It is not even there for them."""
    caller, other = partner_caller(), partner_caller(partner=PartnerFactory())
    pulled(caller)
    leave(seller)
    [owed] = caller.get("removals/").json()["results"]

    answer = other.send("POST", f"removals/{owed['id']}/receipt/", {"proof": "Gone."})

    assert (answer.status_code, Receipt.objects.get().confirmed_at) == (404, None)


@pytest.mark.parametrize("body", [None, {}, {"proof": ""}, {"proof": "x" * 301}, {"proof": ["x"]}, [], "x"])
def test_a_receipt_without_words_is_refused(seller: Any, body: Any) -> None:
    """It has to be said how it was done."""
    caller = partner_caller()
    pulled(caller)
    leave(seller)
    [owed] = caller.get("removals/").json()["results"]

    answer = caller.send("POST", f"removals/{owed['id']}/receipt/", body)

    assert (answer.status_code in {400, 422}, Receipt.objects.get().confirmed_at) == (True, None)


def test_partners_that_never_pulled_and_members_owe_nothing(seller: Any) -> None:
    """Who has no copy cannot remove it."""
    never, shop = partner_caller(), member_caller()
    pulled(shop)
    leave(seller)

    assert (never.get("removals/").json(), shop.get("removals/").status_code) == ({"results": []}, 403)
    assert not Receipt.objects.exists()


def test_who_was_never_public_is_told_of_to_nobody() -> None:
    """A member who has posted nothing."""
    pulled(partner_caller())
    leave(MemberFactory())

    assert not Receipt.objects.exists()


def test_a_silent_partner_is_reminded_by_mail(seller: Any) -> None:
    """After two weeks, once, and without a word about whom it concerns."""
    caller = partner_caller()
    pulled(caller)
    leave(seller)
    for day in (0, 15, 30):
        tell_by_channel(now=timezone.now() + timedelta(days=day))

    [mail] = Delivery.objects.filter(template="removal_reminder")
    assert mail.to == "api@agri-list.example"
    assert str(Receipt.objects.get().reference) in mail.text
    assert seller.full_name not in mail.text


@pytest.mark.parametrize("address", ["", "bounced@agri-list.example"])
def test_a_partner_whom_no_mail_reaches_is_not_taken_for_reminded(seller: Any, address: str) -> None:
    """Whoever read its mail had the address erased, or it comes back; what it was not told of waits for nothing."""
    suppress(kind="email", value="bounced@agri-list.example", reason=Suppression.Reason.BOUNCED, now=timezone.now())
    caller = partner_caller()
    pulled(caller)
    leave(seller)
    tell_by_channel(now=timezone.now())
    Partner.objects.update(contact_email=address)
    another = only_owner()
    leave(another)
    tell_by_channel(now=timezone.now() + timedelta(days=15))

    assert not Delivery.objects.filter(template="removal_reminder").exists()
    assert list(Receipt.objects.values_list("reminded_at", flat=True)) == [None, None]
    assert Receipt.objects.filter(told_at=None).count() == 0
