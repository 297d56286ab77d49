"""A search as the table keeps it: filters become columns and columns filters again."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from directory.models import Category
from mailings.times import Frequency
from offerboard.codes import CURRENCIES, UNITS, Condition, Incoterm
from offerboard.forms.board import BoardForm
from offerboard.models import SavedSearch
from offerboard.saved_filters import lasting, to_columns, to_filters
from offerboard.search import Filters, Sort, Within
from offerboard.selectors.saved_searches import finds, search_address
from offerboard.services import watching as services
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory, SavedSearchFactory

pytestmark = pytest.mark.django_db
SEARCHES = "/my/searches/"
COFFEE = "/my/searches/save/?q=coffee&kind=sell_offer&country=VN"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory()
    client.force_login(member)
    return member


AMOUNTS = st.none() | st.decimals(min_value=0, max_value=10**12, places=2)
SLUGS = {"green-coffee": 1, "roasted-coffee": 2, "tea": 3}


def several(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=4, unique=True).map(lambda some: tuple(sorted(some)))


FILTERS = st.builds(
    Filters,
    words=st.text(st.characters(exclude_categories=["C", "Z"]), max_size=200),
    kind=st.sampled_from(["", "sell_offer", "buy_inquiry"]),
    categories=several(list(SLUGS)),
    countries=several(["VN", "DE", "IN", "KE"]),
    currency=st.sampled_from(list(CURRENCIES)),
    price_from=AMOUNTS,
    quantity=AMOUNTS,
    unit=st.sampled_from(list(UNITS)),
    conditions=several(list(Condition.values)),
    incoterms=several(list(Incoterm.values)),
    verified=st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(filters=FILTERS)
def test_every_search_comes_back_from_the_table_as_it_was(filters: Filters) -> None:
    filters = replace(filters, categories=tuple(sorted(filters.categories, key=SLUGS.__getitem__)))
    member = Member.objects.first() or MemberFactory()
    columns = to_columns(filters, category_ids=SLUGS, company_id=None)
    saved, _new = SavedSearch.objects.update_or_create(
        member=member, fingerprint=columns["fingerprint"], defaults=columns | {"name": "x", "created_at": NOW}
    )
    saved.refresh_from_db()

    assert to_filters(saved, slugs={pk: slug for slug, pk in SLUGS.items()}, company="") == filters


def test_what_is_one_look_at_the_board_is_not_kept() -> None:
    filters = Filters(words="coffee", within=Within.WEEK, sort=Sort.ENDING)

    assert lasting(filters) == Filters(words="coffee")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Filters(words="Coffee"), Filters(words="coffee")),
        (Filters(words="green  coffee"), Filters(words="green coffee")),
        (Filters(countries=("VN", "DE")), Filters(countries=("DE", "VN"))),
        (Filters(currency="USD", price_to=Decimal(5)), Filters(currency="USD", price_to=Decimal("5.0000"))),
        (Filters(words="tea", sort=Sort.PRICE, within=Within.DAY), Filters(words="tea")),
    ],
)
def test_searches_that_find_the_same_are_saved_once(one: Filters, other: Filters) -> None:
    member = MemberFactory()
    first, is_new = services.save_search(member=member, filters=one, name="First", now=NOW)
    second, is_newer = services.save_search(member=member, filters=other, name="Second", now=NOW)

    assert (is_new, is_newer, first, second.name) == (True, False, second, "First")


def test_every_filter_makes_another_search() -> None:
    """None of them is forgotten by the fingerprint."""
    member, category, company = MemberFactory(), CategoryFactory(), CompanyFactory()
    searches = [
        Filters(words="coffee"),
        Filters(kind="sell_offer"),
        Filters(kind="buy_inquiry"),
        Filters(categories=(category.slug,)),
        Filters(countries=("VN",)),
        Filters(company=company.slug),
        Filters(currency="USD"),
        Filters(currency="USD", price_from=Decimal(5)),
        Filters(currency="USD", price_to=Decimal(5)),
        Filters(unit="TNE"),
        Filters(unit="TNE", quantity=Decimal(5)),
        Filters(conditions=("new",)),
        Filters(incoterms=("FOB",)),
        Filters(verified=True),
    ]

    made = [services.save_search(member=member, filters=one, name="x", now=NOW) for one in searches]

    assert [is_new for _saved, is_new in made] == [True] * len(searches)
    for (saved, _new), filters in zip(made, searches, strict=True):
        assert _read(search_address(saved)) == filters


def _read(address: str) -> Filters:
    """What the board understands of an address."""
    return BoardForm(QueryDict(address.partition("?")[2])).filters()


def test_a_category_that_moved_or_was_renamed_is_found_again() -> None:
    category = CategoryFactory(slug="coffee")
    saved, _new = services.save_search(
        member=MemberFactory(), filters=Filters(categories=("coffee",)), name="x", now=NOW
    )

    Category.objects.filter(pk=category.pk).update(slug="coffee-beans")

    assert search_address(saved) == "/leads/?category=coffee-beans"


def test_a_search_whose_category_is_gone_does_not_find_everything(client: Client, member: Member) -> None:
    category = CategoryFactory()
    saved, _new = services.save_search(member=member, filters=Filters(categories=(category.slug,)), name="x", now=NOW)
    LeadFactory()
    category.delete()

    assert finds(saved, now=NOW) is None
    assert "A category of this search is no more" in client.get(SEARCHES).content.decode()


def test_a_search_goes_with_its_company() -> None:
    company = CompanyFactory()
    services.save_search(member=MemberFactory(), filters=Filters(company=company.slug), name="x", now=NOW)

    company.delete()

    assert SavedSearch.objects.count() == 0


def test_mails_are_off_until_somebody_asks_for_them() -> None:
    saved, _new = services.save_search(member=MemberFactory(), filters=Filters(words="tea"), name="x", now=NOW)

    assert saved.frequency == Frequency.OFF


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"name": ""}, "saved_search_has_name"),
        ({"kind": "swap"}, "saved_search_kind_known"),
        ({"frequency": "hourly"}, "saved_search_frequency_known"),
        ({"price_from": 5}, "saved_search_price_has_currency"),
        ({"price_from": 5, "price_to": 4, "currency": "USD"}, "saved_search_price_range"),
        ({"quantity": 5}, "saved_search_quantity_has_unit"),
        ({"conditions": ["shiny"]}, "saved_search_conditions_known"),
        ({"incoterms": ["XYZ"]}, "saved_search_incoterms_known"),
    ],
)
def test_the_table_refuses_what_means_nothing(columns: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        SavedSearchFactory(**columns)
