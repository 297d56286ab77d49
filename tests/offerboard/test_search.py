"""What words and filters find, in which order, and how it is counted."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from offerboard.keyset import Cursor, write_cursor
from offerboard.models import Lead
from offerboard.search import PAGE, Facet, Filters, Results, Sort, search
from tests.factories import (
    FIRST_RANK,
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    TopCategoryFactory,
    VerificationFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def found(filters: Filters, *, now: datetime = NOW) -> list[str]:
    """The slugs of the first page, in order."""
    slugs = dict(Lead.objects.values_list("pk", "slug"))
    return [slugs[pk] for pk in search(filters, now=now).ids]


def pages(filters: Filters) -> list[Results]:
    """All pages, following each one's cursor."""
    seen = [search(filters, now=NOW)]
    while seen[-1].next_cursor:
        seen.append(search(filters, now=NOW, after=seen[-1].next_cursor))
    return seen


# --- words --------------------------------------------------------------------------------------------------------


@pytest.fixture
def three_goods() -> None:
    LeadFactory(slug="coffee", title="Robusta green coffee beans", description="Washed in Đắk Lắk.", hs_code="090111")
    LeadFactory(slug="steel", title="Galvanised steel coils", description="Cut to length.", hs_code="721049")
    LeadFactory(slug="cafe", title="Café vert de Côte d’Ivoire", description="Sacs de 60 kg.", hs_code="0901")


@pytest.mark.usefixtures("three_goods")
@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("coffee", ["coffee"]),
        ("COFFEES", ["coffee"]),  # by its English stem
        ("cafe cote", ["cafe"]),  # accents do not matter
        ("dak lak", ["coffee"]),  # neither in the description
        ("green coil", []),  # all words of one lead
        ("steel or coffee", ["steel", "coffee"]),
        ("green -robusta", []),
        ('"steel coils"', ["steel"]),
        ('"coils steel"', []),
        ("0901.11", ["coffee"]),
        ("0901", ["cafe", "coffee"]),  # a heading holds its subheadings
        ("7210 49", ["steel"]),
        ("9999", []),
    ],
)
def test_words_find(words: str, slugs: list[str]) -> None:
    assert found(Filters(words=words)) == slugs


@pytest.mark.usefixtures("three_goods")
@pytest.mark.parametrize(
    "words", ['"', "'", "!!!", "&", "a & | !", "(", ":*", "\\", "-", "or", "🙂", "قهوة", "x" * 5000]
)
def test_no_words_break_the_search(words: str) -> None:
    assert found(Filters(words=words)) == []


# --- filters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "fits", "does_not"),
    [
        (Filters(kind="buy_inquiry"), {"kind": "buy_inquiry"}, {"kind": "sell_offer"}),
        (Filters(countries=("VN", "KE")), {"country": "KE"}, {"country": "IN"}),
        (Filters(within="24h"), {"posted_at": NOW - 23 * HOUR}, {"posted_at": NOW - 25 * HOUR}),
        (Filters(within="7d"), {"posted_at": NOW - timedelta(days=6)}, {"posted_at": NOW - timedelta(days=8)}),
        (Filters(currency="EUR"), {"currency": "EUR"}, {"currency": "USD"}),
        (Filters(currency="USD"), {"currency": "USD"}, {"currency": "", "price": None}),
        (Filters(currency="USD", price_from=Decimal(10)), {"price": Decimal(10)}, {"price": Decimal("9.99")}),
        (Filters(currency="USD", price_to=Decimal(10)), {"price": Decimal(10)}, {"price": Decimal("10.01")}),
        (Filters(unit="KGM"), {"unit": "KGM"}, {"unit": "TNE"}),
        (Filters(unit="TNE", quantity=Decimal(20)), {"quantity": Decimal(20)}, {"quantity": Decimal(19)}),
        (
            Filters(unit="TNE", quantity=Decimal(20)),
            {"quantity": Decimal(20)},
            {"quantity": Decimal(999), "unit": "KGM"},
        ),
        (Filters(conditions=("used", "refurbished")), {"condition": "used"}, {"condition": "new"}),
        (Filters(incoterms=("CIF",)), {"incoterm": "CIF"}, {"incoterm": "FOB"}),
    ],
)
def test_a_filter_keeps_what_fits_and_leaves_out_the_rest(
    filters: Filters, fits: dict[str, Any], does_not: dict[str, Any]
) -> None:
    LeadFactory(slug="fits", **fits)
    LeadFactory(slug="does-not", **does_not)

    assert set(found(Filters())) == {"fits", "does-not"}
    assert found(filters) == ["fits"]


