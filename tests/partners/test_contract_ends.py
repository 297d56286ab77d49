"""When a partner's contract is over it is asked to delete all that it had, once for each end, and confirms that."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from mailings.models import Delivery
from partners.models import ApiKey, KeyUsage, Partner
from partners.periodic import follow_contracts
from partners.services import contract_ends as services
from privacy.models import ContractEnd, Receiver, Suppression
from privacy.services.suppression import suppress
from tests.factories import NOW, MemberFactory, PartnerFactory, ReceiverFactory
from tests.partners.calling import Caller, member_caller, partner_caller
from tests.privacy.receivers import PHONE, given_to
from tests.world import fingerprint

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY, YESTERDAY = NOW.date(), NOW.date() - DAY
DONE = {"proof": "Database dropped on Monday."}


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def partner() -> Partner:
    """One that has pulled something."""
    made: Partner = PartnerFactory()
    partner_caller(partner=made)
    made.keys.update(last_used_at=NOW - DAY)
    return made


def end(partner: Partner, on: date | None) -> None:
    """Staff write the last day of its contract into the register."""
    Receiver.objects.filter(partner=partner).update(until=on)


def sweep(days: int = 0) -> None:
    now = NOW + days * DAY
    services.follow_contracts(now=now)
    services.tell_ended(now=now)


def ends(**wanted: Any) -> list[date]:
    return list(ContractEnd.objects.filter(**wanted).order_by("pk").values_list("ended_on", flat=True))


def receipt(caller: Caller, reference: Any, body: Any = DONE) -> Any:
    return caller.send("POST", f"contract-end/{reference}/receipt/", body)


# --- opening --------------------------------------------------------------------------------------------------------


@pytest.mark.promise("deleted-when-a-contract-ends")
def test_the_day_after_the_last_one_a_partner_is_asked_once_to_delete_everything(partner: Partner, clock: Any) -> None:
    """The program does it, and running it again asks no second time."""
    end(partner, TODAY)
    follow_contracts()
    on_the_last_day = ends()
    clock.shift(DAY)
    follow_contracts()
    follow_contracts()

    [asked] = ContractEnd.objects.all()
    assert (on_the_last_day, asked.receiver, asked.ended_on) == ([], partner.receiver, TODAY)
    assert (asked.opened_at, asked.told_at, asked.due_at) == (NOW + DAY, NOW + DAY, NOW + 31 * DAY)
    assert Delivery.objects.filter(template="contract_ended").count() == 1


def test_a_contract_that_staff_end_early_is_over_at_once(partner: Partner) -> None:
    end(partner, TODAY + 300 * DAY)
    sweep()
    end(partner, YESTERDAY)
    sweep()

    assert ends() == [YESTERDAY]


def test_contracts_that_run_or_have_not_begun_ask_for_nothing(partner: Partner) -> None:
    end(partner, None)
    PartnerFactory(receiver__since=TODAY + DAY, receiver__until=TODAY + 9 * DAY)
    ReceiverFactory(kind="hosting", until=YESTERDAY)  # works on our instructions, under a contract of its own
    sweep()

    assert ends() == []


@pytest.mark.parametrize("gave", ["a call that was counted", "a disclosure", "long ago, of which nobody knows"])
def test_whoever_may_have_something_of_ours_is_asked(gave: str) -> None:
    """Also where no key of theirs was seen."""
    partner = PartnerFactory()
    caller = partner_caller(partner=partner)
    if gave == "a call that was counted":
        KeyUsage.objects.create(key=caller.key, day=YESTERDAY, answered=1)
    elif gave == "a disclosure":
        given_to(partner.receiver.name, MemberFactory(), PHONE)
    else:
        Receiver.objects.filter(partner=partner).update(since=TODAY - 4 * 365 * DAY)
    end(partner, YESTERDAY)
    sweep()

    assert ends() == [YESTERDAY]


def test_whoever_never_had_anything_is_not_asked() -> None:
    """Not for calls that were refused, and not for what another was given."""
    partner, other = PartnerFactory(), PartnerFactory()
    KeyUsage.objects.create(key=partner_caller(partner=partner).key, day=YESTERDAY, client_errors=3)
    given_to(other.receiver.name, MemberFactory(), PHONE)
    end(partner, YESTERDAY)
    sweep()

    assert (ends(), Delivery.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ask_once_and_write_one_mail(partner: Partner) -> None:
    end(partner, YESTERDAY)

    def worker(_number: int) -> None:
        try:
            sweep()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(worker, range(4)))

    assert (ends(), Delivery.objects.filter(template="contract_ended").count()) == ([YESTERDAY], 1)


def test_the_database_refuses_a_second_question_about_one_end(partner: Partner) -> None:
    end(partner, YESTERDAY)
    sweep()

    with pytest.raises(IntegrityError, match="contract_end_once"), transaction.atomic():
        ContractEnd.objects.create(receiver=partner.receiver, ended_on=TODAY, opened_at=NOW, due_at=NOW)

    assert ends() == [YESTERDAY]


# --- contracts that go on -------------------------------------------------------------------------------------------


def test_when_a_contract_goes_on_nothing_is_asked_any_more_and_its_next_end_asks_anew(partner: Partner) -> None:
    end(partner, YESTERDAY)
    sweep()
    end(partner, TODAY + 5 * DAY)
    sweep()
    goes_on = ends(went_on_at=None)
    sweep(days=6)

    assert (goes_on, ends(went_on_at=None)) == ([], [TODAY + 5 * DAY])
    assert ends(went_on_at=NOW) == [YESTERDAY]


def test_what_was_confirmed_for_one_end_does_not_answer_for_a_later_one(partner: Partner) -> None:
    """Also where nobody looked while the contract ran."""
    end(partner, YESTERDAY)
    sweep()
    ContractEnd.objects.update(confirmed_at=NOW, proof="Letter.")
    end(partner, TODAY + 5 * DAY)
    sweep(days=6)

    assert ends(went_on_at=None, confirmed_at=None) == [TODAY + 5 * DAY]


def test_an_end_that_is_put_back_to_where_it_was_asks_again(partner: Partner) -> None:
    """What was pulled in between would be with the partner still."""
    for last in (YESTERDAY, TODAY + DAY, YESTERDAY):
        end(partner, last)
        sweep()

    assert ends(went_on_at=None) == [YESTERDAY]
    assert Delivery.objects.filter(template="contract_ended").count() == 2


def test_an_end_that_is_corrected_to_an_earlier_day_is_the_same_end(partner: Partner) -> None:
    end(partner, YESTERDAY)
    sweep()
    end(partner, YESTERDAY - DAY)
    sweep()

    assert ends() == [YESTERDAY]


# --- telling --------------------------------------------------------------------------------------------------------


def test_the_technical_contact_is_asked_and_reminded_once_in_its_language(partner: Partner) -> None:
    Partner.objects.update(language="ar")
    end(partner, YESTERDAY)
    for day in (0, 1, 15, 16, 40):
        sweep(days=day)

    first, second = Delivery.objects.filter(template="contract_ended").order_by("queued_at")
    assert {(one.to, one.language) for one in (first, second)} == {("api@agri-list.example", first.language)}
    assert (second.queued_at - first.queued_at, ContractEnd.objects.get().reminded_at) == (15 * DAY, NOW + 15 * DAY)
    assert ["two weeks ago" in one.text for one in (first, second)] == [False, True]
    assert all(str(ContractEnd.objects.get().reference) in one.text for one in (first, second))


@pytest.mark.parametrize("address", ["", "bounced@agri-list.example"])
def test_a_partner_whom_no_mail_reaches_waits_for_staff_to_tell_it(partner: Partner, address: str) -> None:
    """It keeps no other waiting."""
    suppress(kind="email", value="bounced@agri-list.example", reason=Suppression.Reason.BOUNCED, now=NOW)
    Partner.objects.update(contact_email=address)
    other = PartnerFactory(receiver__since=TODAY - 4 * 365 * DAY)
    end(partner, YESTERDAY)
    end(other, YESTERDAY)
    sweep()

    waits = ContractEnd.objects.to_tell(at=NOW).get()
    assert (waits.receiver, waits.told_at) == (partner.receiver, None)
    assert Delivery.objects.get().to == other.contact_email


# --- the API --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ended(partner: Partner) -> Caller:
    """A partner's program after the end."""
    caller = partner_caller(partner=partner)
    end(partner, YESTERDAY)
    sweep()
    return caller


