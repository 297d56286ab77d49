"""What a lead copies from its company and its category follows them in the same transaction."""

import pytest

from directory.models import Company
from directory.services import (
    hide_company,
    keep_category,
    restore_company,
    show_company,
    suspend_company,
)
from offerboard.models import Lead
from offerboard.services.lead_states import publish_lead
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, TopCategoryFactory

pytestmark = pytest.mark.django_db


def test_leads_come_and_go_with_their_company() -> None:
    lead, other = LeadFactory(), LeadFactory()

    hide_company(company=lead.company, now=NOW)
    assert [found.pk for found in Lead.objects.public(at=NOW)] == [other.pk]

    show_company(company=lead.company, now=NOW)
    assert {found.pk for found in Lead.objects.public(at=NOW)} == {lead.pk, other.pk}


def test_what_staff_hid_stays_hidden_when_its_company_returns() -> None:
    lead = LeadFactory(holds=["moderation"])
    suspend_company(company=lead.company, now=NOW)

    restore_company(company=lead.company, now=NOW)

    lead.refresh_from_db()
    assert lead.holds == ["moderation"]


def test_a_lift_of_the_suspension_shows_nothing_that_the_owner_had_hidden() -> None:
    lead = LeadFactory()
    hide_company(company=lead.company, now=NOW)
    suspend_company(company=lead.company, now=NOW)

    restore_company(company=lead.company, now=NOW)

    lead.refresh_from_db()
    assert (lead.company.state, lead.hidden) == (Company.State.HIDDEN, True)


def test_a_draft_written_before_its_company_was_listed_can_be_published() -> None:
    lead = LeadFactory(state="draft", company=CompanyFactory(state="hidden"))
    assert lead.holds == ["company"]
    Company.objects.update(state="listed")  # as if the lead had been written while the company changed

    publish_lead(lead=lead, now=NOW)

    assert Lead.objects.public(at=NOW).count() == 1


def test_leads_move_with_their_category() -> None:
    leaf = CategoryFactory()
    lead, elsewhere = LeadFactory(category=leaf), LeadFactory()
    path = elsewhere.category_path
    leaf.parent = TopCategoryFactory()

    keep_category(category=leaf)

    lead.refresh_from_db()
    assert lead.category_path == [leaf.parent_id, leaf.pk]
    assert Lead.objects.get(pk=elsewhere.pk).category_path == path


def test_a_category_that_moves_below_another_takes_its_leaves_along() -> None:
    top = TopCategoryFactory()
    lead = LeadFactory(category=top)
    top.parent = TopCategoryFactory()

    keep_category(category=top)

    lead.refresh_from_db()
    assert lead.category_path == [top.parent_id, top.pk]
