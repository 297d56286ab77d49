"""Pages of leads that partners link to: what they show, whose rules hold, and when there are none."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from directory.models import Category
from offerboard.models import Lead
from partners.models import PartnerPage
from privacy.leaving import read_target
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    PartnerPageFactory,
    TopCategoryFactory,
    VerificationFactory,
)
from tests.offerboard.test_feeds import ATOM, check_rules, links, titles

pytestmark = pytest.mark.django_db
DRINKS, COFFEE, TEA, LATHES = "drinks-9", "coffee-9", "tea-9", "lathes-9"
PAGE, FEED = "/p/agri-list/", "/p/agri-list/feed.atom"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def drinks() -> Category:
    """A branch with coffee and tea, beside machines."""
    top: Category = TopCategoryFactory(slug=DRINKS, name="Drinks")
    CategoryFactory(slug=COFFEE, name="Coffee", parent=top)
    CategoryFactory(slug=TEA, name="Tea", parent=top)
    CategoryFactory(slug=LATHES, name="Lathes")
    return top


def lead_in(slug: str, title: str, **more: Any) -> Lead:
    found: Lead = LeadFactory(category=Category.objects.get(slug=slug), title=title, **more)
    return found


def make_page(**more: Any) -> PartnerPage:
    """Agri List's page of coffee and tea."""
    chosen = {"categories": [COFFEE, TEA], "title": "For roasters"} | more
    page: PartnerPage = PartnerPageFactory(
        partner__slug="agri-list",
        partner__receiver__name="Agri List",
        partner__website="https://agri-list.example/",
        **chosen,
    )
    return page


def shown(address: str = PAGE) -> list[str]:
    """The titles of the cards, in order."""
    response = Client().get(address)
    assert response.status_code == 200
    return [card.title for card in response.context["page"].cards]


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_it_shows_the_leads_of_the_partners_categories_newest_first(drinks: Category) -> None:
    make_page()
    lead_in(COFFEE, "Robusta", posted_at=NOW - timedelta(days=2))
    lead_in(TEA, "Sencha")
    lead_in(LATHES, "Lathe")

    assert shown() == ["Sencha", "Robusta"]


def test_a_branch_holds_its_leaves(drinks: Category) -> None:
    make_page(categories=[DRINKS])
    lead_in(TEA, "Sencha")
    lead_in(LATHES, "Lathe")

    assert shown() == ["Sencha"]


def test_kind_and_countries_of_the_contract_hold(drinks: Category) -> None:
    make_page(kind="buy_inquiry", countries=["KE"])
    kenya = CompanyFactory(country="KE")
    lead_in(TEA, "Tea wanted in Kenya", kind="buy_inquiry", company=kenya, country="KE")
    lead_in(TEA, "Tea from Kenya", company=kenya, country="KE")
    lead_in(TEA, "Tea wanted in Viet Nam", kind="buy_inquiry")

    assert shown() == ["Tea wanted in Kenya"]


def test_readers_search_and_choose_a_kind_within_that(drinks: Category) -> None:
    make_page()
    lead_in(COFFEE, "Robusta")
    lead_in(COFFEE, "Robusta wanted", kind="buy_inquiry")
    lead_in(TEA, "Sencha", description="Green tea")
    lead_in(LATHES, "Robusta lathe")

    assert shown(f"{PAGE}?q=robusta&kind=buy_inquiry") == ["Robusta wanted"]
    assert sorted(shown(f"{PAGE}?q=robusta")) == ["Robusta", "Robusta wanted"]


@pytest.mark.parametrize(
    "query", [f"category={LATHES}", "country=KE", "kind=sell_offer", "company=x", f"category={LATHES}&kind=sell_offer"]
)
def test_no_address_leads_out_of_what_the_partner_chose(query: str, drinks: Category) -> None:
    make_page(kind="buy_inquiry")
    lead_in(TEA, "Tea wanted", kind="buy_inquiry")
    lead_in(LATHES, "Lathe")
    lead_in(TEA, "Sencha")

    assert shown(f"{PAGE}?{query}") == ["Tea wanted"]