def test_the_key_of_an_ended_contract_reads_and_confirms_it_and_opens_nothing_else(ended: Caller) -> None:
    told = ended.get("contract-end/").json()
    confirmed = receipt(ended, told["id"])

    assert told == {
        "id": str(ContractEnd.objects.get().reference),
        "ended_on": YESTERDAY.isoformat(),
        "deadline": (NOW + 30 * DAY).isoformat(),
        "confirmed_at": None,
    }
    assert (confirmed.status_code, confirmed.json()) == (200, {**told, "confirmed_at": NOW.isoformat()})
    assert ContractEnd.objects.get().proof == DONE["proof"]
    closed = ("leads/", "companies/", "changes/", "contacts/", "webhooks/", "countries/", "export/leads.ndjson")
    assert {ended.get(path).status_code for path in closed} == {403}


def test_confirming_twice_is_harmless(ended: Caller, clock: Any) -> None:
    reference = ContractEnd.objects.get().reference
    first = receipt(ended, reference)
    clock.shift(DAY)
    again = receipt(ended, reference, {"proof": "Something else."})
    sweep(days=40)

    assert (again.status_code, again.json()) == (200, first.json())
    assert (ContractEnd.objects.get().proof, ends()) == (DONE["proof"], [YESTERDAY])
    assert ended.get("contract-end/").json() == first.json()


