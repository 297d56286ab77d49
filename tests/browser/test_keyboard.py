"""What keys and links do where a script adds something: a field's suggestions, the filters' drawer, the results."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visitor, VisitorMaker
from tests.factories import LeadFactory
from tests.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]
FOCUS = "document.activeElement.tagName"


@pytest.fixture
def world() -> World:
    return make_world()


def log_in(person: Visitor, world: World) -> None:
    """Give the browser the owner's session."""
    session = world.client("owner").cookies[settings.SESSION_COOKIE_NAME].value
    person.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": person.address}])


def test_enter_takes_the_first_suggested_code_and_sends_nothing(visit: VisitorMaker, world: World) -> None:
    owner = visit()
    log_in(owner, world)
    page = owner.open("/leads/new/")
    field, codes = page.get_by_label("HS code"), page.locator("[data-hs-code]")
    address = page.url

    field.fill("090")
    codes.nth(1).wait_for()
    second = codes.nth(1).get_attribute("data-hs-code")
    field.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert (field.input_value(), codes.count(), page.url) == (second, 0, address)

    field.fill("coffee")
    codes.first.wait_for()
    first = codes.first.get_attribute("data-hs-code")
    field.press("Enter")
    assert (field.input_value(), codes.count(), page.url) == (first, 0, address)
    assert field.evaluate("field => field === document.activeElement")
    assert page.locator(".errors, .bad").count() == 0

    field.fill("090")
    codes.first.wait_for()
    field.press("Escape")
    assert (field.input_value(), codes.count()) == ("090", 0)


@pytest.mark.parametrize("key", ["Enter", "Escape", "ArrowDown"])
def test_codes_that_come_late_leave_the_list_as_the_reader_left_it(visit: VisitorMaker, world: World, key: str) -> None:
    """Closed by a choice or Escape, or being walked through."""
    owner = visit()
    log_in(owner, world)
    page = owner.open("/leads/new/")
    field, codes = page.get_by_label("HS code"), page.locator("[data-hs-code]")
    late: list[Route] = []
    page.route("**/hs/suggest/?hs_code=0901*", lambda route: late.append(route))  # noqa: PLW0108 - Playwright takes no method of a list

    field.fill("09")
    codes.first.wait_for()
    page.evaluate("void (window.late = new Promise(come => document.addEventListener('htmx:afterRequest', come)))")
    with page.expect_request("**/hs/suggest/?hs_code=0901*"):
        field.fill("0901")
    field.press(key)
    left = field.input_value(), codes.all_inner_texts(), page.evaluate(FOCUS)
    late[0].continue_()
    page.evaluate("window.late.then(() => true)")

    assert (field.input_value(), codes.all_inner_texts(), page.evaluate(FOCUS)) == left
    assert (codes.count() == 0, left[2]) == ((False, "BUTTON") if key == "ArrowDown" else (True, "INPUT"))


def test_the_search_by_country_also_stands_in_the_box(visit: VisitorMaker) -> None:
    now = timezone.now()
    LeadFactory(title="Rooibos", country="ZA", posted_at=now - timedelta(days=1), expires_at=now + timedelta(days=20))
    reader = visit()
    page = reader.open("/leads/?q=rooibos+south+africa")

    page.get_by_role("link", name="from companies in").click()
    page.wait_for_url("**country=**")

    expect(page.locator("#id_q")).to_have_value("rooibos")
    expect(page.get_by_text("Rooibos", exact=True)).to_be_visible()


def test_escape_closes_the_filters_and_leads_back_to_their_button(visit: VisitorMaker, width: int) -> None:
    reader = visit()
    page = reader.open("/leads/")
    opener, drawer = page.locator("a[href='#filters']"), page.locator("#filters .head-row a")
    if width > 1000:
        assert not opener.is_visible()
        return

    opener.click()
    drawer.wait_for()
    page.locator("#filters input[type=checkbox]").first.focus()
    page.keyboard.press("Escape")

    drawer.wait_for(state="hidden")
    assert opener.evaluate("opener => opener === document.activeElement")
