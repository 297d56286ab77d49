"""However a search walks back through the board, its pages are those of the plain question; its work has bounds."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from directory.models import Category, Company
from offerboard.models import Lead
from offerboard.search import PAGE, PROBED, SHELF, Facet, Filters, Results, Sort, newest, search
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, TopCategoryFactory, VerificationFactory

pytestmark = pytest.mark.django_db
PLACES = 6_000_000  # on the board: enough for every stretch of a walk


@pytest.fixture
def market() -> list[Lead]:
    """Four hundred leads, of every kind that filters part, strewn over a board of six million places."""
    chance = Random(11)  # noqa: S311  # the same market each time
    top = TopCategoryFactory(slug="the-food")
    shelves = [
        CategoryFactory(slug="the-coffee", parent=top),
        CategoryFactory(slug="the-tea", parent=top),
        CategoryFactory(),
    ]
    companies = [CompanyFactory(slug=f"firm-{n}", country=code) for n, code in enumerate(("VN", "KE", "DE"))]
    VerificationFactory(company=companies[0])
    leads = []
    for n, rank in enumerate(sorted(chance.sample(range(PLACES), 400))):
        category, company = chance.choice(shelves), chance.choice(companies)
        age = timedelta(days=40) * (1 - rank / PLACES)
        leads.append(
            LeadFactory.build(
                slug=f"lead-{n}",
                company=company,
                category=category,
                country=company.country,
                rank=rank,
                title=" ".join(chance.sample(["green", "roasted", "black", "loose", "whole", "ground"], 2)),
                description="Packed for export. " + chance.choice(["Washed.", "Dried.", "Broken leaves."]),
                kind=chance.choice(Lead.Kind.values),
                price=Decimal(chance.randrange(1, 50)),
                currency=chance.choice(["USD", "EUR"]),
                quantity=Decimal(chance.randrange(1, 100)),
                posted_at=NOW - age - timedelta(minutes=1),
                expires_at=NOW + chance.choice([timedelta(days=9), timedelta(0)]),
                state=chance.choice(["published"] * 4 + ["paused"]),
                holds=chance.choice([[], [], [], ["moderation"]]),
            )
        )
    return Lead.objects.bulk_create(leads)


def holding(words: str) -> Q:
    return Q(board_entry__search=SearchQuery(words, config="market_english", search_type="websearch"))


ASKED: dict[str, tuple[Filters, Q]] = {
    "everything": (Filters(), Q()),
    "a common word": (Filters(words="export"), holding("export")),
    "a word": (Filters(words="roasted"), holding("roasted")),
    "an absent word": (Filters(words="cashew"), holding("cashew")),
    "two words": (Filters(words="green washed"), holding("green washed")),
    "either word": (Filters(words="ground or loose"), holding("ground or loose")),
    "a word without another": (Filters(words="green -washed"), holding("green -washed")),
    "a kind": (Filters(kind="buy_inquiry"), Q(kind="buy_inquiry")),
    "a branch": (Filters(categories=("the-food",)), Q(category__parent__slug="the-food")),
    "a category and countries": (
        Filters(categories=("the-tea",), countries=("VN", "DE")),
        Q(category__slug="the-tea", country__in=["VN", "DE"]),
    ),
    "a company": (Filters(company="firm-1"), Q(company__slug="firm-1")),
    "nobody's company": (Filters(company="firm-99"), Q(company__slug="firm-99")),
    "no such category": (Filters(categories=("cars",)), Q(category__slug="cars")),
    "a week": (Filters(words="export", within="7d"), holding("export") & Q(posted_at__gt=NOW - timedelta(days=7))),
    "a price": (
        Filters(currency="USD", price_from=Decimal(10), price_to=Decimal(30)),
        Q(currency="USD", price__range=(10, 30)),
    ),
    "a quantity": (Filters(unit="TNE", quantity=Decimal(50)), Q(unit="TNE", quantity__gte=50)),
    "verified": (Filters(verified=True), Q(company__slug="firm-0")),
    "all at once": (
        Filters(words="green", kind="sell_offer", countries=("VN",), currency="USD", within="30d", verified=True),
        holding("green") & Q(kind="sell_offer", country="VN", currency="USD", posted_at__gt=NOW - timedelta(days=30)),
    ),
}


def walked(filters: Filters) -> Iterator[Results]:
    """Every page, each behind the cursor of the one before."""
    after = ""
    while True:
        page = search(filters, now=NOW, after=after)
        yield page
        after = page.next_cursor
        if not after:
            return


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("asked", ASKED)
def test_the_pages_are_those_of_the_plain_question(asked: str) -> None:
    filters, plain = ASKED[asked]
    expected = list(Lead.objects.public(at=NOW).filter(plain).order_by("-rank").values_list("id", flat=True))

    pages = list(walked(filters))

    assert [pk for page in pages for pk in page.ids] == expected
    assert {page.count for page in pages} == {len(expected)}
    assert all(page.is_complete for page in pages)
    assert newest(filters, now=NOW) == expected[:PAGE]


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("asked", [asked for asked, (filters, _plain) in ASKED.items() if not filters.currency])
def test_counts_by_currency_are_those_of_the_plain_question(asked: str) -> None:
    filters, plain = ASKED[asked]
    found = list(Lead.objects.public(at=NOW).filter(plain).values_list("currency", flat=True))

    counted = search(filters, now=NOW).facets["currency"].counts

    assert counted == {code: found.count(code) for code in set(found)}


@pytest.mark.usefixtures("market")
def test_above_the_cap_the_newest_are_counted_and_all_pages_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offerboard.search.CAP", 30)
    public = Lead.objects.public(at=NOW).order_by("-rank")

    pages = list(walked(Filters(words="export")))

    assert [pk for page in pages for pk in page.ids] == list(public.values_list("id", flat=True))
    assert (pages[0].count, pages[0].is_complete) == (31, False)
    newest_counted = [lead.kind for lead in public[:31]]
    assert pages[0].facets["kind"].counts == {kind: newest_counted.count(kind) for kind in Lead.Kind.values}
    assert not pages[0].facets["kind"].is_complete


@pytest.mark.usefixtures("market")
def test_who_asks_for_a_price_looks_further_back_page_by_page_until_all_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Prices are looked up lead by lead, among so many at a time; no lead is out of reach."""
    monkeypatch.setattr("offerboard.search.LOOK", 25)
    filters = Filters(currency="USD", price_from=Decimal(40))
    cheap_or_not = Lead.objects.public(at=NOW).filter(currency="USD").order_by("-rank")
    dear = [lead.pk for lead in cheap_or_not if lead.price and lead.price >= 40]

    pages = list(walked(filters))

    assert [pk for page in pages for pk in page.ids] == dear
    assert len(pages) == cheap_or_not.count() // 25 + 1
    assert not pages[0].is_complete


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize(("sort", "key"), [(Sort.PRICE, "price"), (Sort.ENDING, "expires_at")])
def test_a_sorted_search_above_the_cap_sorts_the_newest(monkeypatch: pytest.MonkeyPatch, sort: Sort, key: str) -> None:
    monkeypatch.setattr("offerboard.search.CAP", 50)
    public = Lead.objects.public(at=NOW).filter(currency="USD").order_by("-rank")[:50]
    expected = sorted(public, key=lambda lead: (getattr(lead, key), -lead.pk))

    pages = list(walked(Filters(currency="USD", sort=sort)))

    assert [pk for page in pages for pk in page.ids] == [lead.pk for lead in expected]