def test_it_does_not_stand_among_removals_where_programs_confirm_what_they_know_nothing_of(ended: Caller) -> None:
    reference = ContractEnd.objects.get().reference

    assert ended.get("removals/").json() == {"results": []}
    assert ended.send("POST", f"removals/{reference}/receipt/", DONE).status_code == 404
    assert ContractEnd.objects.get().confirmed_at is None


@pytest.mark.parametrize("body", [None, {}, {"proof": " "}, {"proof": "x" * 301}, {"proof": "x", "more": 1}])
def test_a_receipt_without_words_is_refused(ended: Caller, body: Any) -> None:
    answer = receipt(ended, ContractEnd.objects.get().reference, body)

    assert (answer.status_code in {400, 422}, ContractEnd.objects.get().confirmed_at) == (True, None)


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize("whose", ["of a running contract", "of a member"])
def test_another_key_neither_reads_nor_confirms_it(whose: str) -> None:
    """It is not there for them; members are told that it is for partners."""
    wrong = member_caller() if whose == "of a member" else partner_caller(partner=PartnerFactory())
    asked = ContractEnd.objects.get()
    ApiKey.objects.filter(pk=wrong.key.pk).update(last_used_at=NOW)  # noted already, so that nothing is to be noted
    before = fingerprint()

    answers = [wrong.get("contract-end/"), receipt(wrong, asked.reference)]

    assert {one.status_code for one in answers} == {403 if whose == "of a member" else 404}
    assert fingerprint() == before


def test_of_two_partners_whose_contracts_ended_each_confirms_its_own(ended: Caller) -> None:
    other = PartnerFactory()
    caller = partner_caller(partner=other)
    other.keys.update(last_used_at=NOW)
    end(other, YESTERDAY)
    sweep()
    own, others = (one.get("contract-end/").json()["id"] for one in (ended, caller))

    assert (receipt(caller, own).status_code, receipt(caller, others).status_code) == (404, 200)
    assert ContractEnd.objects.open().get().receiver == ended.key.partner.receiver  # type: ignore[union-attr]


def test_a_contract_that_goes_on_has_nothing_to_confirm_even_before_the_sweep(ended: Caller, partner: Partner) -> None:
    asked = ContractEnd.objects.get()
    end(partner, TODAY + DAY)

    answers = [ended.get("contract-end/"), receipt(ended, asked.reference)]

    assert [one.status_code for one in answers] == [404, 404]
    assert ContractEnd.objects.get().confirmed_at is None


def test_a_receipt_for_an_earlier_end_does_not_confirm_a_later_one(ended: Caller, partner: Partner) -> None:
    earlier = ContractEnd.objects.get().reference
    end(partner, None)
    sweep()
    end(partner, YESTERDAY)
    sweep()

    assert receipt(ended, earlier).status_code == 404
    assert ends(went_on_at=None, confirmed_at=None) == [YESTERDAY]
