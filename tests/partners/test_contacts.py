"""Contacts: who said yes to a partner by its name is handed over to that partner, and each reading is written down."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from directory.models import Company, TeamMember
from partners.models import PairwiseId
from partners.scopes import Scope
from partners.services.contacts import contacts_page
from privacy.consents import Question
from privacy.models import Disclosure, Receipt, Receiver, SubjectRequest
from privacy.selectors.consents import asked_of_members
from privacy.services.consent import consent_key
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory, PartnerFactory
from tests.partners.calling import Caller, partner_caller
from tests.partners.mirroring import new_mirror
from tests.privacy.answering import say
from tests.privacy.leaving import leave
from tests.privacy.publishing import named_all_receivers
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator", "policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day on which everything was said."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def site() -> Caller:
    """A partner site that the policy in force names."""
    caller = partner_caller(partner=PartnerFactory())
    named_all_receivers()
    return caller


def question() -> Question:
    """Whether one's contact is shown on partner sites, as it is asked now."""
    return next(one for one in asked_of_members(at=NOW) if one.purpose.key == "partners")


def agreeing(**details: Any) -> Member:
    """Somebody in the team of a listed company who says yes to all sites there are."""
    member = MemberFactory(company=CompanyFactory(), **details)
    say(consent_key(member=member), True, to=question())
    return member


def contacts(caller: Caller, **query: Any) -> list[dict[str, Any]]:
    return list(caller.get("contacts/", **query).json()["results"])


def given() -> list[tuple[int, str, list[str]]]:
    """Who was given to whom: what everybody can read of themselves."""
    rows = Disclosure.objects.order_by("pk").values_list("member_id", "receiver_name", "columns")
    return [(member or 0, name, columns) for member, name, columns in rows]


def test_who_agreed_is_handed_over_and_nobody_else(site: Caller) -> None:
    """With what the words of the question name, the companies, and the day until which it holds."""
    member = agreeing(full_name="Ama Mensah", phone="+233302123456")
    MemberFactory(company=CompanyFactory())

    [contact] = contacts(site)

    company = Company.objects.get(team__member=member)
    assert contact == {
        "id": str(PairwiseId.objects.get().pk),
        "companies": [company.slug],
        "name": "Ama Mensah",
        "email": member.email,
        "phone": "+233302123456",
        "language": None,
        "valid_until": (NOW + timedelta(days=7)).isoformat(),
    }


def test_each_reading_is_written_down_with_what_was_read(site: Caller) -> None:
    """That something is empty was told too; what was not asked for was not given."""
    member, other = agreeing(phone="+233302123456"), agreeing(phone="")
    name = site.key.partner.receiver.name  # type: ignore[union-attr]

    contacts(site)
    with_name = contacts(site, fields="name")

    full, company = "accounts.Member.full_name", "directory.TeamMember.company"
    everything = ["accounts.Member.email", full, "accounts.Member.phone", company]
    assert sorted(given()) == sorted(
        [(one.pk, name, columns) for one in (member, other) for columns in (everything, [full])]
    )
    assert {frozenset(one) for one in with_name} == {frozenset({"id", "name"})}


def test_two_partners_know_one_person_by_different_numbers(site: Caller) -> None:
    """So that they cannot compare whom they know."""
    other = partner_caller(partner=PartnerFactory())
    named_all_receivers()
    agreeing()

    [here], [there] = contacts(site), contacts(other)

    assert here["email"] == there["email"]
    assert here["id"] != there["id"]
    assert other.get(f"contacts/{here['id']}/").status_code == 404


@pytest.mark.parametrize("how", ["taken back", "suspended", "company hidden", "left the team", "leaving"])
def test_who_is_not_to_be_shown_any_more_is_not_given_any_more(site: Caller, how: str) -> None:
    """From the next call on; the address of the one contact says that it has gone."""
    member = agreeing()
    [before] = contacts(site)
    match how:
        case "taken back":
            say(consent_key(member=member), False, to=question())
        case "suspended":
            Member.objects.filter(pk=member.pk).update(state=Member.State.SUSPENDED)
        case "company hidden":
            Company.objects.filter(team__member=member).update(state=Company.State.HIDDEN)
        case "left the team":
            TeamMember.objects.filter(member=member).delete()
        case _:
            Member.objects.filter(pk=member.pk).update(state=Member.State.CLOSING)

    assert contacts(site) == []
    assert site.get(f"contacts/{before['id']}/").status_code == 410


