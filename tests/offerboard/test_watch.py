"""The star on leads and companies: what it keeps, who may press it, and that nothing hidden shows through it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from accounts.services.suspension import suspend_member
from directory.models import Company
from directory.services import hide_company
from offerboard.models import Favourite, Lead
from offerboard.selectors.watching import watch_lead_button
from offerboard.services import lead_states, watching
from tests.factories import NOW, CompanyFactory, FavouriteFactory, LeadFactory, MemberFactory

pytestmark = pytest.mark.django_db
WATCHING = "/my/watching/"
COMPANIES = "/my/watching/?list=companies"


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def member(client: Client) -> Member:
    """Logged in; belongs to no company, which nobody needs to watch something."""
    member = MemberFactory()
    client.force_login(member)
    return member


def star(lead: Lead) -> str:
    return reverse("offerboard:watch", args=[lead.slug])


def kept() -> list[tuple[int, int | None, int | None]]:
    return list(Favourite.objects.values_list("member", "lead", "company"))


# --- pressing it --------------------------------------------------------------------------------------------------


def test_a_member_watches_a_lead_and_stops_again(client: Client, member: Member) -> None:
    lead = LeadFactory()

    assert client.post(star(lead), {"on": "1"}).headers["Location"] == lead.get_absolute_url()
    assert kept() == [(member.pk, lead.pk, None)]
    assert "Stop watching" in client.get(lead.get_absolute_url()).content.decode()

    client.post(star(lead), {"on": "0"})
    assert kept() == []


def test_a_member_watches_a_company(client: Client, member: Member) -> None:
    company = CompanyFactory()

    client.post(reverse("offerboard:watch_company", args=[company.slug]), {"on": "1"})

    assert kept() == [(member.pk, None, company.pk)]
    assert "Stop watching" in client.get(company.get_absolute_url()).content.decode()


@pytest.mark.parametrize("on", ["1", "0"])
def test_pressing_twice_is_pressing_once(client: Client, member: Member, on: str) -> None:
    lead = LeadFactory()
    for _press in range(2):
        client.post(star(lead), {"on": on})

    assert len(kept()) == int(on)


def test_htmx_gets_the_star_alone(client: Client, member: Member) -> None:
    answer = client.post(star(LeadFactory()), {"on": "1"}, headers={"HX-Request": "true"})

    assert (answer.status_code, "<html" in answer.content.decode()) == (200, False)
    assert 'value="0"' in answer.content.decode()


def test_a_visitor_logs_in_and_is_brought_back_to_the_lead(client: Client) -> None:
    lead, member = LeadFactory(), MemberFactory(password="a long enough password")
    page = client.get(lead.get_absolute_url())
    assert f'href="{star(lead)}"' in page.content.decode()
    assert page.cookies == {}

    asked = client.get(star(lead))
    logged_in = client.post(asked.headers["Location"], {"login": member.email, "password": "a long enough password"})
    back = client.get(logged_in.headers["Location"], follow=True)

    assert back.redirect_chain == [(lead.get_absolute_url(), 302)]
    assert "Press “Watch” again" in back.content.decode()
    assert kept() == []  # opening an address changes nothing


@pytest.mark.parametrize("state", ["draft", "pending", "paused", "closed", "rejected"])
def test_what_is_not_public_cannot_be_watched(client: Client, member: Member, state: str) -> None:
    assert client.post(star(LeadFactory(state=state)), {"on": "1"}).status_code == 404
    assert kept() == []


def test_neither_can_a_company_that_is_not_listed(client: Client, member: Member) -> None:
    company = CompanyFactory(state=Company.State.HIDDEN)

    assert client.post(reverse("offerboard:watch_company", args=[company.slug]), {"on": "1"}).status_code == 404
    assert kept() == []


def test_the_own_team_sees_no_star(client: Client) -> None:
    lead = LeadFactory()
    client.force_login(MemberFactory(company=lead.company))

    assert star(lead) not in client.get(lead.get_absolute_url()).content.decode()
    assert "/watch/" not in client.get(lead.company.get_absolute_url()).content.decode()


def test_a_full_list_says_so_and_stays_as_it_is(client: Client, member: Member, monkeypatch: Any) -> None:
    monkeypatch.setattr(watching, "MOST_FAVOURITES", 2)
    FavouriteFactory.create_batch(2, member=member)
    before = kept()

    answer = client.post(star(LeadFactory()), {"on": "1"}, follow=True)

    assert "Your list is full" in answer.content.decode()
    assert kept() == before


def test_a_suspended_member_watches_nothing(client: Client, member: Member) -> None:
    """Neither by an old session nor in the moment of the suspension."""
    lead = LeadFactory()
    suspend_member(member_id=member.pk, now=NOW)

    assert client.post(star(lead), {"on": "1"}).headers["Location"].startswith("/account/login/")
    with pytest.raises(watching.NotActive):
        watching.watch(member=member, thing=lead, now=NOW)
    assert kept() == []


@pytest.mark.parametrize("both", [True, False])
def test_a_favourite_is_of_one_thing(both: bool) -> None:
    things = {"lead": LeadFactory(), "company": CompanyFactory()} if both else {"lead": None, "company": None}

    with pytest.raises(IntegrityError, match="favourite_of_one_thing"), transaction.atomic():
        Favourite.objects.create(member=MemberFactory(), created_at=NOW, **things)


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_keep_one() -> None:
    member, lead = MemberFactory(), LeadFactory()

    together = Barrier(10)

    def press(_n: int) -> None:
        connection.ensure_connection()
        together.wait(timeout=120)
        watching.watch(member=member, thing=lead, now=NOW)
        connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(press, range(10)))

    assert kept() == [(member.pk, lead.pk, None)]


# --- the list -----------------------------------------------------------------------------------------------------


def expires(lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(posted_at=NOW - timedelta(days=30), expires_at=NOW)


def paused(lead: Lead) -> None:
    lead_states.pause_lead(lead=lead, now=NOW)


def closed(lead: Lead) -> None:
    lead_states.close_lead(lead=lead, now=NOW)


def hidden_by_staff(lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(holds=["moderation"])


def company_hidden(lead: Lead) -> None:
    hide_company(company=lead.company, now=NOW)


@pytest.mark.parametrize("end", [expires, paused, closed, hidden_by_staff, company_hidden])
def test_nothing_of_a_lead_shows_the_moment_it_is_not_public(client: Client, member: Member, end: Any) -> None:
    lead = LeadFactory(title="Robusta of a secret kind", slug="secret-kind-x1", price=4242)
    favourite = FavouriteFactory(member=member, lead=lead)
    before = client.get(WATCHING).content.decode()
    assert all(word in before for word in ("secret kind", lead.company.legal_name, "4,242"))

    end(lead)

    after = client.get(WATCHING).content.decode()
    assert "No longer on the board" in after
    assert [word for word in ("secret", lead.company.legal_name, "4,242") if word in after] == []
    client.post(reverse("offerboard:remove_favourite", args=[favourite.pk]))
    assert kept() == []


def test_a_lead_is_gone_the_second_it_expires(client: Client, member: Member, today: time_machine.Traveller) -> None:
    lead = LeadFactory(title="Robusta of a secret kind", expires_at=NOW + timedelta(days=1))
    FavouriteFactory(member=member, lead=lead)

    today.move_to(NOW + timedelta(days=1, seconds=-1))
    assert "secret kind" in client.get(WATCHING).content.decode()
    today.move_to(NOW + timedelta(days=1))
    assert "secret kind" not in client.get(WATCHING).content.decode()


def test_nothing_of_a_company_shows_once_it_is_hidden(client: Client, member: Member) -> None:
    company = CompanyFactory(legal_name="Discreet Traders Ltd", slug="discreet-traders")
    FavouriteFactory(member=member, lead=None, company=company)
    assert "Discreet Traders" in client.get(COMPANIES).content.decode()

    hide_company(company=company, now=NOW)

    after = client.get(COMPANIES).content.decode()
    assert "No longer in the directory" in after
    assert "iscreet" not in after


def test_everybody_sees_their_own_list_only(client: Client, member: Member) -> None:
    theirs = FavouriteFactory(lead=LeadFactory(title="What somebody else watches"))

    assert "somebody else" not in client.get(WATCHING).content.decode()
    assert client.post(reverse("offerboard:remove_favourite", args=[theirs.pk])).status_code == 404
    assert Favourite.objects.get() == theirs


def test_an_empty_list_says_what_to_do(client: Client, member: Member) -> None:
    assert "You watch no leads yet" in client.get(WATCHING).content.decode()
    assert "You watch no companies yet" in client.get(COMPANIES).content.decode()


def test_pages_hold_all_rows_once_the_last_added_first(client: Client, member: Member) -> None:
    leads = [LeadFactory(title=f"Lead number {n:03d}") for n in range(45)]
    for n, lead in enumerate(leads):
        FavouriteFactory(member=member, lead=lead, created_at=NOW - timedelta(minutes=n))

    titles: list[str] = []
    address = WATCHING
    while address:
        page = client.get(address).context["page"]
        titles += [row.card.title for row in page.leads]
        address = page.next_url

    assert titles == [lead.title for lead in leads]


@pytest.mark.parametrize("after", ["-1", "x", "99999", "٣", "999"])
def test_a_made_up_page_number_does_no_harm(client: Client, member: Member, after: str) -> None:
    FavouriteFactory(member=member)

    assert client.get(WATCHING, {"after": after}).status_code == 200


@pytest.mark.parametrize("companies", [False, True])
def test_the_list_costs_the_same_however_long_it_is(
    client: Client, member: Member, companies: bool, django_assert_max_num_queries: Any
) -> None:
    for _n in range(15):
        thing: dict[str, Any] = {"lead": None, "company": CompanyFactory()} if companies else {}
        FavouriteFactory(member=member, **thing)

    client.get("/")  # the session is noted once in ten minutes

    with django_assert_max_num_queries(10):
        client.get(COMPANIES if companies else WATCHING)


def test_the_star_costs_one_query_and_visitors_none(django_assert_num_queries: Any) -> None:
    member, lead = MemberFactory(), LeadFactory()
    FavouriteFactory(member=member, lead=lead)

    with django_assert_num_queries(1):
        assert watch_lead_button(lead.slug, member_id=member.pk).on
    with django_assert_num_queries(0):
        assert watch_lead_button(lead.slug, member_id=None).asks_login
