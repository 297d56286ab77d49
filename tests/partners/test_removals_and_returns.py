"""A removal names what is gone for it, as long as it is, and never what the public has not seen."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from directory.models import Company
from directory.services import hide_company, restore_company
from offerboard.models import Lead
from offerboard.services.lead_states import close_lead, pause_lead, resume_lead
from partners.models import Change
from partners.numbering import number_changes
from privacy.forms.removals import asked_about
from privacy.models import Erasure, Removal
from privacy.services.removal_decisions import Received, enter_removal, finish_removal, hide_page
from tests.factories import CompanyFactory, LeadFactory, MemberFactory
from tests.partners.calling import Caller, partner_caller
from tests.privacy.leaving import colleague, leave
from tests.staff import make_staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("operator")]


@pytest.fixture
def caller() -> Caller:
    """A partner that has pulled, so that it owes receipts."""
    made = partner_caller()
    made.get("export/leads.ndjson")
    return made


@pytest.fixture
def company() -> Company:
    """One that goes on when one of its people leaves."""
    made = CompanyFactory()
    colleague(made, "owner")
    return made


def asked_of(caller: Caller) -> set[str]:
    """The ids of all that a partner has to remove."""
    owed = caller.get("removals/").json()["results"]
    return {about["id"] for one in owed for about in one["objects"]}


def asked_by_phone(page: Company | Lead) -> Removal:
    """A request that staff have written down."""
    received = Received(channel=Removal.Channel.PHONE, who="Linh Tran", identity_proof="Called back.")
    asked = asked_about(page.get_absolute_url(), email="", text="Please remove us.", language="en")
    return enter_removal(asked=asked, received=received, now=timezone.now())


def remove_on_request(company: Company) -> None:
    """Staff have done it: the company's people act for it, so it is suspended."""
    finish_removal(removal=asked_by_phone(company), by=make_staff("privacy officer"), now=timezone.now())


def test_what_is_left_to_its_company_is_not_gone_for_privacy(caller: Caller, company: Company) -> None:
    """It was off the board when its author left; one that was the author’s own stays gone."""
    member = MemberFactory(company=company)
    left, own = LeadFactory(company=company, posted_by=member), LeadFactory(posted_by=member)
    Company.objects.filter(pk=own.company_id).update(state="closed")
    pause_lead(lead=left, now=timezone.now())
    leave(member, leads=Erasure.Leads.COMPANY)
    while_paused = asked_of(caller)
    resume_lead(lead=left, now=timezone.now())

    assert Lead.objects.public(at=timezone.now()).get() == left
    assert (while_paused, asked_of(caller)) == ({own.slug}, {own.slug})


@pytest.mark.parametrize("numbered", ["each time", "in the end"])
def test_what_is_back_and_goes_again_goes_for_another_reason(caller: Caller, company: Company, numbered: str) -> None:
    """Whether the sequencer has seen it return or finds all of it at once."""

    def number() -> None:
        if numbered == "each time":
            number_changes(now=timezone.now())

    remove_on_request(company)
    number()
    restore_company(company=company, now=timezone.now())
    number()
    hide_company(company=company, now=timezone.now())

    assert (asked_of(caller), Change.objects.get(kind="company", key=company.slug).removal) == (set(), None)


def test_what_is_gone_for_privacy_stays_so_whatever_follows(caller: Caller, company: Company) -> None:
    """Being deleted later is no second reason."""
    remove_on_request(company)
    number_changes(now=timezone.now())
    Company.objects.filter(pk=company.pk).delete()

    assert asked_of(caller) == {company.slug}


@pytest.mark.parametrize("kind", ["lead", "company"])
def test_what_was_hidden_until_staff_decided_is_named_once_they_have(
    caller: Caller, company: Company, kind: str
) -> None:
    """The feed says twice that it is gone, and the second time for whose sake."""
    page = company if kind == "company" else LeadFactory(company=company)
    removal, staff = asked_by_phone(page), make_staff("privacy officer")
    hide_page(removal=removal, by=staff, now=timezone.now())
    number_changes(now=timezone.now())
    hidden = Change.objects.get(kind=kind, key=page.slug)
    finish_removal(removal=removal, by=staff, now=timezone.now())
    named = asked_of(caller)
    decided = Change.objects.get(kind=kind, key=page.slug)

    assert page.slug in named
    assert (hidden.removal, decided.removal, decided.position > hidden.position) == (None, removal.pk, True)


@pytest.mark.parametrize("kind", ["lead", "company"])
def test_a_draft_that_somebody_names_is_not_told_of(caller: Caller, kind: str) -> None:
    """Its address can be typed, and its slug was never public."""
    draft = CompanyFactory(state="draft")
    colleague(draft, "owner")
    page = draft if kind == "company" else LeadFactory(company=draft, state="draft", posted_at=None, expires_at=None)
    removal = asked_by_phone(page)
    finish_removal(removal=removal, by=make_staff("privacy officer"), now=timezone.now())

    assert asked_of(caller) == set()
    assert not Change.objects.filter(key=page.slug).exists()


def test_a_lead_that_its_company_closes_is_not_removed_for_privacy(caller: Caller, company: Company) -> None:
    """Also not where its author leaves later."""
    member = MemberFactory(company=company)
    lead = LeadFactory(company=company, posted_by=member)
    close_lead(lead=lead, now=timezone.now())
    leave(member, leads=Erasure.Leads.COMPANY)

    assert asked_of(caller) == set()


@pytest.mark.parametrize("before", [{"state": "draft"}, {"state": "suspended", "suspended_from": "draft"}])
def test_a_company_that_never_was_public_leaves_no_trace(caller: Caller, before: dict[str, Any]) -> None:
    """Its slug would tell that it was there. Nobody owes a receipt for it either."""
    member = MemberFactory(company=CompanyFactory(**before))
    leave(member)
    deleted = CompanyFactory(**before)
    delete_for_privacy(deleted)
    number_changes(now=timezone.now())

    assert (Company.objects.get().state, caller.get("removals/").json()) == ("closed", {"results": []})
    assert not Change.objects.filter(kind="company").exists()


@pytest.mark.parametrize("before", [{"state": "hidden"}, {"state": "suspended", "suspended_from": "listed"}])
def test_a_company_that_was_public_once_is_told_of(caller: Caller, before: dict[str, Any]) -> None:
    """Somebody may hold it still."""
    company = CompanyFactory(**before)
    leave(MemberFactory(company=company))

    assert asked_of(caller) == {company.slug}


def delete_for_privacy(company: Company) -> None:
    """As an eraser would."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('market.removal', gen_random_uuid()::text, false)")
        company.delete()
        cursor.execute("SELECT set_config('market.removal', '', false)")