def test_a_yes_to_other_sites_gives_this_one_nothing(site: Caller) -> None:
    """A new partner is asked about first."""
    agreeing()
    new = partner_caller(partner=PartnerFactory())
    named_all_receivers()

    assert (contacts(new), len(contacts(site))) == ([], 1)
    assert {name for _member, name, _columns in given()} == {site.key.partner.receiver.name}  # type: ignore[union-attr]


def test_nobody_is_given_before_the_policy_names_the_partner() -> None:
    """The answer says so, and nothing is written down."""
    caller = partner_caller(partner=PartnerFactory())
    agreeing()

    refused = caller.get("contacts/")

    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (403, "not-announced")
    assert (given(), PairwiseId.objects.count()) == ([], 0)


def test_who_is_still_there_can_be_asked_without_reading_anything_of_them(site: Caller) -> None:
    """So the daily look leaves no line in anybody's log."""
    agreeing()

    [contact] = contacts(site, fields="id,valid_until")

    assert contact == {"id": str(PairwiseId.objects.get().pk), "valid_until": (NOW + timedelta(days=7)).isoformat()}
    assert given() == []


def test_for_which_companies_somebody_stands_is_not_read_past_the_log(site: Caller) -> None:
    """It is about them too."""
    member = agreeing()

    [contact] = contacts(site, fields="companies")

    assert set(contact) == {"id", "companies"}
    assert [columns for one, _name, columns in given() if one == member.pk] == [["directory.TeamMember.company"]]


def test_who_is_on_the_list_does_not_change_with_the_fields(site: Caller) -> None:
    """Else a program that reads telephone numbers would delete everybody who has none; that it is empty is noted."""
    agreeing(phone="")

    [contact] = contacts(site, fields="phone")
    one = site.get(f"contacts/{contact['id']}/", fields="phone")

    assert (contact["phone"], one.status_code, one.json()) == (None, 200, contact)
    assert [columns for _one, _name, columns in given()] == [["accounts.Member.phone"]]


def test_the_policy_is_asked_also_where_nobody_is_to_be_given() -> None:
    """An empty list would say that all is in order."""
    caller = partner_caller(partner=PartnerFactory())

    assert (caller.get("contacts/").status_code, caller.get(f"contacts/{uuid4()}/").status_code) == (403, 403)


def test_asking_for_the_head_alone_reads_nothing(site: Caller) -> None:
    """Else a reading of nothing would stand in the log."""
    agreeing()

    assert (site.send("HEAD", "contacts/").status_code, given()) == (405, [])


def test_pages_give_everybody_once(site: Caller) -> None:
    """And write down only what was read."""
    members = {agreeing().pk for _ in range(5)}

    first = site.get("contacts/", page_size=2).json()
    read = len(given())
    found, page = list(first["results"]), first
    while page["next"]:
        page = site.get("contacts/", page_size=2, after=page["next"]).json()
        found += page["results"]

    assert (len(first["results"]), read) == (2, 2)
    assert len({one["id"] for one in found}) == len(found) == 5
    assert {member for member, _name, _columns in given()} == members


@pytest.mark.parametrize("after", ["x", "a:b", "ImEi:x" * 40])
def test_a_cursor_of_something_else_is_named(site: Caller, after: str) -> None:
    """Nothing is given."""
    agreeing()

    answer = site.get("contacts/", after=after)

    assert (answer.status_code, answer.json()["errors"][0]["name"], given()) == (400, "after", [])


def test_no_cache_keeps_a_contact(site: Caller) -> None:
    """A copy there would outlive the yes; so nobody is told that theirs is still good."""
    agreeing()

    answer = site.get("contacts/", headers={"If-None-Match": "*"})

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")
    assert "ETag" not in answer.headers


# --- taking it back --------------------------------------------------------------------------------------------------


@pytest.mark.promise("receivers-told")
def test_who_takes_it_back_is_listed_for_the_partner_to_delete_until_it_confirms(site: Caller) -> None:
    """The person sees that it was asked, and the answer."""
    member = agreeing()
    [contact] = contacts(site)
    say(consent_key(member=member), False, to=question())

    [owed] = site.get("removals/").json()["results"]
    site.send("POST", f"removals/{owed['id']}/receipt/", {"proof": "Deleted from our pages."})

    request = SubjectRequest.objects.get()
    assert (request.kind, request.state, request.member) == ("withdrawal", "done", member)
    assert (owed["action"], owed["objects"]) == ("erase", [{"kind": "contact", "id": contact["id"]}])
    assert Receipt.objects.get().proof == "Deleted from our pages."
    assert site.get("removals/").json()["results"] == []


