"""A company's page."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from directory import registry, services
from directory.codes import HeadcountBand, TurnoverBand
from directory.models import Company
from directory.registry import Action, Audience, Panel
from privacy.datamap import columns
from privacy.purposes import PUBLIC
from tests.directory.profiles import profile_of
from tests.factories import NOW, CategoryFactory, CompanyFactory, MemberFactory, VerificationFactory

pytestmark = pytest.mark.django_db
# Whatever way somebody writes them: none of this may be on a public page.
SECRETS = (
    "381 2345",
    "3812345",
    "381-2345",
    "2623812345",
    "777 4466",
    "7774466",
    "dakhoa.example",
    "12 Lê Duẩn",
    "630000",
)


def secretive_company(**fields: Any) -> Company:
    """A company with everything that must stay hidden."""
    return CompanyFactory(
        legal_name="Đắk Hòa Agricultural Products",
        region="Đắk Lắk",
        postal_code="630000",
        phone="+84 262 381 2345",
        fax="+84 262 777 4466",
        website="https://dakhoa.example/contact",
        **fields,
    )


def structured(content: str) -> dict[str, Any]:
    """The page's data block, as a search engine reads it."""
    block = content.split('<script type="application/ld+json">')[1].split("</script>", 1)[0]
    found: dict[str, Any] = json.loads(block)
    return found


def test_the_page_shows_what_the_company_says_about_itself(client: Client) -> None:
    tea, nuts = CategoryFactory(name="Tea", position=1), CategoryFactory(name="Nuts", position=2)
    company = secretive_company(
        trade_name="Dak Hoa",
        description="We polish Robusta.\n\nPepper since 2017.",
        business_types=["manufacturer", "exporter"],
        year_established=2009,
        headcount_band="51-200",
        turnover_band="10-50m",
        main_markets=["DE", "DZ"],
        languages=["vi", "en"],
    )
    company.industries.add(nuts, tea)

    response = client.get(company.get_absolute_url())

    page = response.context["page"]
    assert page.facts == [
        ("Business type", "Manufacturer, Exporter"),
        ("Industries", "Tea, Nuts"),
        ("Established", "2009"),
        ("People", "51 to 200"),
        ("Turnover", "USD 10 to 50 million a year"),
        ("Main markets", "Germany, Algeria"),
        ("Languages", "Tiếng Việt, English"),
    ]
    content = response.content.decode()
    assert "<h1><bdi>Đắk Hòa Agricultural Products</bdi></h1>" in content
    assert "<bdi>Dak Hoa</bdi> · <bdi>Buôn Ma Thuột, Viet Nam</bdi>" in content
    assert "<p>Pepper since 2017.</p>" in content


def test_what_the_company_left_out_is_said_to_be_left_out(client: Client) -> None:
    page = client.get(CompanyFactory(website="").get_absolute_url()).context["page"]

    assert {value for _label, value in page.facts} == {"Not stated"}
    assert ("Website", "Not stated") in page.contact


@pytest.mark.promise("contacts-not-public")
@pytest.mark.parametrize("logged_in", [False, True])
def test_telephone_fax_website_and_street_reach_nobody(client: Client, logged_in: bool) -> None:
    company = secretive_company(description="Write to sales@dakhoa.example or call +84 262 381 2345")
    services.update_company(  # as its editor saved it, which is when free text is masked
        company=company,
        profile=profile_of(company),
        industries=[],
        now=NOW,
    )
    owner = MemberFactory(company=company, email="owner@dakhoa.example", full_name="Lan Phạm")
    if logged_in:
        client.force_login(MemberFactory(company=CompanyFactory()))

    for url in (company.get_absolute_url(), "/companies/", "/companies/?q=hoa"):
        content = client.get(url).content.decode()
        assert "Đắk Hòa" in content
        assert [secret for secret in (*SECRETS, owner.email, owner.full_name) if secret in content] == []


