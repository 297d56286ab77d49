"""Services that members connect: what one gets and why is shown first, no is as near as yes, and it ends at once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from partners.models import ConnectedService, Connection, PairwiseId
from partners.services.connections import version_of
from privacy.models import ConsentEvent, Disclosure, Receipt, Receiver, SubjectRequest
from tests.factories import NOW, ConnectedServiceFactory, MemberFactory
from tests.partners.calling import Caller, partner_caller
from tests.privacy.leaving import leave

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator", "policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day on which everything was said."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def service() -> ConnectedService:
    """One that wants name and e-mail address."""
    return ConnectedServiceFactory()


@pytest.fixture
def crm(service: ConnectedService) -> Caller:
    """The service's own program."""
    return partner_caller(partner=service.partner)


@pytest.fixture
def member() -> Member:
    return MemberFactory(full_name="Ama Mensah", phone="+233302123456")


@pytest.fixture
def browser(client: Client, member: Member) -> Client:
    client.force_login(member)
    return client


def page(service: ConnectedService) -> str:
    return f"/my/services/{service.partner.slug}/"


def answer(browser: Client, service: ConnectedService, said: str, **more: str) -> Any:
    """Press a button of the page as it is now."""
    form = {"answer": said, "version": version_of(service), **more}
    return browser.post(f"{page(service)}answer/", form, follow=True)


def contacts(crm: Caller) -> list[dict[str, Any]]:
    return list(crm.get("contacts/").json()["results"])


def events() -> list[tuple[str, bool]]:
    return list(ConsentEvent.objects.order_by("pk").values_list("purpose", "given"))


def test_the_page_says_first_what_it_gets_what_for_who_it_is_and_how_long(
    browser: Client, service: ConnectedService
) -> None:
    """Looking at it connects nothing."""
    shown = browser.get(page(service)).text

    for words in ("Your name", "Your e-mail address", service.purpose, service.privacy_url, "Until you end it"):
        assert words in shown
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
    assert service.purpose in words
    assert "your name, your e-mail address" in words
    [given] = Disclosure.objects.all()
    assert (given.member, given.receiver_name, given.purpose, given.columns) == (
        member,
        service.partner.receiver.name,
        "connecting",
        ["accounts.Member.email", "accounts.Member.full_name"],
    )


def test_the_way_back_carries_the_number_and_the_state(browser: Client, crm: Caller, service: ConnectedService) -> None:
    """By the number the service asks with its own key; whoever else reads it can do nothing with it."""
    shown = answer(browser, service, "yes", state="a b&c").text

    number = PairwiseId.objects.get().pk
    assert f'href="https://quayside.example/back?from=market&amp;contact={number}&amp;state=a+b%26c"' in shown
    assert crm.get(f"contacts/{number}/").json()["name"] == "Ama Mensah"
    assert partner_caller().get(f"contacts/{number}/").status_code == 404


def test_a_no_passes_nothing_on_and_the_way_back_says_so(
    browser: Client, crm: Caller, service: ConnectedService
) -> None:
    """The service learns that it was a no, and nothing of who said it."""
    shown = answer(browser, service, "no", state="s1").text

    assert 'href="https://quayside.example/back?from=market&amp;error=access_denied&amp;state=s1"' in shown
    assert (contacts(crm), events(), Disclosure.objects.count()) == (
        [],
        [(f"service:{service.partner_id}", False)],
        0,
    )


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
    assert [("your telephone number" in one.words.text) for one in ConsentEvent.objects.order_by("pk")] == [False, True]


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
    assert service.partner.receiver.name in browser.get("/privacy/received/").text


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


def test_an_overlong_state_is_left_out_and_nothing_breaks(browser: Client, service: ConnectedService) -> None:
    """It would not fit into an address."""
    assert browser.get(page(service), {"state": "x" * 5000}).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_list(browser: Client, django_assert_max_num_queries: Any) -> None:
    """However many services there are."""
    for _ in range(12):
        answer(browser, ConnectedServiceFactory(), "yes")

    with django_assert_max_num_queries(10):
        browser.get("/my/services/")
