"""Leads on the directory's pages, and what they copy from their company."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from directory.registry import company_followers
from offerboard.models import Lead
from offerboard.selectors.panels import MOST
from offerboard.services.counting import refresh_counts
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, TopCategoryFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_companys_page_shows_its_leads_and_a_way_to_write_to_it() -> None:
    lead = LeadFactory(slug="the-lead")
    LeadFactory(slug="of-another")

    page = Client().get(lead.company.get_absolute_url()).content.decode()

    assert ('href="/leads/the-lead/"' in page, "/leads/of-another/" in page) == (True, False)
    assert f'href="/companies/{lead.company.slug}/inquire/"' in page


def test_beyond_a_few_leads_the_page_leads_to_the_board() -> None:
    company = CompanyFactory(slug="savanna")
    LeadFactory.create_batch(MOST + 2, company=company, category=CategoryFactory())

    page = Client().get("/companies/savanna/").content.decode()

    assert page.count('class="lead-card"') == MOST
    assert 'href="/leads/?company=savanna">All leads of this company' in page
    assert f"{MOST}+" in page
    assert f"{MOST + 2} leads" in Client().get("/leads/?company=savanna").content.decode()


def test_a_category_counts_and_shows_what_is_inside_it() -> None:
    drinks = TopCategoryFactory(slug="drinks", name="Drinks")
    tea = CategoryFactory(slug="white-tea", parent=drinks)
    LeadFactory(slug="tea-lead", category=tea)
    LeadFactory(category=tea, state="draft")
    refresh_counts(now=NOW)

    assert 'href="/leads/tea-lead/"' in Client().get("/categories/drinks/").content.decode()
    tree = Client().get("/categories/").content.decode()
    counted = tree[tree.index('href="/categories/white-tea/"') :]
    assert '<span class="n">1<' in counted[: counted.index("</a>")]


def test_leads_move_with_their_company() -> None:
    company, other = CompanyFactory(country="VN"), CompanyFactory(country="VN")
    LeadFactory(slug="mover", company=company)
    LeadFactory(slug="stayer", company=other)
    company.country = "SG"
    company.save()

    for follow in company_followers():
        follow(company, NOW)

    assert dict(Lead.objects.values_list("slug", "country")) == {"mover": "SG", "stayer": "VN"}
