"""Staff end a connection for a member who cannot log in, once they know that it is the member who asks."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from partners.models import ConnectedService, Connection
from privacy.models import ConsentEvent, Receipt, SubjectRequest
from tests.factories import NOW, ConnectedServiceFactory
from tests.partners.calling import Caller
from tests.partners.connecting import answer, contacts
from tests.staff import at_work, make_staff
from tests.world import fingerprint

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator", "policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day on which everything was said."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def suspended(browser: Client, crm: Caller, service: ConnectedService, member: Member) -> Member:
    """Somebody who connected the service, of whom it has read, and who was suspended then."""
    answer(browser, service, "yes")
    contacts(crm)
    Member.objects.filter(pk=member.pk).update(state=Member.State.SUSPENDED)
    return member


def ending(service: ConnectedService) -> str:
    return f"/admin/partners/connectedservice/{service.pk}/end/"


def test_staff_end_a_connection_for_a_suspended_member_and_the_service_is_asked_to_delete(
    suspended: Member, crm: Caller, service: ConnectedService
) -> None:
    """As the member's own no would; the ledger and the request say that staff were told, and how they knew whom."""
    officer = at_work(make_staff("privacy officer"))
    shown = officer.get(f"/admin/partners/connectedservice/{service.pk}/change/").text

    said = {"email": suspended.email.upper(), "identity_proof": "Letter with the passport's number."}
    done = officer.post(ending(service), said)

    request = SubjectRequest.objects.get(member=suspended)
    assert (ending(service) in shown, done.status_code, Connection.objects.count()) == (True, 302, 0)
    assert (request.kind, request.identity_proof) == ("withdrawal", said["identity_proof"])
    assert [(one.given, one.method) for one in ConsentEvent.objects.order_by("pk")] == [
        (True, "banner"),
        (False, "staff"),
    ]
    assert Receipt.objects.get().request == request
    assert [one["kind"] for one in crm.get("removals/").json()["results"][0]["objects"]] == ["contact"]


@pytest.mark.parametrize(
    "said",
    [{"identity_proof": ""}, {"email": "somebody.else@example.com"}, {"email": "not connected"}],
    ids=["nobody proved who asks", "an account that there is not", "a member who has not connected it"],
)
def test_without_proof_or_connection_staff_end_nothing(
    suspended: Member, service: ConnectedService, said: dict[str, str]
) -> None:
    officer = at_work(make_staff("privacy officer"))
    other = ConnectedServiceFactory()
    if said.get("email") == "not connected":
        Connection.objects.update(service=other)
        said = {}
    before = fingerprint()

    answered = officer.post(ending(service), {"email": suspended.email, "identity_proof": "Letter.", **said})

    assert (answered.status_code, fingerprint()) == (200, before)


@pytest.mark.parametrize("group", ["moderator", "communications"])
def test_other_staff_end_nobodys_connection(suspended: Member, service: ConnectedService, group: str) -> None:
    staff = at_work(make_staff(group))
    before = fingerprint()

    answered = [staff.get(ending(service)), staff.post(ending(service), {"email": suspended.email})]

    assert ([one.status_code for one in answered], fingerprint()) == ([403, 403], before)
