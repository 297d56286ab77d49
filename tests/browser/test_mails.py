"""Every mail in a real browser: legible in the light and in the dark, and never wider than the reader's screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.mailings.occasions import ARABIC, HOSTILE, OCCASIONS, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "operator")]
WIDTHS = (360, 800)  # CSS pixels: a phone, and a mail program at a desk


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A mail program that would notice if a mail asked for anything."""
    context = chromium.new_context(offline=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert asked == []


def overflow(page: Page) -> list[int]:
    """How many pixels it is too wide for each screen."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found.append(page.evaluate("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)"))
    return found


def serious(page: Page, **options: Any) -> list[str]:
    """What axe has against it."""
    found = Axe().run(page, options={"preload": False, **options}).response
    assert "color-contrast" in {rule["id"] for rule in found["passes"] + found["violations"]}
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:200]}"
        for rule in found["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("template", sorted(OCCASIONS))
def test_a_mail_with_the_longest_names_can_be_read_in_the_light_and_in_the_dark(page: Page, template: str) -> None:
    page.set_content(written(template, HOSTILE).html)

    assert page.locator("h1").is_visible()
    assert overflow(page) == [0, 0]
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page, runOnly=["color-contrast"]) == []


@pytest.mark.parametrize("template", sorted(OCCASIONS))
def test_a_mail_can_be_read_from_right_to_left(page: Page, template: str) -> None:
    page.set_content(written(template, ARABIC).html)

    body, mark = page.locator("td.body"), page.locator("td.mark bdi")
    assert overflow(page) == [0, 0]
    right = "element => element.getBoundingClientRect().right"
    assert body.evaluate(right) - mark.evaluate(right) == 24  # its padding: the words begin at the right
