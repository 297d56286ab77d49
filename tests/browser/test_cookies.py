"""Without consent no public page sets, keeps or loads what is not necessary; with consent only what was named."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from moderation.models import Report, Ticket
from offerboard.models import Lead
from privacy.cookies import CHOICE, PREFERENCES
from privacy.models import ConsentEvent
from tests.browser.conftest import CHROMIUM, PATIENCE, QUIET, Visitor, VisitorMaker
from tests.browser.test_every_page import pages
from tests.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]
SETTINGS = "/privacy/cookies/settings/"


@pytest.fixture
def width() -> int:
    """What is kept in a browser does not depend on its width."""
    return 360


@pytest.fixture
def market() -> World:
    """With a lead that is public today."""
    world, now = make_world(), timezone.now()
    Lead.objects.filter(pk=world.lead.pk).update(posted_at=now - timedelta(days=1), expires_at=now + timedelta(days=20))
    return world


def jar(page: Page) -> set[str]:
    return {str(cookie.get("name")) for cookie in page.context.cookies()}


def no_choice(visitor: Visitor) -> set[str]:
    return set()


def signal(visitor: Visitor) -> set[str]:
    visitor.page.context.set_extra_http_headers({"Sec-GPC": "1"})
    return set()


def refuse(visitor: Visitor) -> set[str]:
    visitor.open("/")
    visitor.page.get_by_role("button", name="Reject all").click()
    visitor.page.get_by_text("Your choice is saved.").wait_for()
    return {CHOICE}


WAYS = {"no choice": no_choice, "the signal": signal, "refused": refuse}


@pytest.mark.promise("gpc-honoured")
@pytest.mark.promise("nothing-from-elsewhere")
@pytest.mark.promise("no-cookie-unasked")
@pytest.mark.parametrize("way", WAYS)
def test_without_consent_a_crawl_leaves_nothing_behind(visit: VisitorMaker, market: World, way: str) -> None:
    """Every public page of the matrix: cookies, both storages, and every host that was asked for anything."""
    visitor = visit()
    visitor.page.add_init_script("window.stores = [localStorage, sessionStorage]")  # before the page hides them
    hosts: set[str] = set()
    visitor.page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    necessary = WAYS[way](visitor)
    addresses = pages(market, 0)
    assert len(addresses) > 10

    for address in addresses:
        page = visitor.page
        page.goto(visitor.address + address)
        page.locator("#theme label:has-text('Dark')").click()  # what the page offers must leave nothing either
        stored = page.evaluate("[...stores.map(Object.keys), document.cookie]")
        assert (address, jar(page), stored) == (address, necessary, [[], [], ""])
        assert visitor.objections == []

    assert hosts == {urlsplit(visitor.address).netloc}


@pytest.mark.parametrize("way", WAYS)
def test_without_consent_every_public_form_works(visit: VisitorMaker, market: World, way: str) -> None:
    visitor = visit()
    necessary = WAYS[way](visitor)

    page = visitor.open("/contact/")
    page.get_by_label("Your name").fill("Amara Okonkwo")
    page.get_by_label("Your e-mail").fill("amara@example.com")
    page.get_by_label("Message").fill("Which papers do you need to verify us?")
    visitor.press("Send message")
    assert Ticket.objects.count() == 1

    page = visitor.open(market.address("moderation:report"))
    page.locator("input[name=reason]").first.check()
    page.locator("main form").get_by_role("button").last.click()
    visitor.check()
    assert Report.objects.count() == 1

    assert jar(page) == necessary


def test_answering_keeps_what_was_typed(visit: VisitorMaker) -> None:
    """The answer comes in the place of the question."""
    visitor = visit()
    page = visitor.open("/contact/")
    page.get_by_label("Message").fill("Half a sentence")

    page.get_by_role("button", name="Reject all").click()
    page.get_by_text("Your choice is saved.").wait_for()
    visitor.check()

    assert page.get_by_label("Message").input_value() == "Half a sentence"
    assert jar(page) == {CHOICE}


def test_with_consent_the_declared_cookie_comes_and_goes(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/about/")
    page.get_by_role("button", name="Accept all").click()
    page.get_by_text("Your choice is saved.").wait_for()
    assert jar(page) == {CHOICE}

    with page.expect_response("**/privacy/theme/"):
        page.locator("#theme label:has-text('Dark')").click()
    page = visitor.open("/help/")
    assert (jar(page), page.locator("html").get_attribute("data-bs-theme")) == ({CHOICE, PREFERENCES}, "dark")
    assert page.locator("#theme input:checked").get_attribute("value") == "dark"

    visitor.open(SETTINGS)
    visitor.press("Reject all")
    assert jar(page) == {CHOICE}
    page = visitor.open("/help/")
    assert page.locator("html").get_attribute("data-bs-theme") is None
    assert [event.given for event in ConsentEvent.objects.order_by("id")] == [True, False]


def test_without_javascript_the_same_buttons_work(visit: VisitorMaker) -> None:
    visitor = visit(javascript=False)
    page = visitor.page
    page.goto(f"{visitor.address}/leads/?q=coffee")
    page.get_by_role("button", name="Accept all").click()

    page.wait_for_url(f"{visitor.address}/leads/?q=coffee#not-kept")
    assert page.get_by_role("button", name="Accept all").count() == 0
    page.locator("#theme label:has-text('Dark')").click()
    page.get_by_role("button", name="Use this theme").click()
    page.wait_for_url(f"{visitor.address}/leads/?q=coffee")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def refused_scripts(page: Page, address: str) -> list[str]:
    """What the content security policy says to a script of an optional purpose."""
    refused: list[str] = page.evaluate(
        """address => new Promise(resolve => {
            const refused = [];
            document.addEventListener("securitypolicyviolation", event => refused.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.onload = script.onerror = () => setTimeout(() => resolve(refused), 50);
            script.src = address;
            document.head.append(script);
        })""",
        address,
    )
    return refused


def test_the_policy_lets_an_optional_script_in_only_with_consent(visit: VisitorMaker) -> None:
    visitor = visit()
    page = visitor.open("/about/")
    assert refused_scripts(page, "/static/optional/preferences/any.js") == ["script-src-elem"]

    page.get_by_role("button", name="Accept all").click()
    page.get_by_text("Your choice is saved.").wait_for()
    page.goto(f"{visitor.address}/about/")

    assert refused_scripts(page, "/static/optional/preferences/any.js") == []
    assert refused_scripts(page, "/static/optional/another/any.js") == ["script-src-elem"]


@pytest.fixture
def cookieless_page(chromium: Browser, tmp_path: Path) -> Iterator[Page]:
    """A browser that is set to keep no cookie at all."""
    profile = tmp_path / "Default"
    profile.mkdir()
    preferences = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(preferences))
    context = chromium.browser_type.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=QUIET)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_a_browser_that_keeps_no_cookie_is_told_so_and_goes_on(visit: VisitorMaker, cookieless_page: Page) -> None:
    page = cookieless_page
    page.goto(f"{visit.address}/leads/")
    assert not page.get_by_text("Your browser did not keep your choice.").is_visible()

    page.get_by_role("button", name="Reject all").click()
    page.get_by_text("Your browser did not keep your choice.").wait_for()

    page.goto(f"{visit.address}{SETTINGS}")
    page.get_by_role("button", name="Save my choices").click()
    page.get_by_text("Your browser did not keep your choice.").wait_for()
    assert jar(page) == set()
    assert ConsentEvent.objects.count() == 0  # a refusal is nobody’s