def test_the_best_match_has_the_words_in_its_title() -> None:
    LeadFactory(slug="in-text", title="Green beans", description="Like coffee.", rank=9)
    LeadFactory(slug="in-title", title="Coffee beans", description="Green.", rank=1)

    ids = search(Filters(words="coffee", sort=Sort.RELEVANCE), now=NOW).ids

    assert list(Lead.objects.filter(pk__in=ids[:1]).values_list("slug", flat=True)) == ["in-title"]


def test_without_words_nothing_matches_better_than_the_newest() -> None:
    older, newer = LeadFactory(rank=1), LeadFactory(rank=2)

    assert search(Filters(sort=Sort.RELEVANCE), now=NOW).ids == [newer.pk, older.pk]


@pytest.mark.parametrize(
    ("title", "words", "finds"),
    [
        ("越南罗布斯塔咖啡生豆", "咖啡", True),
        ("越南罗布斯塔咖啡生豆", "越南 生豆", True),
        ("越南罗布斯塔咖啡生豆", "啡咖", False),  # the same signs in another order are another word
        ("越南罗布斯塔咖啡生豆", '"咖啡生豆"', True),
        ("冷凍マグロ 大西洋", "マグロ", True),
        ("قهوة خضراء من اليمن", "قهوة", True),
        ("قهوة خضراء من اليمن", "شاي", False),
        ("Café vert d’Éthiopie", "cafe ethiopie", True),
        ("Ground nuts", "gróund", True),
        ("Rotary drill", "bosch gbh", True),  # brand and model
        ("Rotary drill", "博世", True),
        ("Tin can, 400 g", "can", True),  # a word that English passes over
    ],
)
def test_words_of_many_languages_find(title: str, words: str, finds: bool) -> None:
    LeadFactory(title=title, brand="Bosch", model="GBH 2-26 博世电锤")

    assert bool(search(Filters(words=words), now=NOW).ids) == finds


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize(
    "words",
    [
        "x " * 5000,
        "export " * 1400,
        " or ".join(["export"] * 500),
        '"' * 99,
        "-export",
        "!!! | & ( ) :* <-> export:*A",
        "@ksell_offer",
        "'@ksell_offer' | x",
        "🙂 ☕️",
        "\u202eexport\u202c",
        "a\x01b",
        "%s %d %(words)s",
        "-" * 3000,
        "(" * 3000,
        "- " * 3000,
        "-a " * 3000,
        "a--b ---c -- d",
    ],
)
def test_no_words_however_odd_are_an_error(words: str) -> None:
    results = search(Filters(words=words), now=NOW)

    assert set(results.ids) <= {lead.pk for lead in Lead.objects.public(at=NOW)}


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("words", ["@ksell_offer", "'@ksell_offer'", "@b1 or @e3", "-export", "!!!"])
def test_marks_cannot_be_typed_and_nothing_is_not_everything(words: str) -> None:
    assert search(Filters(words=words), now=NOW).ids == []