def test_a_country_named_in_the_words_narrows_what_the_partner_chose_and_widens_nothing(drinks: Category) -> None:
    make_page(countries=["KE", "UG"])
    kenya, viet_nam = CompanyFactory(country="KE"), CompanyFactory(country="VN")
    lead_in(TEA, "Black tea", company=kenya, country="KE")
    lead_in(TEA, "Sencha", company=viet_nam, country="VN")

    assert shown(f"{PAGE}?q=tea+from+kenya") == ["Black tea"]
    assert shown(f"{PAGE}?q=sencha+from+viet+nam") == []


def test_page_by_page_everything_is_shown_once_with_what_was_asked(drinks: Category) -> None:
    make_page()
    for number in range(45):
        lead_in(TEA, f"Tea {number}", posted_at=NOW - timedelta(minutes=number))
        lead_in(LATHES, f"Tea lathe {number}", posted_at=NOW - timedelta(minutes=number))
    found, address = [], f"{PAGE}?q=tea&kind=sell_offer"
    while address:
        page = Client().get(address).context["page"]
        found += [card.title for card in page.cards]
        address = page.next_url
        assert not address or address.startswith(f"{PAGE}?q=tea&kind=sell_offer&after=")

    assert found == [f"Tea {number}" for number in range(45)]


def test_what_leaves_the_board_leaves_the_page(drinks: Category) -> None:
    make_page()
    lead = lead_in(TEA, "Sencha")
    before = shown()
    Lead.objects.filter(pk=lead.pk).update(state="paused")

    assert (before, shown()) == (["Sencha"], [])


def test_an_empty_page_says_so_and_leads_to_the_board(drinks: Category) -> None:
    make_page()
    lead_in(LATHES, "Lathe")
    empty, nothing_found = Client().get(PAGE).text, Client().get(f"{PAGE}?q=zzz").text

    assert "No leads yet" in empty
    assert '<a class="btn" href="/leads/">All leads</a>' in empty
    assert f'<a class="btn" href="{PAGE}">Everything on this page</a>' in nothing_found


def test_words_too_long_to_search_for_are_said_so_and_the_rest_holds(drinks: Category) -> None:
    make_page()
    lead_in(TEA, "Sencha")

    response = Client().get(PAGE, {"q": "x" * 300})

    assert [card.title for card in response.context["page"].cards] == ["Sencha"]
    assert "At most 200 characters." in response.text


# --- whose page it is ------------------------------------------------------------------------------------------------


def test_it_names_the_partner_and_says_whose_rules_hold(drinks: Category, settings: Any) -> None:
    settings.OPERATOR = settings.OPERATOR | {"name": "Example Trade Ltd"}
    make_page(privacy_url="https://agri-list.example/privacy")
    page = Client().get(PAGE).text
    text = " ".join(re.sub("<[^>]+>", "", page).split())

    assert "Brought to you with Agri List" in text
    assert (
        "This page is run by Example Trade Ltd, who runs this market. Our privacy policy and our terms hold here"
        in text
    )
    assert "Agri List chose what is shown. It is told nothing about who reads this page." in text
    assert "What happens on the site of Agri List is under its own policies. Its privacy policy" in text
    assert 'href="/privacy/policy/"' in page
    assert 'href="/terms/"' in page


def test_links_to_the_partner_name_its_host_first(drinks: Category) -> None:
    make_page(privacy_url="https://agri-list.example/privacy")

    page = Client().get(PAGE).text

    signed = re.findall(r'href="/leaving/\?to=([^"]+)"', page)
    assert [read_target(one.replace("%3A", ":"))[0] for one in signed] == [
        "https://agri-list.example/",
        "https://agri-list.example/privacy",
    ]
    assert "agri-list.example" not in page  # nothing is loaded from there either


def test_it_cannot_be_framed_gives_no_cookie_and_tells_no_other_site_of_its_readers(drinks: Category) -> None:
    make_page()

    response = Client().get(f"{PAGE}?q=tea")

    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert (response["X-Frame-Options"], response["Referrer-Policy"]) == ("DENY", "same-origin")
    assert dict(response.cookies) == {}


def test_search_engines_are_shown_the_board_instead(drinks: Category) -> None:
    make_page(kind="sell_offer", countries=["KE"])
    LeadFactory()

    page = Client().get(f"{PAGE}?q=tea").text
    robots = Client().get("/robots.txt").text.splitlines()

    board = f"/leads/?q=tea&kind=sell_offer&category={COFFEE}&category={TEA}&country=KE".replace("&", "&amp;")
    assert f'<link rel="canonical" href="http://localhost:8000{board}">' in page
    assert '<meta name="robots" content="noindex, follow">' in page
    assert "Disallow: /p/*?" in robots
    assert "Disallow: /p/" not in robots  # who may not read the page would not see that it is not to be listed


