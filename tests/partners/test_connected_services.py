"""Services that members connect: what one gets and why is shown first, no is as near as yes, and it ends at once."""

from collections.abc import Iterator
from datetime import timedelta
from html import escape
from itertools import product
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from partners.models import ConnectedService, Connection, PairwiseId
from partners.terms import rows_of, version_of
from privacy import datamap
from privacy.models import ConsentEvent, Disclosure, Receipt, Receiver, SubjectRequest
from privacy.services.disclosing import Ground, UndeclaredReceiver, WrongGround, disclose
from tests.factories import NOW, ConnectedServiceFactory, MemberFactory
from tests.partners.calling import Caller, partner_caller
from tests.partners.connecting import answer, contacts, events, page
from tests.privacy.leaving import leave

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator", "policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day on which everything was said."""
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_page_says_first_what_it_gets_what_for_who_it_is_and_how_long(
    browser: Client, service: ConnectedService
) -> None:
    """Looking at it connects nothing."""
    shown = browser.get(page(service)).text

    for _heading, lines in rows_of(service, fields=service.fields):
        assert all(escape(line.removeprefix("– ")) in shown for line in lines)
    assert "Your telephone number" not in shown
    assert (events(), Connection.objects.count(), PairwiseId.objects.count()) == ([], 0, 0)


def test_after_a_yes_it_gets_what_the_page_said_and_no_more(
    browser: Client, crm: Caller, service: ConnectedService, member: Member
) -> None:
    """The ledger keeps the words; each reading is written down."""
    before = contacts(crm)
    answer(browser, service, "yes")

    [contact] = contacts(crm)

    assert before == []
    assert {name: contact[name] for name in ("name", "email", "phone", "language")} == {
        "name": "Ama Mensah",
        "email": member.email,
        "phone": None,
        "language": None,
    }
    words = ConsentEvent.objects.get().words.text
    assert {service.purpose, service.privacy_url, "Your name", "Your e-mail address"} <= set(words.splitlines())
    assert contact["companies"] == []
    [given] = Disclosure.objects.all()
    assert (given.member, given.receiver_name, given.purpose, given.columns) == (
        member,
        service.partner.receiver.name,
        "connecting",
        ["accounts.Member.email", "accounts.Member.full_name"],
    )


def test_who_connected_a_service_is_listed_also_where_it_reads_what_was_not_agreed_to(
    browser: Client, crm: Caller, service: ConnectedService
) -> None:
    """As null, of which there is nothing to note: nobody agreed to it, so it says nothing."""
    answer(browser, service, "yes")

    page = crm.get("contacts/", fields="phone,companies").json()["results"]

    assert [(one["phone"], one["companies"]) for one in page] == [(None, [])]
    assert Disclosure.objects.count() == 0


def test_two_clicks_connect_once(browser: Client, crm: Caller, service: ConnectedService) -> None:
    """One yes, one number."""
    answer(browser, service, "yes")
    answer(browser, service, "yes")

    assert (len(events()), Connection.objects.count(), len(contacts(crm))) == (1, 1, 1)


@pytest.mark.parametrize("change", [{"is_on": False}, {"fields": ["name", "email", "phone"]}, {"purpose": "To sell."}])
def test_a_yes_to_a_page_that_has_changed_connects_nothing(
    browser: Client, service: ConnectedService, change: dict[str, Any]
) -> None:
    """A service that is switched off, or asks for something else by now."""
    version = version_of(service)
    ConnectedService.objects.filter(pk=service.pk).update(**change)

    browser.post(f"{page(service)}answer/", {"answer": "yes", "version": version})

    assert (events(), Connection.objects.count(), PairwiseId.objects.count()) == ([], 0, 0)


def test_a_service_out_of_contract_cannot_be_connected(browser: Client, service: ConnectedService) -> None:
    """The page says so."""
    Receiver.objects.filter(partner__service=service).update(until=(NOW - timedelta(days=1)).date())

    shown = answer(browser, service, "yes").text

    assert "cannot be connected" in shown
    assert Connection.objects.count() == 0


def test_a_service_that_asks_for_more_gets_what_was_agreed_to_until_the_member_says_yes_to_it(
    browser: Client, crm: Caller, service: ConnectedService
) -> None:
    """The second yes is another line of the ledger, with its words."""
    answer(browser, service, "yes")
    service.fields = ["name", "email", "phone"]
    service.save()

    before, shown = contacts(crm)[0]["phone"], browser.get(page(service)).text
    answer(browser, service, "yes")

    assert (before, contacts(crm)[0]["phone"]) == (None, "+233302123456")
    assert "It asks for more by now" in shown
    assert [("Your telephone number" in one.words.text) for one in ConsentEvent.objects.order_by("pk")] == [False, True]


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "To sell it."},
        {"about": "We sell addresses."},
        {"privacy_url": "https://elsewhere.example/privacy"},
        {"partner__receiver__country": "US"},
        {"partner__receiver__transfer": "consent"},
    ],
)
def test_a_yes_ends_with_what_the_service_said_of_itself(
    browser: Client, crm: Caller, service: ConnectedService, change: dict[str, str]
) -> None:
    """Nothing is given until the member has read the new words and says yes to them."""
    answer(browser, service, "yes")
    [(name, value)] = change.items()
    if name.startswith("partner__receiver__"):
        receiver = service.partner.receiver
        setattr(receiver, name.rpartition("__")[2], value)
        receiver.save()
    else:
        ConnectedService.objects.filter(pk=service.pk).update(**change)
    service.refresh_from_db()

    before, shown = contacts(crm), browser.get(page(service)).text
    answer(browser, service, "yes")

    assert (before, len(contacts(crm)), len(events())) == ([], 1, 2)
    assert "It says something else of itself by now" in shown


def test_a_service_that_asks_for_less_gets_less(browser: Client, crm: Caller, service: ConnectedService) -> None:
    """At once, and without a word from the member."""
    answer(browser, service, "yes")
    ConnectedService.objects.filter(pk=service.pk).update(fields=["name"])

    [contact] = contacts(crm)

    assert (contact["name"], contact["email"]) == ("Ama Mensah", None)


def test_a_service_that_is_switched_off_gets_nobody(browser: Client, crm: Caller, service: ConnectedService) -> None:
    """The member can still end it; who has not connected it does not find it."""
    answer(browser, service, "yes")
    ConnectedService.objects.filter(pk=service.pk).update(is_on=False)
    other = Client()
    other.force_login(MemberFactory())

    assert contacts(crm) == []
    assert "It gets nothing at present" in browser.get(page(service)).text
    assert other.get(page(service)).status_code == 404


@pytest.mark.promise("no-sale")
def test_a_service_can_be_given_four_columns_of_the_whole_map_on_one_ground(
    browser: Client, service: ConnectedService, member: Member
) -> None:
    """Whoever writes the code that asks the gate."""
    answer(browser, service, "yes")
    uses = [(name, use.why) for name, column in datamap.columns().items() for use in column.uses]
    passed = []
    for (name, purpose), ground in product(uses, Ground):
        try:
            disclose(
                members=[member.pk],
                receiver=service.partner.receiver,
                purpose=purpose,
                columns=[name],
                ground=ground,
                reason="They pay.",
                now=NOW,
            )
        except (UndeclaredReceiver, WrongGround):
            continue
        passed.append((name, purpose.key, ground.value))

    assert sorted(passed) == [
        (f"accounts.Member.{name}", "connecting", "agreed") for name in ("email", "full_name", "language", "phone")
    ]


def test_other_members_are_not_given(browser: Client, crm: Caller, service: ConnectedService) -> None:
    """Nor what another service was allowed."""
    other = ConnectedServiceFactory()
    MemberFactory()
    answer(browser, service, "yes")

    assert contacts(partner_caller(partner=other.partner)) == []
    assert [one["name"] for one in contacts(crm)] == ["Ama Mensah"]


# --- ending it -------------------------------------------------------------------------------------------------------


@pytest.mark.promise("services-end-at-once")
def test_from_the_end_of_a_connection_on_nothing_is_given(
    browser: Client, crm: Caller, service: ConnectedService
) -> None:
    """The next call finds nobody."""
    answer(browser, service, "yes")
    [contact] = contacts(crm)
    answer(browser, service, "no")

    assert contacts(crm) == []
    assert crm.get(f"contacts/{contact['id']}/").status_code == 410
    assert (Connection.objects.count(), Disclosure.objects.count()) == (0, 1)


@pytest.mark.promise("services-end-at-once")
def test_the_service_is_asked_to_delete_what_it_has_and_the_member_sees_the_answer(
    browser: Client, crm: Caller, service: ConnectedService, member: Member
) -> None:
    """With the day until which it has to."""
    answer(browser, service, "yes")
    [contact] = contacts(crm)
    answer(browser, service, "no")

    [owed] = crm.get("removals/").json()["results"]
    crm.send("POST", f"removals/{owed['id']}/receipt/", {"proof": "Deleted."})

    assert owed["objects"] == [{"kind": "contact", "id": contact["id"]}]
    assert (SubjectRequest.objects.get().kind, Receipt.objects.get().proof) == ("withdrawal", "Deleted.")
    assert f"{service.partner.receiver.name}</bdi> (delete it)" in browser.get("/privacy/received/").text


def test_ending_one_connection_leaves_the_other(browser: Client, crm: Caller, service: ConnectedService) -> None:
    """Each is a question of its own."""
    other = ConnectedServiceFactory()
    answer(browser, service, "yes")
    answer(browser, other, "yes")
    answer(browser, service, "no")

    assert (len(contacts(crm)), len(contacts(partner_caller(partner=other.partner)))) == (0, 1)
    assert [one.service for one in Connection.objects.all()] == [other]


def test_who_leaves_the_market_is_gone_there_too(
    browser: Client, crm: Caller, service: ConnectedService, member: Member
) -> None:
    """The service owes a receipt under the request."""
    answer(browser, service, "yes")
    contacts(crm)
    request = leave(member)

    assert contacts(crm) == []
    assert Connection.objects.count() == 0
    assert [one.receiver_name for one in Receipt.objects.filter(request=request)] == [service.partner.receiver.name]


def test_the_list_shows_what_is_connected_since_when_and_when_it_was_read(
    browser: Client, crm: Caller, service: ConnectedService
) -> None:
    """And what can be connected; what is switched off stays listed only where it is connected."""
    off, other = ConnectedServiceFactory(is_on=False), ConnectedServiceFactory()
    answer(browser, service, "yes")
    before = browser.get("/my/services/").text
    contacts(crm)
    shown = browser.get("/my/services/").text

    assert ("has read nothing yet" in before, "last read on" in shown) == (True, True)
    assert other.partner.receiver.name in shown
    assert off.partner.receiver.name not in shown


def test_an_overlong_state_is_left_out(browser: Client, service: ConnectedService) -> None:
    """It would not fit into an address, so there is no way back either."""
    shown = browser.get(page(service), {"state": "ü" * 200}).text

    assert ("ü" * 200 in shown, "quayside.example/back" in shown) == (False, False)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([], "is not connected."),
        (["yes"], "It had read nothing."),
        (["yes", "read"], "is asked to delete what it has."),
        (["yes", "read", "no"], "is not connected."),
    ],
)
def test_after_a_no_the_page_says_what_is_so(
    browser: Client, crm: Caller, service: ConnectedService, before: list[str], words: str
) -> None:
    """Whether there was a connection, and whether something was read under it."""
    for step in before:
        contacts(crm) if step == "read" else answer(browser, service, step)

    assert words in answer(browser, service, "no").text


def test_who_had_to_log_in_first_comes_back_to_the_page(browser: Client, service: ConnectedService) -> None:
    """With nothing said yet."""
    back = browser.get(f"{page(service)}answer/")

    assert (back.status_code, back.headers["Location"], events()) == (302, page(service), [])


def test_the_number_of_queries_does_not_grow_with_the_list(browser: Client, django_assert_max_num_queries: Any) -> None:
    """However many services there are."""
    for _ in range(12):
        answer(browser, ConnectedServiceFactory(), "yes")

    with django_assert_max_num_queries(10):
        browser.get("/my/services/")
