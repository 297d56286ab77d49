"""A new lead meets the searches that find it, and no others: the same that the board would say."""

from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.models import Category
from offerboard.matching import MOST_KEYS, finders
from offerboard.models import Lead, SavedSearch, SearchKey
from offerboard.search import Filters, search
from offerboard.selectors.tree import category_tree
from offerboard.services.alerts import choose_frequency
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    MemberFactory,
    TopCategoryFactory,
    VerificationFactory,
)
from tests.offerboard.alerting import asks

pytestmark = pytest.mark.django_db
WORDS = [
    "green",
    "coffee",
    "beans",
    "roasted",
    "steel",
    "coils",
    "the",
    "can",
    "café",
    "washed",
    "bosch",
    "越南",
    "咖啡",
]
TYPED = [
    *WORDS,
    *("coffee beans", "green or steel", "coffee -roasted", '"green coffee"', '"coffee green"', "-coffee", "!!!"),
    *("green coffee or steel coils", "steel -coils or beans", "090111", "7210", "0901 or steel", "coffees", "cafe"),
    *(
        '"越南咖啡"',
        "咖啡越南",
        "it's",
        "the or can",
        "cashew",
        "cashew or coffee",
        'coffee -"green coffee"',
        "a\\b 'c'",
    ),
]


def market(chance: Random) -> list[Lead]:
    """Sixty leads of three companies and two branches."""
    food, metal = TopCategoryFactory(slug="the-food"), TopCategoryFactory(slug="the-metal")
    shelves = [
        CategoryFactory(slug="the-coffee", parent=food),
        CategoryFactory(slug="the-tea", parent=food),
        CategoryFactory(slug="the-coils", parent=metal),
    ]
    companies = [CompanyFactory(slug=f"firm-{n}", country=code) for n, code in enumerate(("VN", "KE", "DE"))]
    VerificationFactory(company=companies[0])
    leads = []
    for _number in range(60):
        has_price = chance.random() < 0.8
        leads.append(
            LeadFactory(
                company=chance.choice(companies),
                category=chance.choice(shelves),
                kind=chance.choice(Lead.Kind.values),
                title=" ".join(chance.sample(WORDS, 3)),
                description=" ".join(chance.sample(WORDS, 4)),
                hs_code=chance.choice(["", "090111", "0901", "721049"]),
                quantity=Decimal(chance.randrange(1, 100)),
                unit=chance.choice(["TNE", "KGM"]),
                price=Decimal(chance.randrange(1, 50)) if has_price else None,
                currency=chance.choice(["USD", "EUR"]) if has_price else "",
                incoterm=chance.choice(["", "FOB", "CIF"]),
                condition=chance.choice(["", "new", "used"]),
                state=chance.choice(["published"] * 5 + ["paused"]),
            )
        )
    return leads


def some(chance: Random, values: list[str]) -> tuple[str, ...]:
    return tuple(sorted(chance.sample(values, chance.choice([1, 1, 2, len(values)]))))


def filters(chance: Random) -> Filters:
    """A few filters of all there are."""
    every: dict[str, Any] = {
        "words": {"words": chance.choice(TYPED)},
        "kind": {"kind": chance.choice(Lead.Kind.values)},
        "categories": {"categories": some(chance, ["the-food", "the-metal", "the-coffee", "the-tea", "the-coils"])},
        "countries": {"countries": some(chance, ["VN", "KE", "DE", "US"])},
        "company": {"company": chance.choice(["firm-0", "firm-1", "firm-2"])},
        "price": {"currency": "USD", "price_from": Decimal(10), "price_to": Decimal(30)},
        "currency": {"currency": "EUR", "price_to": chance.choice([None, Decimal(25)])},
        "quantity": {"unit": "TNE", "quantity": chance.choice([None, Decimal(50)])},
        "conditions": {"conditions": some(chance, ["new", "used"])},
        "incoterms": {"incoterms": some(chance, ["CIF", "FOB"])},
        "verified": {"verified": True},
    }
    chosen = chance.sample([*every, "words"], chance.choice([1, 1, 2, 2, 3, 4]))
    return Filters(**{name: value for one in chosen for name, value in every[one].items()})


def found_by_search(asked: Filters) -> set[int]:
    """Every page of the board."""
    asked = Filters(**{name: getattr(asked, name) for name in Filters.__slots__} | {"categories": narrowest(asked)})
    ids, after = set(), ""
    while True:
        page = search(asked, now=NOW, after=after)
        ids |= set(page.ids)
        after = page.next_cursor
        if not after:
            return ids


def narrowest(asked: Filters) -> tuple[str, ...]:
    return category_tree().narrowest(asked.categories)


def searches_of(lead: Lead) -> set[UUID]:
    """Those that find it."""
    return {UUID(search_) for found in finders(lead.pk, now=NOW) for search_ in found.searches}


def found_by_matching(saved: SavedSearch, leads: list[Lead]) -> set[int]:
    return {lead.pk for lead in leads if saved.pk in searches_of(lead)}


