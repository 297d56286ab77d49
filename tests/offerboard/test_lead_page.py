"""A lead's page: what it says, to whom it shows what, and what search engines are told."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from directory.models import TeamMember
from offerboard.models import Lead, LeadPicture
from tests.factories import (
    NOW,
    PHONE_ON_PAGES,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    MemberFactory,
    TopCategoryFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db
PAYLOAD = """</script><script>alert(1)</script>"'<img src=x onerror=alert(1)>&"""


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def read(lead: Lead, query: str = "", *, client: Client | None = None, status: int = 200) -> str:
    """The lead's page, to a visitor unless a client says otherwise."""
    response = (client or Client()).get(lead.get_absolute_url() + query)
    assert response.status_code == status
    return response.content.decode()


def structured(page: str) -> list[dict[str, Any]]:
    """What the page tells search engines."""
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block is not None
    graph: list[dict[str, Any]] = json.loads(block[1])["@graph"]
    return graph


def add_pictures(lead: Lead, number: int) -> None:
    """Rows only: the page reads no file."""
    LeadPicture.objects.bulk_create(
        LeadPicture(
            lead=lead,
            image=f"leads/{place}.webp",
            thumbnail=f"leads/{place}-small.webp",
            width=640,
            height=480,
            caption=f"View {place}",
            position=place,
        )
        for place in range(1, number + 1)
    )


# --- what it says -------------------------------------------------------------------------------------------------


def test_the_page_says_all_the_lead_says() -> None:
    top = TopCategoryFactory(slug="drinks", name="Drinks")
    lead = LeadFactory(
        category=CategoryFactory(slug="peaberry", name="Peaberry", parent=top),
        hs_code="090111",
        payment_terms="lc_sight",
        price=Decimal("4180.50"),
        description="First paragraph.\n\nSecond paragraph.",
    )

    page = read(lead)

    for words in (
        '<a href="/leads/?category=drinks">Drinks</a>',
        '<a href="/leads/?category=peaberry">Peaberry</a>',
        "Sell offer",
        "1 day ago",
        "21 Dec 2026</time>, 29 days left",
        "Price, FOB Hồ Chí Minh City",
        "USD 4,180.50",
        "per tonne",
        "96 t",
        "0901.11",
        "HS 2022",
        "L/C at sight",
        "seller loads the ship, buyer pays the transport",
        "<p>First paragraph.</p>",
        "<p>Second paragraph.</p>",
        lead.company.legal_name,
        f'href="/report/lead/{lead.slug}/"',
        f'href="/leads/{lead.slug}/inquire/"',
    ):
        assert words in page


def test_what_is_left_open_is_said_to_be_left_open() -> None:
    lead = LeadFactory(kind="buy_inquiry", price=None, currency="", incoterm="", place="", origin="", hs_code="")

    page = read(lead)

    assert ("Open to offers" in page, "Any country" in page, page.count("Not stated") >= 4) == (True, True, True)


def test_claims_stand_with_their_dates_lapsed_and_missing_ones_too() -> None:
    company = CompanyFactory()
    VerificationFactory(company=company, checked_at=NOW.replace(month=3), valid_until=NOW.replace(year=2027))
    VerificationFactory(
        company=company, claim="site_visit", checked_at=NOW.replace(year=2024), valid_until=NOW - timedelta(days=19)
    )

    page = read(LeadFactory(company=company))

    assert "Business registry extract, checked 22 Mar 2026. Valid until 22 Nov 2027." in page
    assert "Site visit, lapsed" in page
    assert "Last checked 22 Nov 2024. Ran out 3 Nov 2026." in page
    assert page.count("Not verified.") == 2  # address and registry number


def test_a_large_picture_says_its_size_in_digits() -> None:
    """Browsers read no grouped digits there."""
    lead = LeadFactory()
    add_pictures(lead, 1)
    lead.pictures.update(width=1600, height=1200)

    assert 'width="1600" height="1200"' in read(lead)


def test_pictures_change_by_plain_links() -> None:
    lead = LeadFactory()
    add_pictures(lead, 3)

    first, second = read(lead), read(lead, "?picture=2")

    assert '<a href="/media/leads/1.webp"><img' in first
    assert '<a href="/media/leads/2.webp"><img' in second
    assert f'<a href="/leads/{lead.slug}/?picture=2#pictures" aria-current="true">' in second
    for junk in ("0", "4", "99999999999", "-1", "x", "²", "%00", ""):
        assert '<a href="/media/leads/1.webp"><img' in read(lead, f"?picture={junk}")