def test_who_was_never_read_owes_nobody_a_word(site: Caller) -> None:
    """And a second no changes nothing."""
    member = agreeing()
    say(consent_key(member=member), False, to=question())
    say(consent_key(member=member), False, to=question())

    assert (SubjectRequest.objects.count(), Receipt.objects.count(), PairwiseId.objects.count()) == (0, 0, 0)


def test_a_partner_that_read_nothing_is_not_told(site: Caller) -> None:
    """Only who has something can delete it."""
    partner_caller(partner=PartnerFactory())
    named_all_receivers()
    member = agreeing()
    contacts(site)
    say(consent_key(member=member), False, to=question())

    assert [one.receiver_name for one in Receipt.objects.all()] == [site.key.partner.receiver.name]  # type: ignore[union-attr]


def test_another_yes_begins_another_number(site: Caller) -> None:
    """What the partner has to delete and what it may have again are two contacts."""
    member = agreeing()
    [before] = contacts(site)
    say(consent_key(member=member), False, to=question())
    say(consent_key(member=member), True, to=question())

    [after] = contacts(site)

    assert after["id"] != before["id"]
    assert site.get("removals/").json()["results"][0]["objects"] == [{"kind": "contact", "id": before["id"]}]


def test_a_no_after_a_yes_under_which_nothing_was_read_asks_for_nothing_more(site: Caller) -> None:
    """What was read under an earlier yes is asked for already."""
    member = agreeing()
    contacts(site)
    say(consent_key(member=member), False, to=question())
    later = NOW + timedelta(days=3)
    say(consent_key(member=member), True, to=question(), at=later)
    say(consent_key(member=member), False, to=question(), at=later)

    assert (SubjectRequest.objects.count(), Receipt.objects.count()) == (1, 1)


@pytest.mark.promise("receivers-told")
def test_a_mirror_leaves_the_receipt_to_whoever_keeps_the_contact(
    site: Caller, live_server: LiveServer, tmp_path: Path
) -> None:
    """It has deleted what it keeps, which is not all that the receipt is about."""
    member = agreeing()
    LeadFactory(company=Company.objects.get(team__member=member), posted_by=member)
    mirror = new_mirror(live_server.url, tmp_path / "mirror.sqlite", secret=site.secret)
    mirror.sync()
    contacts(site)
    leave(member)

    mirror.sync()

    assert {one["kind"] for one in site.get("removals/").json()["results"][0]["objects"]} == {
        "company",
        "contact",
        "lead",
    }
    assert Receipt.objects.get().confirmed_at is None


def test_who_leaves_the_market_is_listed_under_the_same_request_as_their_leads(site: Caller) -> None:
    """And nobody can find them by the number."""
    member = agreeing()
    [contact] = contacts(site)
    request = leave(member)

    [owed] = site.get("removals/").json()["results"]

    assert {"kind": "contact", "id": contact["id"]} in owed["objects"]
    assert PairwiseId.objects.get(member=None).removal == request.pk


def test_a_no_that_comes_while_a_page_is_read_waits_for_it_and_then_finds_it_in_the_log(site: Caller) -> None:
    """Else the page would be with the partner, and nobody would ask for it to be deleted."""
    member, asked = agreeing(), question()
    partner = site.key.partner
    assert partner is not None
    refusing: list[Future[None]] = []

    def clock() -> datetime:
        if not refusing and PairwiseId.objects.exists():  # the second look: the rows are held
            refusing.append(pool.submit(_say_no, consent_key(member=member), asked))
            wait_for(refusing[0])
        return NOW

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            page = contacts_page(partner=partner, after=None, most=9, clock=clock)
            waits = not refusing[0].done()
        refusing[0].result(120)

    assert (len(page.contacts), waits) == (1, True)
    assert [one.receiver_name for one in Receipt.objects.all()] == [partner.receiver.name]


def _say_no(subject: Any, asked: Question) -> None:
    try:
        say(subject, False, to=asked)
    finally:
        connection.close()


def test_a_partner_out_of_contract_is_given_nothing(site: Caller) -> None:
    """Whatever was agreed."""
    agreeing()
    Receiver.objects.filter(partner__keys=site.key).update(until=(NOW - timedelta(days=1)).date())

    assert (site.get("contacts/").status_code, given()) == (403, [])


def test_a_key_without_the_scope_reads_none(site: Caller) -> None:
    """And nothing is written down."""
    agreeing()
    caller = partner_caller(Scope.LEADS_READ, partner=site.key.partner)

    assert (caller.get("contacts/").status_code, given()) == (403, [])
