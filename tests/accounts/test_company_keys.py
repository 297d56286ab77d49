"""A company's keys: owners make, renew and revoke them; a secret is shown once; a key ends with its member's place."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.company_keys import company_of_key
from accounts.models import CompanyKey, Member
from accounts.services.company_keys import make_company_key, renew_company_key
from accounts.services.team import NotAnOwner
from directory.models import Company, TeamMember
from partners.keys import SHAPE, digest_of
from partners.models import ApiKey
from partners.scopes import Scope
from partners.services.keys import MOST_OF_MEMBER, issue_member_key
from tests.accounts.people import log_in, mails_to
from tests.factories import NOW, PASSWORD, CompanyFactory, MemberFactory
from tests.partners.calling import company_key, member_caller

pytestmark = pytest.mark.django_db
LIST, NEW = "/my/company/keys/", "/my/company/keys/new/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stands at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def company() -> Company:
    return CompanyFactory(legal_name="Walvis Bay Trading")


@pytest.fixture
def owner(company: Company) -> Member:
    return MemberFactory(company=company, full_name="Wilhelmina Shikongo", password=PASSWORD)


@pytest.fixture
def browser(owner: Member) -> Client:
    """A browser in which the owner has just given the password."""
    client = Client()
    log_in(client, owner.email)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def answers(**changes: Any) -> dict[str, Any]:
    """The form filled in."""
    return {
        "submission": str(uuid4()),
        "name": "Stock list",
        "scopes": ["leads:read", "leads:write"],
        "lifetime": "90",
        **changes,
    }


def secrets_in(page: Any) -> list[str]:
    return SHAPE.findall(page.content.decode())


def test_an_owner_makes_a_key_that_works_for_the_company(browser: Client, owner: Member, company: Company) -> None:
    """The page shows the secret, and the secret opens the API."""
    page = browser.post(NEW, answers())

    (key,) = ApiKey.objects.all()
    assert (key.name, key.scopes, key.member, key.expires_at) == (
        "Stock list",
        ["leads:read", "leads:write"],
        owner,
        NOW + timedelta(days=90),
    )
    assert [digest_of(secret) for secret in secrets_in(page)] == [key.digest]
    assert company_of_key(key) == company


def test_the_secret_is_kept_nowhere(browser: Client) -> None:
    """In no cache, no session, no message, no mail, and on no other page."""
    page = browser.post(NEW, answers())
    (secret,) = secrets_in(page)

    assert {"no-store", "private"} <= set(page.headers["Cache-Control"].replace(" ", "").split(","))
    later = browser.get(LIST)
    assert (secrets_in(later), ApiKey.objects.get().prefix in later.content.decode()) == ([], True)
    assert [secret in str(row.get_decoded()) for row in Session.objects.all()] == [False]
    assert [secret in mail.text + mail.html for mail in mails_to(Member.objects.get().email)] == [False]


def test_sending_the_form_again_makes_no_second_key(browser: Client) -> None:
    """A reload, or the back button and another press; the answer says what to do."""
    same = answers()
    browser.post(NEW, same)

    again = browser.post(NEW, same, follow=True)

    assert (ApiKey.objects.count(), secrets_in(again)) == (1, [])
    assert "shown only once" in again.content.decode()


def test_the_password_is_asked_for_again_after_some_time(
    browser: Client, clock: time_machine.Traveller, owner: Member
) -> None:
    """And then the key is made from what was typed."""
    clock.shift(timedelta(hours=1))
    asked = browser.post(NEW, answers())
    assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, reverse("account_reauthenticate"))
    assert ApiKey.objects.count() == 0

    page = browser.post(asked.headers["Location"], {"password": PASSWORD})

    assert [digest_of(secret) for secret in secrets_in(page)] == [ApiKey.objects.get().digest]
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize("verb", ["renew", "revoke"])
def test_it_is_asked_for_before_a_key_is_renewed_or_revoked(
    browser: Client, clock: time_machine.Traveller, owner: Member, company: Company, verb: str
) -> None:
    key = company_key(owner, company)
    clock.shift(timedelta(hours=1))

    asked = browser.post(reverse(f"accounts:{verb}_key", args=[key.pk]), {"lifetime": "90"})

    assert (asked.status_code, asked.headers["Location"].split("?")[0]) == (302, reverse("account_reauthenticate"))
    assert list(ApiKey.objects.values_list("revoked_at", "expires_at")) == [(None, None)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"name": ""}, "name"),
        ({"lifetime": "9999"}, "lifetime"),
        ({"submission": "x"}, "submission"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(browser: Client, changes: dict[str, Any], field: str) -> None:
    """Beside the field."""
    page = browser.post(NEW, answers(**changes))

    assert (page.status_code, list(page.context["form"].errors), ApiKey.objects.count()) == (200, [field], 0)


def test_a_renewed_key_works_seven_days_beside_the_new_one(
    browser: Client, owner: Member, company: Company, clock: time_machine.Traveller
) -> None:
    """The new one may do the same, for the same company."""
    old = member_caller(member=owner, company=company)

    page = browser.post(reverse("accounts:renew_key", args=[old.key.pk]), {"lifetime": "never"})

    (secret,) = secrets_in(page)
    new = ApiKey.objects.get(follows=old.key)
    assert (new.digest, new.scopes, company_of_key(new)) == (digest_of(secret), old.key.scopes, company)
    old.key.refresh_from_db()
    assert old.key.expires_at == NOW + timedelta(days=7)


def test_of_two_presses_on_renew_one_makes_a_key(browser: Client, owner: Member, company: Company) -> None:
    key = company_key(owner, company)
    address = reverse("accounts:renew_key", args=[key.pk])
    browser.post(address, {"lifetime": "90"})

    again = browser.post(address, {"lifetime": "90"}, follow=True)

    assert (ApiKey.objects.count(), secrets_in(again)) == (2, [])


def test_nobody_renews_a_key_that_acts_in_a_colleagues_name(browser: Client, owner: Member, company: Company) -> None:
    """Its secret would let them act as somebody else; they may revoke it."""
    key = company_key(MemberFactory(company=company), company)

    renewed = browser.post(reverse("accounts:renew_key", args=[key.pk]), {"lifetime": "90"})
    assert (renewed.status_code, ApiKey.objects.count()) == (404, 1)

    with pytest.raises(NotAnOwner):
        renew_company_key(company_key=CompanyKey.objects.get(), owner=owner, expires_at=None, now=NOW)

    browser.post(reverse("accounts:revoke_key", args=[key.pk]))
    assert ApiKey.objects.get().revoked_at == NOW


def test_who_is_no_owner_any_more_makes_no_key(owner: Member, company: Company) -> None:
    """Whatever the page that they still have open offers."""
    TeamMember.objects.filter(member=owner).update(role=TeamMember.Role.EDITOR)
    wanted: dict[str, Any] = {"name": "x", "scopes": [Scope.LEADS_READ], "expires_at": None, "submission": uuid4()}

    with pytest.raises(NotAnOwner):
        make_company_key(company=company, owner=owner, now=NOW, **wanted)

    assert (ApiKey.objects.count(), mails_to(owner.email)) == (0, [])


def test_a_member_has_at_most_ten_keys(browser: Client, owner: Member) -> None:
    """Whatever company they are for; one that is revoked makes room, and each can be renewed."""
    keys = [company_key(owner, CompanyFactory()) for _ in range(MOST_OF_MEMBER)]

    refused = browser.post(NEW, answers())
    assert (ApiKey.objects.count(), "as many keys as one person may: 10" in refused.content.decode()) == (10, True)

    ApiKey.objects.filter(pk=keys[0].pk).update(revoked_at=NOW)
    browser.post(NEW, answers())
    assert ApiKey.objects.count() == 11


def test_all_owners_hear_of_it_and_nobody_else(
    browser: Client, clock: time_machine.Traveller, owner: Member, company: Company
) -> None:
    """By a mail about security, which names the key and who did it."""
    other = MemberFactory(company=company)
    editor = MemberFactory(company=company, role=TeamMember.Role.EDITOR)
    browser.post(NEW, answers())
    key = ApiKey.objects.get()
    clock.shift(60)  # the order of mails is that of their times
    browser.post(reverse("accounts:revoke_key", args=[key.pk]))

    subjects = ["A key for programs was made: Stock list", "A key for programs was revoked: Stock list"]
    assert [mail.subject for mail in mails_to(owner.email)] == subjects
    assert [mail.subject for mail in mails_to(other.email)] == subjects
    assert mails_to(editor.email) == []
    (made, _revoked) = mails_to(other.email)
    said = re.sub(r"\s+", " ", made.text)
    assert f"Wilhelmina Shikongo made the key “Stock list” ({key.prefix}…)" in said
    assert LIST in said


def test_the_mail_about_a_revoked_key_gives_advice_of_its_own(
    browser: Client, clock: time_machine.Traveller, owner: Member
) -> None:
    """There is nothing left to revoke: new passwords first, then the other keys."""
    browser.post(NEW, answers())
    clock.shift(60)
    browser.post(reverse("accounts:revoke_key", args=[ApiKey.objects.get().pk]))

    made, revoked = mails_to(owner.email)
    assert ["evoke the key" in half for half in (made.text, made.html)] == [True, True]
    assert ["evoke the key" in half for half in (revoked.text, revoked.html)] == [False, False]
    for half in (revoked.text, revoked.html):
        assert 0 < half.index(reverse("account_reset_password")) < half.index(LIST)


def test_it_says_when_by_the_clock_of_each_reader(browser: Client, owner: Member, company: Company) -> None:
    """Whoever pressed the button, and wherever they are; a zone that nobody knows is UTC."""
    places = ["Asia/Ho_Chi_Minh", "America/Lima", "Mars/Olympus"]
    readers = [MemberFactory(company=company, time_zone=place) for place in places]
    Member.objects.filter(pk=owner.pk).update(time_zone="Africa/Nairobi")
    browser.post(NEW, answers())

    said = ["22 Nov 2026, 19:00 (Asia/Ho_Chi_Minh)", "22 Nov 2026, 07:00 (America/Lima)", "22 Nov 2026, 12:00 (UTC)"]
    for reader, when in zip(readers, said, strict=True):
        (mail,) = mails_to(reader.email)
        assert [when in half for half in (mail.text, mail.html)] == [True, True]
        assert mail.text.count("UTC") == when.count("UTC")


def test_everybody_in_the_team_sees_which_keys_there_are(company: Company, owner: Member) -> None:
    """Without a button where nothing may be done; another company sees none of it."""
    key = company_key(owner, company)
    stranger = Client()
    stranger.force_login(MemberFactory(company=CompanyFactory()))

    for role, buttons in ((TeamMember.Role.VIEWER, False), (TeamMember.Role.EDITOR, False)):
        colleague = Client()
        colleague.force_login(MemberFactory(company=company, role=role))
        page = colleague.get(LIST).content.decode()
        assert (key.prefix in page, "/revoke/" in page or NEW in page) == (True, buttons)
    assert key.prefix not in stranger.get(LIST).content.decode()


@pytest.mark.parametrize("role", [TeamMember.Role.OWNER, TeamMember.Role.EDITOR])
def test_a_key_acts_for_its_company_while_its_member_may_change_things_there(
    company: Company, owner: Member, role: str
) -> None:
    key = company_key(owner, company)
    TeamMember.objects.filter(member=owner).update(role=role)

    assert company_of_key(key) == company


@pytest.mark.parametrize("loss", ["left", "viewer", "closed", "other team"])
def test_it_acts_for_no_company_otherwise(company: Company, owner: Member, loss: str) -> None:
    """And the API says so; nothing was stored, so it works again when its member does."""
    caller = member_caller(Scope.LEADS_READ, Scope.CHANGES_READ, member=owner, company=company)
    team = TeamMember.objects.get(member=owner)
    losses: dict[str, Callable[[], Any]] = {
        "left": team.delete,
        "viewer": lambda: TeamMember.objects.filter(pk=team.pk).update(role=TeamMember.Role.VIEWER),
        "closed": lambda: Company.objects.filter(pk=company.pk).update(state=Company.State.CLOSED),
        "other team": lambda: TeamMember.objects.filter(pk=team.pk).update(company=CompanyFactory()),
    }
    losses[loss]()

    refused = caller.get("export/leads.ndjson")

    assert company_of_key(caller.key) is None
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (403, "no-company")
    TeamMember.objects.update_or_create(member=owner, defaults={"company": company, "role": "owner", "joined_at": NOW})
    Company.objects.filter(pk=company.pk).update(state=Company.State.LISTED)
    assert caller.get("export/leads.ndjson").status_code == 200


def test_a_key_that_may_post_leads_needs_a_company_whoever_made_it(owner: Member) -> None:
    """One that only reads the market, and was made for no company, reads on."""
    scopes = [Scope.LEADS_READ, Scope.CHANGES_READ, Scope.LEADS_WRITE]
    statuses = []
    for wanted in (scopes, scopes[:2]):
        issued = issue_member_key(member_id=owner.pk, name="Old", scopes=wanted, expires_at=None, now=NOW)
        header = {"Authorization": f"Bearer {issued.secret}"}
        statuses.append(Client().get("/api/v1/export/leads.ndjson", headers=header).status_code)

    assert (statuses, CompanyKey.objects.count()) == ([403, 200], 0)


def test_the_list_says_which_keys_open_nothing(browser: Client, company: Company, owner: Member) -> None:
    """Of colleagues who may not act for the company any more, and of what has ended."""
    gone = MemberFactory(company=company)
    idle, ended, works = company_key(gone, company), company_key(owner, company), company_key(owner, company)
    TeamMember.objects.filter(member=gone).delete()
    ApiKey.objects.filter(pk=ended.pk).update(revoked_at=NOW)

    page = browser.get(LIST).context["page"]

    assert [(row.key, row.is_idle) for row in page.open] == [(works, False), (idle, True)]
    assert [(row.key, row.state) for row in page.ended] == [(ended, ApiKey.State.REVOKED)]
