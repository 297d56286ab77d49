"""Lists and single things as a partner's program reads them."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
import time_machine

from directory.models import Company, TeamMember
from offerboard.models import Lead
from partners.models import ApiKey
from partners.numbering import number_changes
from partners.scopes import Scope
from partners.selectors.changes import place_now
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadDocumentFactory,
    LeadFactory,
    MemberFactory,
    PriceTierFactory,
    VerificationFactory,
)
from tests.partners.calling import Caller, partner_caller
from tests.privacy.leaving import ask_and_confirm, only_owner

pytestmark = pytest.mark.django_db
LISTS = ["leads/", "companies/", "categories/", "countries/"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def pages(caller: Caller, path: str, **query: Any) -> list[list[str]]:
    """The ids of each page to the end."""
    found: list[list[str]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = caller.get(path, **query, **cursor).json()
        found.append([one["id"] for one in page["results"]])
        if page["next"] is None:
            return found
        cursor = {"after": page["next"]}


def faults(answer: Any) -> list[str]:
    """The parameters that a problem names."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    return [one["name"] for one in answer.json()["errors"]]


def test_the_list_shows_what_is_public_and_nothing_else() -> None:
    hidden, shown = CompanyFactory(state=Company.State.HIDDEN), LeadFactory()
    for lead in ({"state": "draft"}, {"state": "paused"}, {"company": hidden}, {"expires_at": NOW}):
        LeadFactory(**lead)

    caller = partner_caller()

    assert pages(caller, "leads/") == [[shown.slug]]
    assert hidden.slug not in pages(caller, "companies/")[0]


@pytest.mark.parametrize("query", [{}, {"q": "coffee"}, {"sort": "ending"}, {"sort": "price", "currency": "USD"}])
def test_pages_of_leads_join_without_a_gap(query: dict[str, str]) -> None:
    made = [
        LeadFactory(price=number, posted_at=NOW - timedelta(hours=number), expires_at=NOW + timedelta(hours=number))
        for number in range(1, 6)
    ]

    found = pages(partner_caller(), "leads/", page_size=2, **query)

    assert found == [[made[0].slug, made[1].slug], [made[2].slug, made[3].slug], [made[4].slug]]


@pytest.mark.parametrize("sort", ["newest", "name"])
def test_pages_of_companies_join_though_one_is_renamed_meanwhile(sort: str) -> None:
    """The place behind which the next page begins is where the company stood."""
    made = [CompanyFactory(legal_name=f"{letter} Trading", created_at=NOW) for letter in "abcde"]
    caller = partner_caller()
    first = caller.get("companies/", page_size=2, sort=sort).json()
    Company.objects.filter(slug=first["results"][1]["id"]).update(legal_name="z", created_at=NOW - timedelta(days=9))
    rest = caller.get("companies/", page_size=9, sort=sort, after=first["next"]).json()

    wanted = [one.slug for one in (made if sort == "name" else reversed(made))]
    assert [one["id"] for one in first["results"]] == wanted[:2]
    assert [one["id"] for one in rest["results"]][:3] == wanted[2:]


