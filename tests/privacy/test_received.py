"""Who received my data: those who always work for us, and every disclosure with its reason."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from privacy.datamap import ReceiverKind
from privacy.models import ContractEnd, Disclosure, Receiver
from privacy.purposes import ACCOUNT, CONTACTING
from privacy.services.disclosing import Party, disclose
from tests.factories import NOW, MemberFactory, ReceiverFactory
from tests.privacy.publishing import named_all_receivers
from tests.privacy.receivers import PHONE, given_to, outside
from tests.staff import at_work, changelist, make_staff, open_record

pytestmark = pytest.mark.django_db
RECEIVED = "/privacy/received/"


@pytest.fixture
def member() -> Member:
    return MemberFactory()


def written(member: Member, number: int = 1, *, country: str = "KE", hours: int = 0) -> None:
    """A letter to a company, some hours ago."""
    disclose(
        members=[member.pk],
        receiver=Party(ReceiverKind.COUNTERPARTY, f"company:{number}", f"Buyer {number}", country),
        purpose=CONTACTING,
        columns=["offerboard.Message.author", "offerboard.Message.text"],
        ground="message",
        now=NOW - timedelta(hours=hours),
    )


def page_of(member: Member, place: str = RECEIVED, **asked: Any) -> Any:
    """As the member's browser gets it at NOW."""
    client = Client()
    with time_machine.travel(NOW, tick=False):
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client.get(place, asked)


def test_an_entry_says_who_from_where_what_they_saw_and_why(member: Member) -> None:
    written(member)

    response = page_of(member)

    (entry,) = response.context["page"].entries
    assert (entry.at, entry.who, entry.country, entry.saw, entry.ground, str(entry.purpose), entry.reason) == (
        NOW,
        "Buyer 1",
        "Kenya",
        "Author, message",
        "You wrote to them",
        "Letting buyers and sellers reach each other",
        "",
    )
    assert [word for word in ("Buyer 1", "Kenya", "You wrote to them") if word not in response.content.decode()] == []


@pytest.mark.promise("staff-look-with-reason")
def test_a_look_of_our_staff_stands_there_with_its_reason_and_no_name(member: Member) -> None:
    """From the question in admin to the person's own page."""
    staff = make_staff("moderator", email="moderator@example.com")
    with time_machine.travel(NOW, tick=False):
        open_record(at_work(staff), member)

    page = page_of(member).content.decode()

    assert "Our staff: moderator" in page
    assert "They asked us for help: Ticket 7: cannot log in." in page
    assert "E-mail" in page
    assert [word for word in ("Mona", "moderator@example.com", f"member:{staff.pk}") if word in page] == []


def test_what_a_reason_says_is_text(member: Member) -> None:
    disclose(
        members=[member.pk],
        receiver=Party(ReceiverKind.STAFF, "member:1", "Our staff: moderator"),
        purpose=ACCOUNT,
        columns=["accounts.Member.email"],
        ground="staff",
        reason="<script>alert(1)</script>",
        now=NOW,
    )

    page = page_of(member).content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


def test_a_person_sees_only_their_own_entries(member: Member) -> None:
    other = MemberFactory()
    written(other, 1)
    written(member, 2)

    seen = [entry.who for entry in page_of(member).context["page"].entries]
    stolen = page_of(member, before=Disclosure.objects.of(other.pk).get().pk)

    assert (seen, stolen.status_code) == (["Buyer 2"], 404)


def test_the_newest_come_first_and_pages_of_fifty_follow_each_other(member: Member) -> None:
    """Also among entries of one moment."""
    for number in range(60):
        written(member, number)
    for number in range(60, 105):
        written(member, number, hours=number)
    seen: list[list[str]] = []
    asked: dict[str, Any] = {}
    while True:
        page = page_of(member, **asked).context["page"]
        seen.append([entry.who for entry in page.entries])
        if page.before is None:
            break
        asked = {"before": page.before}

    assert [len(names) for names in seen] == [50, 50, 5]
    assert [name for names in seen for name in names] == [
        f"Buyer {number}" for number in [*range(59, -1, -1), *range(60, 105)]
    ]


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "%00", "9" * 19])
def test_a_mark_that_was_changed_by_hand_leads_nowhere(member: Member, before: str) -> None:
    assert page_of(member, before=before).status_code == 404


def test_the_centre_shows_the_newest_four_and_how_many_there_are(member: Member) -> None:
    for number in range(6):
        written(member, number, hours=number)

    response = page_of(member, "/privacy/")

    assert [entry.who for entry in response.context["entries"]] == ["Buyer 0", "Buyer 1", "Buyer 2", "Buyer 3"]
    assert f'<a class="hit small" href="{RECEIVED}">All 6 entries</a>' in response.content.decode()


def test_fifty_entries_ask_no_more_than_one(member: Member) -> None:
    client = Client()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    written(member)
    client.get(RECEIVED)
    with CaptureQueriesContext(connection) as few:
        client.get(RECEIVED)
    for number in range(2, 50):
        written(member, number)

    with CaptureQueriesContext(connection) as many:
        client.get(RECEIVED)

    assert len(many) == len(few) <= 10


# --- those whose contract is over ------------------------------------------------------------------------------------