def test_what_the_map_says_everybody_receives_is_on_the_page_and_nothing_else(client: Client) -> None:
    category = CategoryFactory(name="Green coffee")
    company = secretive_company(
        trade_name="Dak Hoa", description="Pepper since 2017.", year_established=2017, logo="logos/dak-hoa.png",
        business_types=["manufacturer"], headcount_band=HeadcountBand.values[1], turnover_band=TurnoverBand.values[1],
        main_markets=["KE"], languages=["sv"],
    )  # fmt: skip
    company.industries.add(category)
    shown = {
        **{name: getattr(company, name) for name in ("slug", "legal_name", "trade_name", "description", "city")},
        "region": "Đắk Lắk",
        "country": "Viet Nam",
        "logo": "dak-hoa",
        "year_established": "2017",
        "business_types": "Manufacturer",
        "main_markets": "Kenya",
        "languages": "Svenska",
        "headcount_band": str(HeadcountBand.labels[1]),
        "turnover_band": str(escape(TurnoverBand.labels[1])),
        "category": "Green coffee",
    }

    content = client.get(company.get_absolute_url()).content.decode()

    public = {name for name, column in columns().items() if PUBLIC in column.why.receivers}
    ours = {name.rpartition(".")[2] for name in public if name.startswith("directory.Company")}
    assert ours - {"company"} == set(shown)
    assert [name for name, words in shown.items() if words not in content] == []
    assert [secret for secret in SECRETS if secret in content] == []


def test_the_contact_panel_says_that_there_is_something(client: Client) -> None:
    page = client.get(secretive_company().get_absolute_url()).context["page"]

    assert page.contact == [
        ("Telephone", "+84 262 •••• ••••"),
        ("Website", "Hidden"),
        ("Place", "Buôn Ma Thuột, Đắk Lắk, Viet Nam"),
    ]


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("+84 262 381 2345", "+84 262 •••• ••••"),
        ("+84 91 234 56 78", "+84 •••• ••••"),  # a mobile number has no area
        ("+65 6123 4567", "+65 •••• ••••"),  # nor has a city state
        ("+1 415 555 2671", "+1 415 •••• ••••"),
    ],
)
def test_no_more_of_a_number_is_shown_than_the_city_gives_away(client: Client, number: str, masked: str) -> None:
    page = client.get(CompanyFactory(phone=number).get_absolute_url()).context["page"]

    assert dict(page.contact)["Telephone"] == masked


def test_search_engines_get_the_public_facts_and_nothing_else(client: Client) -> None:
    company = secretive_company(description="Robusta & more", year_established=2009, languages=["vi"])

    data = structured(client.get(company.get_absolute_url()).content.decode())

    assert data == {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": "Đắk Hòa Agricultural Products",
        "url": f"http://localhost:8000/companies/{company.slug}/",
        "description": "Robusta & more",
        "foundingDate": "2009",
        "knowsLanguage": ["vi"],
        "address": {
            "@type": "PostalAddress",
            "addressLocality": "Buôn Ma Thuột",
            "addressRegion": "Đắk Lắk",
            "addressCountry": "VN",
        },
    }


def test_no_text_breaks_out_of_the_page_or_its_data_block(client: Client) -> None:
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u2028"
    company = CompanyFactory(legal_name=attack, trade_name=attack, city=attack, region=attack, description=attack)
    VerificationFactory(company=company, method=attack)

    content = client.get(company.get_absolute_url()).content.decode()

    assert "<script>alert" not in content
    assert "<img src=x" not in content
    assert structured(content)["name"] == attack


def test_each_claim_has_its_line_current_lapsed_or_missing(client: Client) -> None:
    company = CompanyFactory()
    VerificationFactory(company=company, checked_at=NOW.replace(month=3, day=12), valid_until=NOW + timedelta(days=9))
    VerificationFactory(
        company=company, claim="site_visit", checked_at=NOW - timedelta(days=800), valid_until=NOW, method="Visit"
    )
    VerificationFactory(  # older than the one above it, so it does not count
        company=company, checked_at=NOW - timedelta(days=900), valid_until=NOW - timedelta(days=700)
    )

    page = client.get(company.get_absolute_url()).context["page"]

    assert [(claim.label, claim.state, claim.checked_on, claim.valid_until) for claim in page.claims] == [
        ("Identity", "current", "12 Mar 2026", "1 Dec 2026"),
        ("Address", "none", "–", "–"),
        ("Registry number", "none", "–", "–"),
        ("Site visit", "lapsed", "13 Sep 2024", "22 Nov 2026"),
    ]
    assert page.claims_label == "1 current"