def test_a_search_costs_three_queries_and_a_page_alone_two(django_assert_num_queries: Any) -> None:
    filters = Filters(words="coffee", categories=("the-food",), company="nobody", within="7d", verified=True)
    Category.objects.create(slug="the-food", name="Food")
    Company.objects.all().delete()

    with django_assert_num_queries(3):
        search(filters, now=NOW)
    with django_assert_num_queries(2):
        newest(filters, now=NOW)
    with django_assert_num_queries(2):
        search(Filters(), now=NOW)


@pytest.mark.usefixtures("market")
def test_what_else_could_be_chosen_is_counted_less_far_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offerboard.search.WIDER_CAP", 10)
    public = list(Lead.objects.public(at=NOW).filter(country="VN").values_list("kind", flat=True))

    results = search(Filters(kind="sell_offer", countries=("VN",)), now=NOW)

    kinds = results.facets["kind"]
    assert (results.count, results.is_complete) == (public.count("sell_offer"), True)
    assert (kinds.total, kinds.is_complete) == (11, False)
    assert all(count <= public.count(kind) for kind, count in kinds.counts.items())


def test_with_many_filters_what_else_could_be_chosen_is_counted_among_the_newest_places() -> None:
    alike: dict[str, Any] = {"country": "VN", "currency": "USD", "price": 5, "incoterm": "FOB", "place": "Haiphong"}
    top = 100 * SHELF
    for rank in (1, 2, top - PROBED + 1, top - 1):
        LeadFactory(rank=rank, kind="sell_offer", **alike)
        LeadFactory(rank=rank + top, kind="buy_inquiry", **alike)
    chosen = Filters(kind="sell_offer", countries=("VN",), currency="USD", incoterms=("FOB",))

    results = search(chosen, now=NOW)

    assert (results.count, results.is_complete) == (4, True)
    assert results.facets["kind"] == Facet({"buy_inquiry": 2}, is_complete=False)
    assert results.facets["conditions"] == Facet({"": 4}, is_complete=True)


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("name", ["kind", "currency", "countries"])
def test_a_filter_that_is_set_counts_as_if_it_were_not(name: str) -> None:
    chosen: dict[str, Any] = {"kind": "sell_offer", "currency": "USD", "countries": ("VN",)}
    columns = {"kind": "kind", "currency": "currency", "countries": "country"}
    others = {columns[other]: value for other, value in chosen.items() if other != name}
    others |= {"country": "VN"} if "country" in others else {}
    plain = Lead.objects.public(at=NOW).filter(**others).values_list(columns[name], flat=True)

    counted = search(Filters(**chosen), now=NOW).facets[name]

    assert counted.counts == {value: list(plain).count(value) for value in set(plain)}