def test_a_branch_holds_its_categories_and_several_categories_widen_the_search() -> None:
    food, metals = TopCategoryFactory(), TopCategoryFactory()
    coffee, rice = CategoryFactory(parent=food), CategoryFactory(parent=food)
    LeadFactory(slug="coffee", category=coffee)
    LeadFactory(slug="rice", category=rice)
    LeadFactory(slug="steel", category=CategoryFactory(parent=metals))

    assert set(found(Filters(categories=(food.slug,)))) == {"coffee", "rice"}
    assert found(Filters(categories=(rice.slug,))) == ["rice"]
    assert set(found(Filters(categories=(rice.slug, metals.slug)))) == {"rice", "steel"}


def test_a_company_is_found_by_its_slug() -> None:
    LeadFactory(slug="ours", company=CompanyFactory(slug="savanna"))
    LeadFactory(slug="theirs")

    assert found(Filters(company="savanna")) == ["ours"]


def test_verified_only_asks_for_a_claim_that_holds_now() -> None:
    verified, lapsed, other = CompanyFactory(), CompanyFactory(), CompanyFactory()
    VerificationFactory(company=verified, valid_until=NOW + HOUR)
    VerificationFactory(company=lapsed, valid_until=NOW)
    VerificationFactory(company=other, claim="address")
    for company in (verified, lapsed, other):
        LeadFactory(slug=f"of-{company.slug}", company=company)

    assert found(Filters(verified=True)) == [f"of-{verified.slug}"]
    assert found(Filters(verified=True), now=NOW + HOUR) == []


# --- order and pages ----------------------------------------------------------------------------------------------


@pytest.fixture
def three_prices() -> None:
    LeadFactory(slug="dear", price=Decimal(30), posted_at=NOW - HOUR, expires_at=NOW + 3 * HOUR)
    LeadFactory(slug="cheap", price=Decimal(9), posted_at=NOW - 2 * HOUR, expires_at=NOW + HOUR)
    LeadFactory(slug="euro", price=Decimal(1), currency="EUR", posted_at=NOW - 3 * HOUR, expires_at=NOW + 2 * HOUR)


@pytest.mark.usefixtures("three_prices")
@pytest.mark.parametrize(
    ("filters", "slugs"),
    [
        (Filters(), ["dear", "cheap", "euro"]),
        (Filters(sort=Sort.ENDING), ["cheap", "euro", "dear"]),
        (Filters(sort=Sort.PRICE, currency="USD"), ["cheap", "dear"]),
        (Filters(sort=Sort.PRICE), ["dear", "cheap", "euro"]),  # prices of several currencies do not compare
    ],
)
def test_leads_stand_in_the_order_asked_for(filters: Filters, slugs: list[str]) -> None:
    assert found(filters) == slugs


@pytest.mark.parametrize("sort", list(Sort))
def test_the_pages_together_hold_every_lead_once_even_when_all_are_equal(sort: Sort) -> None:
    company, category = CompanyFactory(), CategoryFactory()
    leads = LeadFactory.create_batch(2 * PAGE + 3, company=company, category=category)

    found_pages = pages(Filters(sort=sort, currency="USD"))

    ids = [pk for page in found_pages for pk in page.ids]
    assert sorted(ids) == sorted(lead.pk for lead in leads)
    assert [len(page.ids) for page in found_pages] == [PAGE, PAGE, 3]
    assert [page.position for page in found_pages] == [1, PAGE + 1, 2 * PAGE + 1]