@pytest.mark.parametrize("state", ["draft", "hidden", "suspended"])
def test_a_company_that_is_not_listed_is_for_its_team_only(client: Client, state: str) -> None:
    company = CompanyFactory(state=state)
    url = company.get_absolute_url()
    assert client.get(url).status_code == 404
    client.force_login(MemberFactory(company=CompanyFactory()))
    assert client.get(url).status_code == 404

    client.force_login(MemberFactory(company=company, role="viewer"))
    response = client.get(url)

    assert response.status_code == 200
    assert "Only your team sees this page" in response.content.decode()
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_a_listed_company_carries_no_such_note(client: Client) -> None:
    content = client.get(CompanyFactory().get_absolute_url()).content.decode()

    assert "Only your team" not in content
    assert "noindex" not in content


def test_no_company_is_a_plain_404(client: Client) -> None:
    assert client.get("/companies/nobody-here/").status_code == 404
    assert client.get("/companies/" + "x" * 2000 + "/").status_code == 404
    assert client.post(CompanyFactory().get_absolute_url()).status_code == 405


@pytest.mark.usefixtures("bare_registry")
def test_higher_apps_add_panels_in_their_order(client: Client, templates: Path) -> None:
    (templates / "panel.html").write_text("<p>{{ content.word }} of {{ content.company }}</p>")

    def fetch(company: Company, now: Any) -> dict[str, Any] | None:
        return {"word": "Leads", "company": company.slug, "count": 3} if now == NOW else None

    registry.register_panel(Panel(name="leads", title="Leads", template="panel.html", fetch=fetch))
    registry.register_panel(Panel(name="empty", title="Silent panel", template="panel.html", fetch=lambda *_: None))
    company = CompanyFactory()

    content = client.get(company.get_absolute_url()).content.decode()

    assert f"<p>Leads of {company.slug}</p>" in content
    assert '<a href="#leads">Leads <span class="n">3</span></a>' in content
    assert "Silent panel" not in content


@pytest.mark.usefixtures("bare_registry")
def test_others_are_offered_an_inquiry_and_the_team_is_offered_its_profile(client: Client) -> None:
    registry.register_action(Action("inquire", "Send inquiry", "send", lambda c: f"/write/{c.slug}/", primary=True))
    registry.register_action(Action("edit", "Edit profile", "edit", lambda _: "/edit/", audience=Audience.TEAM))
    company = CompanyFactory()
    url = company.get_absolute_url()

    def offered() -> list[tuple[str, str]]:
        return [(action.label, action.url) for action in client.get(url).context["page"].actions]

    assert offered() == [("Send inquiry", f"/write/{company.slug}/")]
    client.force_login(MemberFactory(company=CompanyFactory()))
    assert offered() == [("Send inquiry", f"/write/{company.slug}/")]
    client.force_login(MemberFactory(company=company))
    assert offered() == [("Edit profile", "/edit/")]


def test_anybody_can_report_the_company(client: Client) -> None:
    company = CompanyFactory()

    assert f'href="/report/company/{company.slug}/"' in client.get(company.get_absolute_url()).content.decode()


def test_a_visitor_gets_no_cookie(client: Client) -> None:
    assert not client.get(CompanyFactory().get_absolute_url()).cookies


def test_the_page_costs_a_visitor_six_questions_and_a_member_ten_at_most(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    company = CompanyFactory()
    company.industries.add(*[CategoryFactory() for _ in range(6)])
    for claim in ("identity", "address", "registry", "site_visit"):
        VerificationFactory(company=company, claim=claim)
    with django_assert_max_num_queries(6):
        client.get(company.get_absolute_url())
    client.force_login(MemberFactory(company=company))
    client.get(company.get_absolute_url())

    with django_assert_max_num_queries(10):
        client.get(company.get_absolute_url())