@pytest.mark.parametrize("is_analysed", [False, True])
@pytest.mark.parametrize("number", range(4))
def test_searches_meet_the_leads_that_the_board_would_find(number: int, is_analysed: bool) -> None:
    chance = Random(number)  # noqa: S311  # the same each time
    leads = market(chance)
    if is_analysed:  # then some words are known to be rarer than others
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE offerboard_boardentry")
    asked = [filters(chance) for _number in range(120)]
    saved = [asks(frequency="daily", **{name: getattr(one, name) for name in Filters.__slots__}) for one in asked]

    met = {lead.pk: searches_of(lead) for lead in leads}

    wrong = [
        one
        for one, search_ in zip(asked, saved, strict=True)
        if {pk for pk, searches in met.items() if search_.pk in searches} != found_by_search(one)
    ]
    assert wrong == []
    assert sum(map(len, met.values())) > 200


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    words=st.text(st.sampled_from("ab '\"-\\|&!()<>:*咖啡@"), max_size=25)
    | st.text(st.characters(exclude_categories=["C"]), max_size=60),
    title=st.text(st.sampled_from("ab '\"-\\咖啡@"), min_size=1, max_size=40),
)
def test_whatever_is_typed_matching_and_searching_agree(words: str, title: str) -> None:
    lead = LeadFactory(title=f"a {title}")
    asked = Filters(words=" ".join(words.split()), kind="sell_offer")
    saved = asks(words=asked.words, kind=asked.kind)

    assert found_by_matching(saved, [lead]) == found_by_search(asked) & {lead.pk}


def test_a_search_that_can_find_nothing_has_no_key() -> None:
    for words in ("-coffee", "!!!", "-tea or steel"):
        assert asks(words=words).keys.count() == 0
    LeadFactory(title="Green tea")

    assert [finders(lead.pk, now=NOW) for lead in Lead.objects.all()] == [[]]


def test_the_rarest_word_is_the_key() -> None:
    for number in range(20):
        LeadFactory(title=f"Coffee number{number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE offerboard_boardentry")

    saved = asks(words="coffee number7", countries=("VN", "KE"))

    assert sorted(saved.keys.values_list("lexeme", "country")) == [("number7", "KE"), ("number7", "VN")]


def test_a_search_for_everything_everywhere_keeps_few_keys_and_still_finds() -> None:
    company = CompanyFactory(country="KE")
    shelves = [CategoryFactory() for _number in range(30)]
    lead = LeadFactory(company=company, category=shelves[3], title="Green coffee")
    everywhere = ("AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AR", "KE", "VN")

    saved = asks(words="coffee or tea", categories=tuple(one.slug for one in shelves), countries=everywhere)

    assert 0 < saved.keys.count() <= MOST_KEYS
    assert found_by_matching(saved, [lead]) == {lead.pk}


def test_a_branch_goes_without_saying_when_one_of_its_leaves_is_chosen() -> None:
    top = TopCategoryFactory(slug="the-food")
    leaf, other = CategoryFactory(slug="the-tea", parent=top), CategoryFactory(parent=top)
    saved = asks(categories=("the-food", "the-tea"))

    assert found_by_matching(saved, [LeadFactory(category=leaf), LeadFactory(category=other)]) == {
        Lead.objects.get(category=leaf).pk
    }


def test_a_category_that_moved_is_still_met() -> None:
    tea = CategoryFactory(slug="the-tea")
    saved = asks(categories=("the-tea",))
    Category.objects.filter(pk=tea.pk).update(parent=TopCategoryFactory())
    tea.refresh_from_db()

    lead = LeadFactory(category=tea)

    assert found_by_matching(saved, [lead]) == {lead.pk}


def test_what_is_not_public_meets_nobody() -> None:
    saved = asks(kind="sell_offer")
    leads = [LeadFactory(state="paused"), LeadFactory(holds=["moderation"]), LeadFactory(expires_at=NOW)]

    assert found_by_matching(saved, leads) == set()


def test_nobody_hears_of_the_leads_of_their_own_company() -> None:
    company = CompanyFactory()
    own = asks(MemberFactory(company=company, role="viewer"), kind="sell_offer")
    other = asks(kind="sell_offer")

    lead = LeadFactory(company=company)

    assert searches_of(lead) == {other.pk}
    assert own.pk != other.pk


@pytest.mark.parametrize("state", ["suspended", "closing", "closed"])
def test_who_is_suspended_or_leaves_meets_nothing(state: str) -> None:
    saved = asks(kind="sell_offer")
    type(saved.member).objects.filter(pk=saved.member_id).update(state=state)

    assert found_by_matching(saved, [LeadFactory()]) == set()


@pytest.fixture
def kept() -> SavedSearch:
    return asks(words="coffee", frequency="off")


def test_a_search_without_mails_has_no_keys(kept: SavedSearch) -> None:
    lead = LeadFactory(title="Coffee")
    assert (SearchKey.objects.count(), kept.query, finders(lead.pk, now=NOW)) == (0, None, [])

    choose_frequency(member=kept.member, pk=kept.pk, frequency="weekly", now=NOW)
    assert [found.frequency for found in finders(lead.pk, now=NOW)] == ["weekly"]

    choose_frequency(member=kept.member, pk=kept.pk, frequency="off", now=NOW)
    kept.refresh_from_db()
    assert (SearchKey.objects.count(), kept.query, finders(lead.pk, now=NOW)) == (0, None, [])