@pytest.mark.promise("contacts-not-public")
def test_contact_details_are_nowhere_in_the_page() -> None:
    company = CompanyFactory(phone="+84 262 381 2345", address="12 Lê Duẩn", website="https://dakhoa.example")
    owner = MemberFactory(company=company)
    lead = LeadFactory(company=company, posted_by=owner)

    page = read(lead)

    assert company.legal_name in page
    for secret in (*PHONE_ON_PAGES, "Lê Duẩn", "dakhoa.example", owner.email, owner.full_name):
        assert secret not in page


# --- similar leads ------------------------------------------------------------------------------------------------


def test_similar_leads_are_other_companies_newest_of_the_category_first_then_of_the_branch() -> None:
    drinks = TopCategoryFactory()
    tea, juice = CategoryFactory(parent=drinks), CategoryFactory(parent=drinks)
    lead = LeadFactory(category=tea)
    LeadFactory(category=tea, company=lead.company, slug="own")
    LeadFactory(slug="elsewhere")
    for hours in (1, 2, 3):
        LeadFactory(category=juice, slug=f"juice-{hours}", posted_at=NOW - timedelta(hours=hours))
    LeadFactory(category=tea, slug="tea", posted_at=NOW - timedelta(days=3))

    page = read(lead)

    similar = page[page.index('id="similar"') :]
    assert re.findall(r'<h3><a href="/leads/([^/"]+)/">', similar) == ["tea", "juice-1", "juice-2"]


# --- search engines -----------------------------------------------------------------------------------------------


def test_a_sell_offer_is_told_to_search_engines_as_an_offer() -> None:
    lead = LeadFactory()
    add_pictures(lead, 1)

    offer, path = structured(read(lead))

    assert offer["@type"] == "Offer"
    assert offer["url"] == f"http://localhost:8000/leads/{lead.slug}/"
    assert offer["offeredBy"]["name"] == lead.company.legal_name
    assert offer["itemOffered"]["image"] == ["http://localhost:8000/media/leads/1.webp"]
    assert offer["priceSpecification"]["price"] == "4180"
    assert offer["eligibleQuantity"] == {"@type": "QuantitativeValue", "value": 96.0, "unitCode": "TNE"}
    assert path["@type"] == "BreadcrumbList"
    assert [step["position"] for step in path["itemListElement"]] == [1, 2, 3, 4]


@pytest.mark.promise("contacts-not-public")
def test_search_engines_are_told_all_terms_and_nobodys_contact_details() -> None:
    company = CompanyFactory(phone="+84 262 381 2345", address="12 Lê Duẩn", website="https://dakhoa.example")
    lead = LeadFactory(
        company=company,
        brand="Dak Hoa",
        model="S18",
        condition="new",
        hs_code="090111",
        destinations=["DE", "NL"],
        lead_time_days=21,
    )

    offer, _path = structured(page := read(lead))

    goods = offer["itemOffered"]
    assert offer["seller"] == offer["offeredBy"]
    assert set(offer["seller"]) == {"@type", "name", "url"}
    assert offer["validThrough"] == lead.expires_at.isoformat()  # type: ignore[union-attr]
    assert offer["itemCondition"] == "https://schema.org/NewCondition"
    assert [country["name"] for country in offer["eligibleRegion"]] == ["DE", "NL"]
    assert offer["deliveryLeadTime"] == {"@type": "QuantitativeValue", "value": 21.0, "unitCode": "DAY"}
    assert offer["priceSpecification"]["referenceQuantity"]["unitCode"] == "TNE"
    assert (goods["brand"]["name"], goods["model"], goods["category"]) == ("Dak Hoa", "S18", lead.category.name)  # type: ignore[union-attr]
    assert goods["additionalProperty"] == {"@type": "PropertyValue", "propertyID": "HS 2022", "value": "0901.11"}
    for secret in (*PHONE_ON_PAGES, "Lê Duẩn", "dakhoa.example"):
        assert secret not in page


def test_a_buy_inquiry_is_told_to_search_engines_as_a_demand() -> None:
    lead = LeadFactory(kind="buy_inquiry", price=None, currency="")

    company, _path = structured(read(lead))

    assert (company["@type"], company["seeks"]["@type"]) == ("Organization", "Demand")
    assert "priceSpecification" not in company["seeks"]