@pytest.mark.parametrize("path", ["categories/", "countries/"])
def test_whole_lists_come_in_pages_too(path: str) -> None:
    CategoryFactory.create_batch(5)
    caller = partner_caller()

    whole = pages(caller, path, page_size=1000)[0]

    assert [*chain(*pages(caller, path, page_size=len(whole) // 2))] == whole


def test_a_page_that_looks_leads_up_one_by_one_leads_further_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer come than were asked for, and the cursor says that there is more."""
    monkeypatch.setattr("offerboard.search.LOOK", 3)
    made = [LeadFactory(price=1 if number in (0, 4) else 9) for number in range(5)]

    assert pages(partner_caller(), "leads/", price_max=5, currency="USD") == [[made[4].slug], [made[0].slug]]


LEADS_ASKED: list[dict[str, Any]] = [
    {"q": "cocoa", "sort": "relevance"},
    {"kind": "buy_inquiry"},
    {"category": ["cocoa", "forks"]},
    {"country": ["BR", "PE"]},
    {"company": "bahia-trading"},
    {"within": "24h"},
    {"price_min": "10", "price_max": "10.0", "currency": "EUR", "sort": "price"},
    {"quantity": "5000", "unit": "KGM"},
    {"condition": "used"},
    {"incoterm": ["CIF", "FCA"]},
    {"verified": "true"},
]


def test_leads_are_filtered_as_on_the_board() -> None:
    """By each filter alone, and by all of them."""
    other = CompanyFactory(country="BR", slug="bahia-trading")
    VerificationFactory(company=other)
    CategoryFactory(slug="forks")
    wanted = LeadFactory(
        company=other,
        kind="buy_inquiry",
        category=CategoryFactory(slug="cocoa"),
        condition="used",
        title="Cocoa butter",
        price=10,
        currency="EUR",
        quantity=5000,
        unit="KGM",
        incoterm="CIF",
        posted_at=NOW - timedelta(hours=2),
    )
    LeadFactory(posted_at=NOW - timedelta(days=3), category=CategoryFactory(slug="spoons"))
    caller = partner_caller()

    found = [pages(caller, "leads/", **asked) for asked in LEADS_ASKED]
    found.append(pages(caller, "leads/", **{name: value for asked in LEADS_ASKED for name, value in asked.items()}))

    assert found == [[[wanted.slug]]] * (len(LEADS_ASKED) + 1)
    assert len(pages(caller, "leads/", verified="false")[0]) == 2


def test_companies_are_filtered_as_in_the_directory() -> None:
    wanted = CompanyFactory(legal_name="Cocoa House", country="BR", business_types=["agent"], headcount_band="11-50")
    wanted.industries.add(CategoryFactory(slug="cocoa"))
    CompanyFactory()
    asked = {
        "q": "cocoa",
        "country": "BR",
        "industry": "cocoa",
        "business_type": ["agent", "buyer"],
        "headcount": "11-50",
    }
    caller = partner_caller()

    assert [pages(caller, "companies/", **{name: value}) for name, value in asked.items()] == [[[wanted.slug]]] * 5


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("leads/", {"page_size": 10**9}, ["page_size"]),
        ("companies/", {"page_size": 0}, ["page_size"]),
        *[("countries/", {"page_size": one}, ["page_size"]) for one in ("1_0", "1.0", "+5", " 5", "٥", "")],
        ("leads/", {"kind": "gift"}, ["kind"]),
        ("leads/", {"kind": ["sell_offer", "buy_inquiry"]}, ["kind"]),
        ("leads/", {"category": "no-such-shelf"}, ["category"]),
        ("leads/", {"category": "!"}, ["category"]),
        ("leads/", {"country": ["VN", "vn"]}, ["country"]),
        ("leads/", {"country": ["VN"] * 51}, ["country"]),
        ("leads/", {"company": "a b"}, ["company"]),
        ("leads/", {"within": "1y"}, ["within"]),
        ("leads/", {"price_min": "1,5", "currency": "USD"}, ["price_min"]),
        ("leads/", {"price_min": "5", "price_max": "4", "currency": "USD"}, ["price_max"]),
        ("leads/", {"price_min": "5"}, ["currency"]),
        ("leads/", {"quantity": "5"}, ["unit"]),
        ("leads/", {"sort": "price"}, ["currency"]),
        ("leads/", {"sort": "relevance"}, ["sort"]),
        ("leads/", {"verified": "on"}, ["verified"]),
        ("leads/", {"incoterm": "FOX", "colour": "red", "q": ""}, ["colour", "q", "incoterm"]),
        ("companies/", {"headcount": "many"}, ["headcount"]),
        ("companies/", {"industry": "no-such-shelf"}, ["industry"]),
        ("companies/", {"format": "xml"}, ["format"]),
        ("countries/", {"fields": "id,flag"}, ["fields"]),
        ("countries/", {"fields": "id,"}, ["fields"]),
        ("countries/", {"fields": "id, name"}, ["fields"]),
        ("countries/VN/", {"page_size": 1}, ["page_size"]),
        ("categories/", {"after": "x"}, ["after"]),
        ("categories/", {"after": "x" * 2001}, ["after"]),
        ("countries/", {"after": "x:y"}, ["after"]),
    ],
)
def test_what_is_wrong_with_a_query_is_named(path: str, query: dict[str, Any], named: list[str]) -> None:
    assert sorted(faults(partner_caller().get(path, **query))) == sorted(named)


def test_a_cursor_is_good_for_its_list_its_filters_and_its_order_alone() -> None:
    """Behind the same place, a list with other filters would lack leads, and nobody would notice."""
    LeadFactory.create_batch(2)
    caller = partner_caller()
    cursor = caller.get("leads/", page_size=1, country=["VN", "BR"]).json()["next"]

    others: list[tuple[str, dict[str, Any]]] = [
        ("leads/", {"country": ["VN", "BR"], "sort": "ending"}),
        ("leads/", {"country": "VN"}),
        ("leads/", {"country": ["VN", "BR"], "kind": "sell_offer"}),
        ("leads/", {}),
        ("companies/", {"country": ["VN", "BR"]}),
        ("countries/", {}),
    ]
    for path, more in others:
        assert faults(caller.get(path, after=cursor, **more)) == ["after"]


def test_the_next_page_may_be_of_another_size_and_have_other_fields() -> None:
    """Nor does it matter in which order filters are written, or that the usual order is named."""
    made = LeadFactory.create_batch(3)
    caller = partner_caller()
    cursor = caller.get("leads/", page_size=1, country=["VN", "BR"], category=[]).json()["next"]

    page = caller.get(
        "leads/", country=["BR", "VN"], sort="newest", verified="false", after=cursor, page_size=9, fields="title"
    )

    assert [one["id"] for one in page.json()["results"]] == [one.slug for one in reversed(made[:2])]


def test_chosen_fields_come_in_the_usual_order_with_the_id() -> None:
    lead = LeadFactory()
    caller = partner_caller()

    assert caller.get("leads/", fields="price,title").json()["results"] == [
        {"id": lead.slug, "title": lead.title, "price": "4180"}
    ]
    assert caller.get(f"leads/{lead.slug}/", fields="unit").json() == {"id": lead.slug, "unit": "TNE"}
    assert caller.get("countries/VN/").json() == {"id": "VN", "name": "Viet Nam"}


@pytest.mark.parametrize(
    ("made", "status"),
    [
        ({"state": "closed"}, 410),
        ({"state": "rejected", "posted_at": NOW - timedelta(days=2), "expires_at": NOW + timedelta(days=2)}, 410),
        ({"expires_at": NOW}, 410),
        ({"holds": ["moderation"]}, 410),
        ({"state": "paused"}, 404),
        ({"state": "draft"}, 404),
        ({"state": "pending"}, 404),
        ({"posted_at": NOW + timedelta(days=1)}, 404),
    ],
)
def test_a_lead_that_has_gone_is_told_from_one_that_never_was(made: dict[str, Any], status: int) -> None:
    """As its page tells it."""
    answer = partner_caller().get(f"leads/{LeadFactory(**made).slug}/")

    assert (answer.status_code, answer.json()["type"].partition("#")[2]) == (
        status,
        {410: "gone", 404: "not-found"}[status],
    )


@pytest.mark.parametrize(
    ("made", "status"),
    [
        ({"state": "closed"}, 410),
        ({"state": "suspended", "suspended_from": "listed"}, 410),
        ({"state": "suspended", "suspended_from": "draft"}, 404),
        ({"state": "hidden"}, 404),
        ({"state": "draft"}, 404),
    ],
)
def test_a_company_that_has_gone_is_told_from_one_that_never_was(made: dict[str, Any], status: int) -> None:
    assert partner_caller().get(f"companies/{CompanyFactory(**made).slug}/").status_code == status


@pytest.mark.usefixtures("operator", "policies")
def test_a_company_whose_owner_is_about_to_leave_has_gone() -> None:
    """As its leads have; another owner who stays keeps it, hidden as it may be."""
    owner = only_owner()
    company, path = Company.objects.get(team__member=owner), "companies/{}/"
    ask_and_confirm(owner)
    caller = partner_caller()

    alone = caller.get(path.format(company.slug)).status_code
    TeamMember.objects.create(company=company, member=MemberFactory(), role=TeamMember.Role.OWNER, joined_at=NOW)

    assert (alone, caller.get(path.format(company.slug)).status_code) == (410, 404)


def test_what_is_not_here_at_all_is_not_found() -> None:
    caller = partner_caller()

    assert [caller.get(f"{path}no-such-thing/").status_code for path in LISTS] == [404] * 4


def test_each_scope_opens_its_lists() -> None:
    """Countries are open to every key."""
    leads, companies = partner_caller(Scope.LEADS_READ), partner_caller(Scope.COMPANIES_READ)

    assert [leads.get(path).status_code for path in LISTS] == [200, 403, 200, 200]
    assert [companies.get(path).status_code for path in LISTS] == [403, 200, 403, 200]
    assert ApiKey.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_list_the_thing_the_export_and_the_feed_give_the_same_bytes() -> None:
    """Of everything that others pull."""
    caller, start = partner_caller(), place_now()
    category = CategoryFactory()
    lead = LeadFactory(title='Robusta "S18"\n\\ é 豆', category=category)
    PriceTierFactory(lead=lead)
    LeadDocumentFactory(lead=lead)
    VerificationFactory(company=lead.company)
    Lead.objects.filter(pk=lead.pk).update(updated_at=NOW)
    number_changes(now=NOW)
    feed = caller.get("changes/", after=start, page_size=1000).content.decode()

    for plural, key in (("leads", lead.slug), ("companies", lead.company.slug), ("categories", category.slug)):
        alone = caller.get(f"{plural}/{key}/").content.decode()
        exported = b"".join(caller.get(f"export/{plural}.ndjson").streaming_content).decode()
        listed = caller.get(f"{plural}/", page_size=1000).content.decode()
        assert json.loads(alone)["id"] == key
        assert (alone in listed, f"\n{alone}\n" in exported, f'"object": {alone}}}' in feed) == (True, True, True)


def test_a_page_of_a_thousand_takes_as_many_queries_as_one_of_two(django_assert_max_num_queries: Any) -> None:
    LeadFactory.create_batch(5)
    caller = partner_caller()
    caller.get("leads/")

    with django_assert_max_num_queries(5):
        caller.get("leads/", page_size=1000, q="coffee")