def test_what_staff_wrote_is_text(drinks: Category) -> None:
    make_page(title="<b>Tea</b>", intro="<script>alert(1)</script>")

    page = Client().get(PAGE).text

    assert ("<b>Tea</b>" in page, "<script>alert" in page) == (False, False)


# --- the feed --------------------------------------------------------------------------------------------------------


def test_the_feed_holds_the_same_leads_under_addresses_of_its_own(drinks: Category) -> None:
    make_page(kind="sell_offer")
    lead_in(TEA, "Sencha")
    lead_in(TEA, "Tea wanted", kind="buy_inquiry")
    lead_in(LATHES, "Lathe")

    response = Client().get(FEED)
    feed = fromstring(response.content)

    check_rules(feed)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert (titles(feed), (feed.findtext(f"{ATOM}title") or "").split(" · ")[:2]) == (
        ["Sencha"],
        ["For roasters", "Agri List"],
    )
    assert links(feed) == {"alternate": f"http://localhost:8000{PAGE}", "self": f"http://localhost:8000{FEED}"}
    assert f'type="application/atom+xml" title="For roasters" href="{FEED}"' in Client().get(PAGE).text


def test_who_has_the_feed_already_is_told_so(drinks: Category) -> None:
    make_page()
    lead = lead_in(TEA, "Sencha")
    etag = Client().get(FEED)["ETag"]
    again = Client().get(FEED, headers={"If-None-Match": etag}).status_code
    Lead.objects.filter(pk=lead.pk).update(state="paused")

    assert (again, Client().get(FEED, headers={"If-None-Match": etag}).status_code) == (304, 200)


# --- when there is none ----------------------------------------------------------------------------------------------


def _over(page: PartnerPage) -> None:
    receiver = page.partner.receiver
    receiver.until = (NOW - timedelta(days=1)).date()
    receiver.save()


def _to_come(page: PartnerPage) -> None:
    receiver = page.partner.receiver
    receiver.since = (NOW + timedelta(days=1)).date()
    receiver.save()


def _off(page: PartnerPage) -> None:
    PartnerPage.objects.update(is_on=False)


def _without_categories(page: PartnerPage) -> None:
    """Staff renamed them: what the partner chose is not there any more, and the rest of the board was never chosen."""
    for slug in page.categories:
        Category.objects.filter(slug=slug).update(slug=f"other-{slug}")


@pytest.mark.parametrize("end", [_over, _to_come, _off, _without_categories])
@pytest.mark.parametrize("address", [PAGE, FEED])
def test_without_a_contract_or_a_page_there_is_nothing(address: str, end: Any, drinks: Category) -> None:
    page = make_page()
    lead_in(TEA, "Sencha")
    before = Client().get(address).status_code

    end(page)

    after = Client().get(address)
    assert (before, after.status_code, "Sencha" in after.text) == (200, 404, False)


@pytest.mark.parametrize("address", ["/p/nobody/", "/p/nobody/feed.atom"])
def test_who_is_no_partner_has_no_page(address: str, drinks: Category) -> None:
    make_page()

    assert Client().get(address).status_code == 404


def test_on_the_last_day_of_the_contract_it_is_still_there(drinks: Category) -> None:
    page = make_page()
    page.partner.receiver.until = NOW.date()
    page.partner.receiver.save()

    assert Client().get(PAGE).status_code == 200


@pytest.mark.parametrize("wrong", [{"categories": []}, {"title": ""}, {"kind": "auction"}, {"logo": "logos/x.webp"}])
def test_the_database_refuses_a_page_of_nothing(wrong: dict[str, Any], drinks: Category) -> None:
    """And a logo that nobody measured."""
    page = make_page()

    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerPage.objects.filter(pk=page.pk).update(**wrong)


# --- what it costs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?q=tea&kind=sell_offer", FEED])
def test_it_asks_six_questions_at_most_however_much_there_is(address: str, drinks: Category) -> None:
    make_page(categories=[DRINKS])
    asked = []
    for number in (1, 12):
        for _each in range(number):
            lead_in(TEA, "Tea", company=VerificationFactory().company)
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(address).status_code == 200
        asked.append(len(queries))

    assert asked[0] == asked[1] <= 6
