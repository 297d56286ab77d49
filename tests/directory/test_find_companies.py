"""Looking for companies."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django_countries import countries

from directory.models import Category, Company
from tests.factories import NOW, CategoryFactory, CompanyFactory, MemberFactory, TopCategoryFactory, VerificationFactory

pytestmark = pytest.mark.django_db
URL = reverse("directory:companies")


def names(client: Client, **query: Any) -> list[str]:
    """The companies on the page, in its order."""
    response = client.get(URL, query)
    assert response.status_code == 200
    return [card.name for card in response.context["page"].cards]


def company(name: str, **fields: Any) -> Company:
    return CompanyFactory(legal_name=name, **fields)


@pytest.mark.parametrize("state", ["draft", "hidden", "suspended"])
def test_only_listed_companies_are_found(client: Client, state: str) -> None:
    company("Visible Mills")
    company("Invisible Mills", state=state)

    assert names(client) == ["Visible Mills"]
    assert names(client, q="mills") == ["Visible Mills"]
    assert names(client, country="VN") == ["Visible Mills"]


@pytest.mark.parametrize(
    "words",
    ["dak hoa", "Đắk Hòa", "HOA dak", "daklak", "buon", "robusta coffee", "robus", "cof", '"dak hoa"', "dak -tea"],
)
def test_words_are_found_in_name_city_and_description_whatever_the_accents(client: Client, words: str) -> None:
    company("Đắk Hòa", trade_name="Daklak Beans", city="Buôn Ma Thuột", description="We polish Robusta coffee.")
    company("Rijnpomp", city="Rotterdam")

    assert names(client, q=words) == ["Đắk Hòa"]


@pytest.mark.parametrize("words", ["dak rotterdam", "dak -hoa", '"hoa dak"', "ak", "&", "!!!", ":*", "a:* | b"])
def test_words_that_do_not_fit_find_nothing(client: Client, words: str) -> None:
    company("Đắk Hòa", city="Buôn Ma Thuột")

    assert names(client, q=words) == []


def test_each_filter_narrows_and_choices_within_one_widen(client: Client) -> None:
    food = TopCategoryFactory()
    nuts = CategoryFactory(parent=food)
    company("A", country="VN", business_types=["exporter"], headcount_band="1-10").industries.add(nuts)
    company("B", country="KE", business_types=["exporter", "agent"], headcount_band="11-50").industries.add(food)
    company("C", country="KE", business_types=["retailer"])

    assert names(client, sort="name", country="KE") == ["B", "C"]
    assert names(client, sort="name", country=["KE", "VN"]) == ["A", "B", "C"]
    assert names(client, sort="name", industry=food.slug) == ["A", "B"]
    assert names(client, sort="name", industry=nuts.slug) == ["A"]
    assert names(client, sort="name", business_type="exporter") == ["A", "B"]
    assert names(client, sort="name", headcount=["1-10", "11-50"]) == ["A", "B"]
    assert names(client, sort="name", country="KE", business_type="agent", headcount="11-50") == ["B"]
    assert names(client, q="a") == ["A"]
    assert names(client, q="a", country="KE") == []


def test_the_filters_say_how_many_companies_each_choice_leaves(client: Client) -> None:
    food, metals = TopCategoryFactory(name="Food"), TopCategoryFactory(name="Metals")
    nuts, tea = CategoryFactory(parent=food), CategoryFactory(parent=food)
    company("A", country="VN", business_types=["exporter", "agent"], headcount_band="1-10").industries.add(nuts, tea)
    company("B", country="VN", business_types=["exporter"]).industries.add(metals)
    company("C", country="KE", business_types=["agent"]).industries.add(food)
    company("D", country="IN", state="hidden", business_types=["mine"]).industries.add(food)

    page = client.get(URL, {"country": "VN"}).context["page"]

    counts = {facet.name: [(option.label, option.count) for option in facet.shown] for facet in page.filters}
    assert counts == {
        "industry": [("Food", "1"), ("Metals", "1")],
        "country": [("Viet Nam", "2"), ("Kenya", "1")],  # counted as if no country were chosen
        "business_type": [("Exporter", "2"), ("Agent or broker", "1")],
        "headcount": [("1 to 10", "1")],
    }
    assert page.count_label == "2 companies"


def test_a_long_filter_folds_its_rare_choices_but_never_a_chosen_one(client: Client) -> None:
    for number, code in enumerate(["VN", "KE", "IN", "DE", "FR", "IT", "ES", "PL", "BR"]):
        CompanyFactory.create_batch(10 - number, country=code)

    countries = next(f for f in client.get(URL, {"country": "BR"}).context["page"].filters if f.name == "country")

    assert [option.value for option in countries.shown] == ["VN", "KE", "IN", "DE", "FR", "IT", "BR"]
    assert [option.value for option in countries.more] == ["ES", "PL"]
    assert countries.more_label == "All 9 countries"


def test_each_filter_in_force_can_be_taken_away_alone(client: Client) -> None:
    top = TopCategoryFactory(name="Food")
    query = {"q": "dak", "country": ["VN", "KE"], "industry": top.slug, "business_type": "agent", "headcount": "1-10"}

    page = client.get(URL, {**query, "sort": "name"}).context["page"]

    labels = [label for label, _url in page.chips]
    assert labels == ["“dak”", "Viet Nam", "Kenya", "Food", "Agent or broker", "1 to 10 people"]
    without_vietnam = dict(page.chips)["Viet Nam"]
    assert without_vietnam == (
        f"{URL}?q=dak&country=KE&industry={top.slug}&business_type=agent&headcount=1-10&sort=name"
    )
    assert client.get(without_vietnam).context["page"].search.country == ("KE",)


def pages(client: Client, url: str) -> list[list[str]]:
    """The names on each page, from the first to the last."""
    seen = []
    while url:
        page = client.get(url).context["page"]
        seen.append([card.name for card in page.cards])
        url = page.next_url
    return seen


def test_next_page_goes_on_where_the_newest_ended(client: Client) -> None:
    for number in range(45):  # three share each moment, so that the id has to decide
        company(f"Firm {number:02}", created_at=NOW - timedelta(days=60 - number // 3))

    expected = [f"Firm {number:02}" for number in range(44, -1, -1)]
    assert pages(client, URL) == [expected[:20], expected[20:40], expected[40:]]


def test_next_page_goes_on_where_the_alphabet_ended(client: Client) -> None:
    for number in range(45):  # names come in no order, small and capital letters alike, and each one three times
        company(f"{'Firm' if number % 2 else 'firm'} {number * 7 % 15:02}")

    expected = [f"firm {number // 3:02}" for number in range(45)]
    shown = pages(client, f"{URL}?sort=name")
    assert [[name.lower() for name in names] for names in shown] == [expected[:20], expected[20:40], expected[40:]]


def test_a_company_that_arrives_or_hides_between_two_pages_moves_nothing(client: Client) -> None:
    for number in range(25):
        company(f"Firm {number:02}", created_at=NOW - timedelta(days=60 - number))
    first = client.get(URL).context["page"]
    company("Just arrived", created_at=NOW)
    Company.objects.filter(slug=first.cards[-1].slug).update(state="hidden")

    second = client.get(first.next_url).context["page"]

    assert [card.name for card in second.cards] == [f"Firm {number:02}" for number in range(4, -1, -1)]
    assert second.first_url == URL


@pytest.mark.parametrize(
    "query",
    [
        "country=XX&country=vn&country=&country=VNM",
        "business_type=spy&headcount=999&sort=price&page=7",
        "after=no-such-company",
        "after=%00&q=%00",
        "after=" + "x" * 5000,
        "q=" + "word " * 2000,
        "q=" + "w" * 10_000,
        "q=%F0%9F%90%98%E2%80%AE'%22;--%5C",
        "q=%ud800&country=%FF%FE",
        "country=VN&" * 400,
        "industry=%27%20or%201%3D1",
    ],
)
def test_an_address_that_makes_no_sense_is_answered_calmly(client: Client, query: str) -> None:
    company("Dak Hoa")

    response = client.get(f"{URL}?{query}")

    assert response.status_code == 200


def test_unknown_values_are_left_out(client: Client) -> None:
    company("Dak Hoa")

    page = client.get(f"{URL}?country=XX&business_type=spy&headcount=9&after=nobody&sort=price").context["page"]

    assert page.search.url == f"{URL}?after=nobody"
    assert [card.name for card in page.cards] == ["Dak Hoa"]


def test_a_filter_takes_thirty_choices_at_most(client: Client) -> None:
    codes = [code for code, _name in countries][:40]

    assert client.get(URL, {"country": codes}).context["page"].search.country == tuple(codes[:30])


def test_nothing_found_says_what_to_do(client: Client) -> None:
    content = client.get(URL, {"q": "nothing like this"}).content.decode()

    assert "No company fits all of this" in content
    assert f'href="{URL}">Clear all filters' in content


def test_what_a_reader_types_is_shown_as_text(client: Client) -> None:
    content = client.get(URL, {"q": "<script>alert(1)</script>", "industry": "x-onload"}).content.decode()

    assert "<script>alert" not in content
    assert "&lt;script&gt;alert" in content


def test_a_card_carries_name_place_industries_and_the_current_claim(client: Client) -> None:
    tea, nuts = CategoryFactory(name="Tea", position=1), CategoryFactory(name="Nuts", position=2)
    dak_hoa = company("Đắk Hòa Mills", city="Buôn Ma Thuột", country="VN")
    dak_hoa.industries.add(nuts, tea)
    VerificationFactory(company=dak_hoa, checked_at=NOW - timedelta(days=400), valid_until=NOW - timedelta(days=35))
    VerificationFactory(company=dak_hoa, checked_at=NOW.replace(month=3))

    [card] = client.get(URL).context["page"].cards

    assert (card.name, card.place, card.industries) == ("Đắk Hòa Mills", "Buôn Ma Thuột, Viet Nam", "Tea, Nuts")
    assert (card.initials, card.logo_url, card.verified) == ("ĐH", "", "Identity verified Mar 2026")


@pytest.mark.parametrize(
    "claim",
    [
        {"claim": "address"},
        {"valid_until": NOW},
        {"checked_at": NOW + timedelta(seconds=1), "valid_until": NOW + timedelta(days=9)},
    ],
)
def test_a_badge_needs_an_identity_claim_that_holds_now(client: Client, claim: dict[str, Any]) -> None:
    VerificationFactory(**claim)

    [card] = client.get(URL).context["page"].cards

    assert card.verified == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Dak Hoa Mills", "DH"), ("rijnpomp", "R"), ("宁波海川", "宁"), ("شركة واحة", "ش"), ("3M & Co", "3"), ("—", "")],
)
def test_initials_stand_in_for_a_logo(client: Client, name: str, expected: str) -> None:
    company(name)

    assert client.get(URL).context["page"].cards[0].initials == expected


def test_htmx_gets_the_changed_pieces_and_a_tidy_address(client: Client) -> None:
    company("Dak Hoa")
    headers = {"HX-Request": "true", "HX-Target": "results"}

    response = client.get(URL, {"q": "", "country": "VN", "sort": "newest"}, headers=headers)

    content = response.content.decode()
    assert "<html" not in content
    assert re.findall(r'id="(rows|results|said)"', content) == ["rows", "results", "said"]
    assert response["HX-Push-Url"] == f"{URL}?country=VN"
    assert "HX-Request" in response["Vary"]


def test_going_back_in_the_browser_gets_the_whole_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "results", "HX-History-Restore-Request": "true"}

    assert "<html" in client.get(URL, headers=headers).content.decode()


def test_a_visitor_gets_no_cookie(client: Client) -> None:
    company("Dak Hoa")

    assert not client.get(URL, {"q": "dak"}).cookies


def test_the_page_costs_a_visitor_three_questions_however_long_it_is(
    client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        VerificationFactory(company__slug=f"few-{number}").company.industries.add(CategoryFactory())
    with django_assert_num_queries(3):
        client.get(URL, {"q": "dak", "country": "VN"})
    for number in range(40):
        VerificationFactory(company__slug=f"many-{number}").company.industries.add(*Category.objects.all()[:5])

    with django_assert_num_queries(3):
        page = client.get(URL, {"q": "dak", "country": "VN"}).context["page"]
    with django_assert_num_queries(4):
        client.get(page.next_url)


def test_the_page_costs_a_member_ten_questions_at_most(client: Client, django_assert_max_num_queries: Any) -> None:
    CompanyFactory.create_batch(25)
    client.force_login(MemberFactory(company=CompanyFactory()))
    url = client.get(URL).context["page"].next_url

    with django_assert_max_num_queries(10):
        assert client.get(url).status_code == 200