def test_what_a_company_writes_is_text_and_never_code_in_the_data_too() -> None:
    company = CompanyFactory(legal_name=f"Firm {PAYLOAD}")
    lead = LeadFactory(company=company, title=PAYLOAD, description=PAYLOAD, place=PAYLOAD)
    LeadFactory(category=lead.category, title=PAYLOAD)

    page = read(lead)

    assert escape(PAYLOAD) in page
    for live in ("<script>alert", "</script><script>", "<img src=x"):
        assert live not in page
    offer, _path = structured(page)
    assert (offer["name"], offer["itemOffered"]["description"]) == (PAYLOAD, PAYLOAD)


# --- who sees what ------------------------------------------------------------------------------------------------


def client_of(company: Any, role: str) -> Client:
    """A browser in which a member of the company is logged in."""
    client = Client()
    client.force_login(MemberFactory(company=company, role=role))
    return client


@pytest.mark.parametrize(
    ("state", "word"),
    [("draft", "Draft"), ("paused", "Paused"), ("closed", "Closed"), ("pending", "Waiting for review")],
)
def test_its_own_editors_see_a_lead_in_any_state_and_where_it_stands(state: str, word: str) -> None:
    lead = LeadFactory(state=state)

    page = read(lead, client=client_of(lead.company, TeamMember.Role.EDITOR))

    assert (word in page, "Only your team sees this page" in page, "noindex" in page) == (True, True, True)
    assert "application/ld+json" not in page


def test_its_own_editors_manage_the_lead_from_its_page() -> None:
    lead = LeadFactory(posted_at=NOW - timedelta(days=9))

    page = read(lead, client=client_of(lead.company, TeamMember.Role.OWNER))

    assert f'href="/leads/{lead.slug}/edit/"' in page
    for verb in ("pause", "close", "renew"):
        assert f'action="/leads/{lead.slug}/{verb}/"' in page
    assert f'href="/leads/{lead.slug}/inquire/"' not in page


def test_a_viewer_of_the_company_reads_its_drafts_and_manages_nothing() -> None:
    lead = LeadFactory(state="draft")

    page = read(lead, client=client_of(lead.company, TeamMember.Role.VIEWER))

    assert ("Only your team sees this lead" in page, "/edit/" in page, "/close/" in page) == (True, False, False)


def test_another_companys_editor_can_write_from_the_page() -> None:
    lead = LeadFactory()

    page = read(lead, client=client_of(CompanyFactory(), TeamMember.Role.EDITOR))

    assert f'method="post" action="/leads/{lead.slug}/inquire/"' in page
    assert 'href="#inquire"' in page
    assert f"/leads/{lead.slug}/edit/" not in page


def test_another_companys_viewer_is_not_offered_a_form() -> None:
    lead = LeadFactory()

    page = read(lead, client=client_of(CompanyFactory(), TeamMember.Role.VIEWER))

    assert f'action="/leads/{lead.slug}/inquire/"' not in page


def test_a_lead_that_is_over_says_so_and_shows_others_instead() -> None:
    expired = LeadFactory(title="Ultramarine", posted_at=NOW - timedelta(days=9), expires_at=NOW)
    closed = LeadFactory(title="Cobalt", state="closed", category=expired.category)
    LeadFactory(slug="still-there", category=expired.category)

    gone = read(expired, status=410)
    assert ("This lead has expired" in gone, "Ultramarine" in gone) == (True, False)
    assert ("/leads/still-there/" in gone, "noindex" in gone) == (True, True)
    assert "This lead is closed" in read(closed, status=410)


def test_an_unknown_lead_is_not_found() -> None:
    assert Client().get("/leads/no-such-lead/").status_code == 404


# --- what it costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("others", [1, 25])
def test_a_visitor_costs_four_queries(others: int, django_assert_num_queries: Any) -> None:
    lead = LeadFactory()
    add_pictures(lead, 8)
    VerificationFactory(company=lead.company)
    LeadFactory.create_batch(others, category=lead.category)

    with django_assert_num_queries(4):
        read(lead)


@pytest.mark.parametrize("own", [True, False])
def test_a_member_costs_ten_queries_at_most(own: bool, django_assert_max_num_queries: Any) -> None:
    lead = LeadFactory()
    add_pictures(lead, 8)
    LeadFactory.create_batch(5, category=lead.category)
    client = client_of(lead.company if own else CompanyFactory(), TeamMember.Role.OWNER)
    read(lead, client=client)  # the first request of a session also writes down that it began

    with django_assert_max_num_queries(10):
        read(lead, client=client)
