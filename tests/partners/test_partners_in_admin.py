"""Staff decide about applications, change contracts, and issue, renew and revoke keys; a secret is shown once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from mailings.models import Delivery
from partners.keys import SHAPE, digest_of
from partners.models import ApiKey, Partner, PartnerApplication
from partners.scopes import Scope
from partners.services.applications import Applicant, apply
from privacy.models import Receiver
from tests.factories import NOW, MemberFactory, PartnerFactory
from tests.partners.calling import member_caller, partner_caller
from tests.staff import at_work, changelist, make_staff
from tests.world import fingerprint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' partners are under contract at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer() -> Client:
    """Whoever keeps the register of receivers."""
    return at_work(make_staff("privacy officer"))


@pytest.fixture
def application() -> PartnerApplication:
    applicant = Applicant(
        company="Harbour Trade Board BV",
        website="https://harbour.example",
        country="NL",
        contact_name="Vera Bello",
        email="vera@harbour.example",
        purpose="We show offers of coffee to roasters.",
        scopes=(Scope.CHANGES_READ, Scope.LEADS_READ, Scope.COMPANIES_READ),
    )
    made = apply(applicant=applicant, submission=uuid4(), language="en", now=NOW)
    Delivery.objects.all().delete()
    return made


def decide(application: PartnerApplication, step: str) -> str:
    return reverse("admin:partners_partnerapplication_decide", args=[application.pk, step])


def contract(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Harbour Trade Board BV",
        "transfer": "none",
        "task": "Shows leads on its own site",
        "scopes": ["changes:read", "leads:read"],
        "calls_a_minute": "120",
        **changes,
    }


def key_form(**changes: Any) -> dict[str, Any]:
    return {
        "submission": str(uuid4()),
        "name": "Nightly pull",
        "scopes": ["leads:read"],
        "lifetime": "365",
        **changes,
    }


def secrets_in(page: Any) -> list[str]:
    return SHAPE.findall(page.content.decode())


def test_an_accepted_company_is_a_receiver_and_a_partner_with_a_cap(
    officer: Client, application: PartnerApplication
) -> None:
    """Not with all that it asked for, but with what was agreed; and it is told."""
    officer.post(decide(application, "accept"), contract())

    partner = Partner.objects.get()
    assert (partner.slug, partner.website, partner.contact_email, partner.scopes, partner.calls_a_minute) == (
        "harbour-trade-board-bv",
        "https://harbour.example",
        "vera@harbour.example",
        ["changes:read", "leads:read"],
        120,
    )
    register = (partner.receiver.kind, partner.receiver.name, partner.receiver.country.code, partner.receiver.since)
    assert register == ("partner", "Harbour Trade Board BV", "NL", NOW.date())
    application.refresh_from_db()
    assert (application.state, application.partner, application.decided_at) == ("accepted", partner, NOW)
    (mail,) = Delivery.objects.all()
    assert (mail.to, mail.subject, "read leads" in mail.text) == ("vera@harbour.example", "You are a partner now", True)


def test_a_declined_company_reads_the_reason(officer: Client, application: PartnerApplication) -> None:
    """Without one nothing is declined."""
    officer.post(decide(application, "decline"), {"reason": " "})
    application.refresh_from_db()
    assert (application.state, Delivery.objects.count()) == ("received", 0)

    officer.post(decide(application, "decline"), {"reason": "Your site shows nobody's source."})

    application.refresh_from_db()
    assert (application.state, Partner.objects.count()) == ("declined", 0)
    (mail,) = Delivery.objects.all()
    assert (mail.to, "Your site shows nobody's source." in mail.text) == ("vera@harbour.example", True)


@pytest.mark.parametrize("second", ["accept", "decline"])
def test_of_two_decisions_the_first_holds(officer: Client, application: PartnerApplication, second: str) -> None:
    officer.post(decide(application, "accept"), contract())
    before = fingerprint()

    officer.post(decide(application, second), contract(name="Another", reason="No."))

    assert (fingerprint(), Delivery.objects.count()) == (before, 1)


def test_a_name_that_the_register_has_is_said(officer: Client, application: PartnerApplication) -> None:
    PartnerFactory(receiver__name="Harbour Trade Board BV")
    before = fingerprint()

    page = officer.post(decide(application, "accept"), contract())

    assert (list(page.context["form"].errors), fingerprint()) == (["name"], before)


def test_a_key_is_issued_within_the_contract_and_shown_once(officer: Client) -> None:
    """In no message, no session, no history; pressing again issues no second one."""
    partner = PartnerFactory(scopes=["leads:read", "changes:read"])
    address, same = reverse("admin:partners_partner_issue", args=[partner.pk]), key_form()

    page = officer.post(address, same)
    again = officer.post(address, same, follow=True)

    (secret,) = secrets_in(page)
    key = ApiKey.objects.get()
    assert (key.digest, key.partner, key.scopes, key.expires_at) == (
        digest_of(secret),
        partner,
        ["leads:read"],
        NOW + timedelta(days=365),
    )
    assert ("no-store" in page.headers["Cache-Control"], secrets_in(again)) == (True, [])
    assert [secret in str(row.get_decoded()) for row in Session.objects.all()] == [False]
    assert [key.prefix in str(entry) for entry in LogEntry.objects.all()] == [True]
    assert [secret in str(entry) for entry in LogEntry.objects.all()] == [False]


def test_what_the_contract_does_not_allow_cannot_be_chosen(officer: Client) -> None:
    partner = PartnerFactory(scopes=["leads:read"])
    address = reverse("admin:partners_partner_issue", args=[partner.pk])

    page = officer.post(address, key_form(scopes=["leads:read", "companies:read"]))

    assert (list(page.context["form"].errors), ApiKey.objects.count()) == (["scopes"], 0)


def test_a_key_is_renewed_with_overlap_and_revoked_at_once(officer: Client) -> None:
    caller = partner_caller()

    page = officer.post(reverse("admin:partners_apikey_renew", args=[caller.key.pk]), {"lifetime": "90"})
    officer.post(reverse("admin:partners_apikey_revoke", args=[caller.key.pk]))

    (secret,) = secrets_in(page)
    caller.key.refresh_from_db()
    assert (caller.key.expires_at, caller.key.revoked_at) == (NOW + timedelta(days=7), NOW)
    assert ApiKey.objects.get(follows=caller.key).digest == digest_of(secret)
    assert caller.get("export/leads.ndjson").status_code == 401


def test_opening_a_page_does_nothing(officer: Client, application: PartnerApplication) -> None:
    """Only a button does."""
    caller = partner_caller()
    places = [
        *(reverse(f"admin:partners_apikey_{verb}", args=[caller.key.pk]) for verb in ("renew", "revoke", "change")),
        *(decide(application, step) for step in ("accept", "decline")),
        reverse("admin:partners_partner_issue", args=[caller.key.partner_id]),
        reverse("admin:partners_partner_change", args=[caller.key.partner_id]),
        reverse("admin:partners_partnerapplication_change", args=[application.pk]),
        *(changelist(f"partners_{name}") for name in ("partner", "apikey", "partnerapplication")),
        changelist("partners_apikey") + "?works=yes",
        changelist("partners_partner") + "?contract=out",
    ]
    before = fingerprint()

    assert {place: officer.get(place).status_code for place in places} == dict.fromkeys(places, 200)
    assert fingerprint() == before


def test_nobody_can_edit_a_key() -> None:
    """Neither what is kept of its secret nor its holder, not even an administrator."""
    caller, other = partner_caller(), PartnerFactory()
    root = at_work(MemberFactory(is_staff=True, is_superuser=True, password="correct horse battery staple"))
    before = fingerprint()

    changed = {"prefix": "mk_mine", "digest": digest_of("mine"), "partner": other.pk, "name": "Mine", "scopes": "x"}
    root.post(reverse("admin:partners_apikey_change", args=[caller.key.pk]), changed)

    assert fingerprint() == before


def test_a_contract_that_shrinks_holds_at_once(officer: Client) -> None:
    caller = partner_caller()
    partner = caller.key.partner
    assert partner is not None
    form = {"slug": partner.slug, "website": partner.website, "contact_email": partner.contact_email}
    empty = {"keys-TOTAL_FORMS": "0", "keys-INITIAL_FORMS": "0"}

    officer.post(
        reverse("admin:partners_partner_change", args=[partner.pk]),
        {**form, **empty, "scopes": ["leads:read"], "calls_a_minute": "5"},
    )

    partner.refresh_from_db()
    assert (partner.scopes, partner.calls_a_minute) == (["leads:read"], 5)
    assert caller.get("export/leads.ndjson").status_code == 403


def test_members_keys_are_not_shown(officer: Client) -> None:
    """Nobody learns from this list who runs which program."""
    caller = member_caller()

    assert caller.key.prefix not in officer.get(changelist("partners_apikey")).content.decode()
    page = officer.post(reverse("admin:partners_apikey_revoke", args=[caller.key.pk]))
    assert (page.status_code, ApiKey.objects.get().revoked_at) == (404, None)


@pytest.mark.parametrize("group", ["moderator", "communications"])
def test_other_staff_cannot_do_any_of_it(group: str, application: PartnerApplication) -> None:
    caller = partner_caller()
    client = at_work(make_staff(group))
    calls = [
        (reverse("admin:partners_partner_issue", args=[caller.key.partner_id]), key_form()),
        (reverse("admin:partners_apikey_renew", args=[caller.key.pk]), {"lifetime": "90"}),
        (reverse("admin:partners_apikey_revoke", args=[caller.key.pk]), {}),
        (decide(application, "accept"), contract()),
        (decide(application, "decline"), {"reason": "No."}),
    ]
    before = fingerprint()

    assert [client.post(place, data).status_code for place, data in calls] == [403] * 5
    assert (fingerprint(), Receiver.objects.count()) == (before, 1)


def test_no_partner_is_deleted_not_even_by_a_superuser() -> None:
    """People were told who pulls; its contract ends in the register of receivers, and its page with it."""
    partner = partner_caller().key.partner
    assert partner is not None
    client = at_work(make_staff(is_superuser=True))
    before = fingerprint()
    answer = client.post(reverse("admin:partners_partner_delete", args=[partner.pk]), {"post": "yes"})
    page = client.get(changelist("partners_partner")).content.decode()

    assert (answer.status_code, "delete_selected" in page) == (403, False)
    assert fingerprint() == before
