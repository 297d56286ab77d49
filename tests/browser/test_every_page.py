"""Every page of the matrix in a real browser: nothing serious for axe, nothing refused, nothing too wide."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from offerboard.models import Lead
from tests.authorization import MATRIX
from tests.browser.conftest import Visitor, VisitorMaker
from tests.world import World, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policies")]
MACHINES = {
    *("marketplace:robots", "health_live", "health_ready", "api:root", "api:schema"),
    *("api:manual_mirror", "accounts:sign_up"),
    *("directory:hs_suggest", "offerboard:document", "offerboard:export", "offerboard:import_template"),
    "offerboard:import_refused",
    *("privacy:cookie_answer", "privacy:gpc", "privacy:consent_receipt"),
    *("offerboard:feed", "offerboard:category_feed", "offerboard:sitemap", "offerboard:sitemap_pages"),
    *("offerboard:sitemap_companies", "offerboard:sitemap_leads", "offerboard:partner_feed"),
}
FOR_VISITORS = ("/account/login/", "/account/signup/", "/account/password/reset/")
OF_LIBRARIES = (
    "/account/email/",
    "/account/password/change/",
    "/account/2fa/",
    "/account/sessions/",
    "/account/logout/",
)


@pytest.fixture
def world() -> World:
    """With leads that are public today, whatever day it is."""
    world = make_world()
    now = timezone.now()
    for lead in (world.lead, world.paused):
        Lead.objects.filter(pk=lead.pk).update(posted_at=now - timedelta(days=1), expires_at=now + timedelta(days=20))
    return world


def pages(world: World, role_word: int) -> list[str]:
    """The addresses that answer 200 to the role in this column of the matrix."""
    found = []
    for name, row in MATRIX.items():
        words = row["GET"].split()
        if name not in MACHINES and (words * 7)[role_word if len(words) > 1 else 0] == "200":
            found.append(world.address(name))
    return found


def log_in(person: Visitor, world: World) -> None:
    """Give the browser the owner's session."""
    session = world.client("owner").cookies[settings.SESSION_COOKIE_NAME].value
    person.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": person.address}])


def test_every_page_of_a_visitor(visit: VisitorMaker, world: World) -> None:
    """In the light; and the browser holds no cookie before a form is opened."""
    visitor = visit()
    addresses = pages(world, 0)
    assert len(addresses) > 10
    for address in addresses:
        visitor.open(address)
    assert visitor.page.context.cookies() == []

    for address in FOR_VISITORS:
        visitor.open(address)


def test_every_page_of_an_owner(visit: VisitorMaker, world: World) -> None:
    """In the dark."""
    owner = visit(scheme="dark")
    log_in(owner, world)
    addresses = [*pages(world, 4), *OF_LIBRARIES]
    assert len(addresses) > 20

    for address in addresses:
        owner.open(address)


def test_public_pages_work_without_javascript(visit: VisitorMaker, world: World) -> None:
    """Search and filters are forms, the menu and the filters' drawer need no script."""
    reader = visit(javascript=False)

    for address in ("/", "/leads/?q=robusta", "/companies/", "/contact/", world.address("offerboard:lead")):
        reader.page.goto(reader.address + address)
        assert reader.page.locator("h1").count() == 1

    reader.page.goto(reader.address + "/")
    reader.page.locator("main").get_by_role("searchbox").fill("robusta")
    reader.page.get_by_role("button", name="Search leads").click()
    reader.page.get_by_text(world.lead.title).first.wait_for()