def test_a_lead_renewed_between_two_pages_makes_no_other_one_appear_twice_or_vanish() -> None:
    company, category = CompanyFactory(), CategoryFactory()
    leads = [
        LeadFactory(company=company, category=category, posted_at=NOW - n * HOUR) for n in range(1, PAGE + 6)
    ]  # newest first
    first = search(Filters(), now=NOW)
    last_shown = Lead.objects.filter(pk=first.ids[-1])
    last_shown.update(posted_at=NOW, rank=FIRST_RANK)

    second = search(Filters(), now=NOW, after=first.next_cursor)

    assert second.ids == [lead.pk for lead in leads[PAGE:]]


@pytest.mark.parametrize(
    "after",
    [
        "junk",
        "x" * 10_000,
        "é\x00",
        "AAAA",
        "W10",
        write_cursor(Cursor("price", Decimal(5), "robusta-1", 20)),  # of another order
        write_cursor(Cursor("newest", NOW, "robusta-1", 20)),  # a time where a place on the board belongs
        write_cursor(Cursor("newest", Decimal(5), "no slug; at all", 20)),
        write_cursor(Cursor("newest", Decimal(5), "robusta-1", -1)),
    ],
)
def test_a_cursor_that_is_not_ours_is_the_first_page(after: str) -> None:
    lead = LeadFactory()

    results = search(Filters(), now=NOW, after=after)

    assert (results.ids, results.position) == ([lead.pk], 1)


# --- counts -------------------------------------------------------------------------------------------------------


def test_the_count_is_of_all_pages() -> None:
    LeadFactory.create_batch(PAGE + 2, company=CompanyFactory(), category=CategoryFactory())
    LeadFactory(kind="buy_inquiry")

    assert search(Filters(kind="sell_offer"), now=NOW).count == PAGE + 2


def test_beyond_the_cap_the_count_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offerboard.search.CAP", 21)
    LeadFactory.create_batch(24)

    results = search(Filters(), now=NOW)

    assert (results.count, results.facets["kind"].total, len(results.ids)) == (22, 22, 20)


def test_each_facet_counts_as_if_its_own_filter_alone_were_not_set() -> None:
    LeadFactory(kind="sell_offer", country="VN", incoterm="FOB")
    LeadFactory(kind="sell_offer", country="KE", incoterm="CIF")
    LeadFactory(kind="buy_inquiry", country="KE", incoterm="CIF")
    LeadFactory(kind="buy_inquiry", country="IN", incoterm="FOB", posted_at=NOW - timedelta(days=5))

    facets = search(Filters(kind="sell_offer", countries=("KE",)), now=NOW).facets

    assert facets["kind"] == Facet({"sell_offer": 1, "buy_inquiry": 1})
    assert facets["countries"] == Facet({"VN": 1, "KE": 1})
    assert facets["incoterms"] == Facet({"CIF": 1})
    assert facets["within"] == Facet({"7d": 1})  # posted a day ago, to the second
    assert facets["verified"] == Facet({"false": 1})


def test_a_search_takes_three_queries_at_most(django_assert_num_queries: Any) -> None:
    everything = Filters(
        words="coffee",
        kind="sell_offer",
        countries=("VN",),
        within="7d",
        currency="USD",
        verified=True,
        incoterms=("FOB",),
    )
    LeadFactory()

    with django_assert_num_queries(3):
        search(everything, now=NOW)
    with django_assert_num_queries(2):
        search(Filters(), now=NOW)


def test_a_cursor_in_a_far_time_zone_is_read_in_ours() -> None:
    """PostgreSQL knows no zone sixteen hours away."""
    far = datetime(2100, 1, 1, tzinfo=timezone(timedelta(hours=16)))

    assert search(Filters(sort=Sort.ENDING), now=NOW, after=write_cursor(Cursor("ending", far, "a", 1))).ids == []


def test_the_next_page_goes_on_where_the_lead_at_its_edge_is_gone() -> None:
    """Leads of one price: those already read may come again, none is lost."""
    leads = LeadFactory.create_batch(PAGE + 5, price=Decimal(5), currency="EUR")
    filters = Filters(currency="EUR", sort=Sort.PRICE)
    first = search(filters, now=NOW)
    Lead.objects.get(pk=first.ids[-1]).delete()

    second = search(filters, now=NOW, after=first.next_cursor)
    third = search(filters, now=NOW, after=second.next_cursor)

    left = {lead.pk for lead in leads} - {first.ids[-1]}
    assert {*second.ids, *third.ids} == left