@pytest.mark.promise("deleted-when-a-contract-ends")
def test_beside_what_a_partner_had_stands_that_its_contract_ended_and_whether_it_deleted_everything(
    member: Member,
) -> None:
    """On both pages; a partner whose contract goes on has nothing to delete."""
    ends = {}
    for name in ("Asked", "Confirmed", "Goes on"):
        receiver = outside("partner", name)
        given_to(name, member, PHONE)
        ends[name] = ContractEnd.objects.create(
            receiver=receiver, ended_on=date(2026, 10, 31), opened_at=NOW, due_at=NOW + timedelta(days=30)
        )
    ContractEnd.objects.filter(pk=ends["Confirmed"].pk).update(confirmed_at=NOW, proof="Letter.")
    ContractEnd.objects.filter(pk=ends["Goes on"].pk).update(went_on_at=NOW)

    page, centre = page_of(member), page_of(member, "/privacy/")

    assert {entry.who: entry.ended for entry in page.context["page"].entries} == {
        "Asked": "Contract ended on 31 Oct 2026, asked to delete everything by 22 Dec 2026, not confirmed yet",
        "Confirmed": "Contract ended on 31 Oct 2026, asked to delete everything, confirmed on 22 Nov 2026",
        "Goes on": "",
    }
    assert [one.content.decode().count("Contract ended on") for one in (page, centre)] == [2, 2]


# --- those who always work for us ------------------------------------------------------------------------------------


def test_standing_receivers_are_the_processors_that_serve_today(member: Member) -> None:
    """Neither a former one, nor one that begins tomorrow, nor an adviser who is asked now and then."""
    ReceiverFactory(name="Fjordlys Hosting")
    ReceiverFactory(kind="mail", name="Seaborne Mail", country="IE", task="Carries our mail", until=date(2026, 11, 22))
    ReceiverFactory(name="Former Hosting", until=date(2026, 11, 21))
    ReceiverFactory(name="Coming Hosting", since=date(2026, 11, 23))
    ReceiverFactory(kind="adviser", name="Lindqvist Law")

    response = page_of(member)

    assert [receiver.name for receiver in response.context["page"].standing] == ["Fjordlys Hosting", "Seaborne Mail"]
    page = " ".join(response.content.decode().split())
    assert [w for w in ("Ireland", "Carries our mail", "data stays under the GDPR") if w not in page] == []


REGISTERED = {
    "kind": "mail",
    "name": "Seaborne Mail",
    "country": "IE",
    "transfer": "none",
    "task": "Carries our mail",
    "since": "2026-01-01",
    "until": "",
}


def officer() -> Client:
    """The privacy officer at work."""
    return at_work(make_staff("privacy officer"))


def test_the_privacy_officer_registers_a_receiver_and_ends_it_by_a_date() -> None:
    client = officer()
    client.post(reverse("admin:privacy_receiver_add"), REGISTERED)
    entered = Receiver.objects.get()
    change = reverse("admin:privacy_receiver_change", args=[entered.pk])

    early = client.post(change, REGISTERED | {"until": "2025-12-31"})
    still = Receiver.objects.get().until
    client.post(
        change, REGISTERED | {"name": "Another", "kind": "partner", "since": "2020-01-01", "until": "2026-11-30"}
    )

    assert (entered.kind, entered.name, entered.since) == ("mail", "Seaborne Mail", date(2026, 1, 1))
    assert ("Choose a day that is not before" in early.content.decode(), still) == (True, None)
    ended = Receiver.objects.get()
    assert (ended.kind, ended.name, ended.since, ended.until) == (
        *("mail", "Seaborne Mail"),
        *(date(2026, 1, 1), date(2026, 11, 30)),
    )


def test_who_registers_a_company_reads_that_it_gets_nothing_before_the_policy_names_it() -> None:
    """Again when it moves; not of an authority, which the policy names by its kind, and not once it is named."""
    client, add = officer(), reverse("admin:privacy_receiver_add")
    words = "gets no data before a privacy policy that names it"

    new = client.post(add, REGISTERED, follow=True).content.decode()
    court = client.post(add, REGISTERED | {"kind": "authority", "name": "Court"}, follow=True).content.decode()
    named_all_receivers()
    change = reverse("admin:privacy_receiver_change", args=[Receiver.objects.get(kind="mail").pk])
    same = client.post(change, REGISTERED | {"task": "Carries mail"}, follow=True).content.decode()
    moved = client.post(change, REGISTERED | {"country": "US"}, follow=True).content.decode()

    assert [words in page for page in (new, court, same, moved)] == [True, False, False, True]


@pytest.mark.parametrize("kind", ["counterparty", "staff", "team", "public", ""])
def test_kinds_inside_of_the_market_are_not_registered(kind: str) -> None:
    answer = officer().post(reverse("admin:privacy_receiver_add"), REGISTERED | {"kind": kind})

    assert (answer.status_code, Receiver.objects.count()) == (200, 0)


def test_no_receiver_is_removed_not_even_by_an_administrator() -> None:
    receiver = ReceiverFactory()
    client = at_work(make_staff("administrator"))

    answer = client.post(reverse("admin:privacy_receiver_delete", args=[receiver.pk]), {"post": "yes"})
    client.post(changelist("privacy_receiver"), {"action": "delete_selected", "_selected_action": [receiver.pk]})

    assert (answer.status_code, list(Receiver.objects.all())) == (403, [receiver])


def test_a_moderator_does_not_see_the_register() -> None:
    assert at_work(make_staff("moderator")).get(changelist("privacy_receiver")).status_code == 403
