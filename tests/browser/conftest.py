"""A real Chromium on a real server; every page a journey opens is checked with axe and for refused content."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright
from pytest_django.live_server_helper import LiveServer

# Playwright's synchronous API runs an event loop in this thread, which Django would take for a mistake of ours.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {"phone": 360, "desk": 1280}
PATIENCE = 60_000  # milliseconds for each step: a busy machine is slow, and no test waits for what should not come


@dataclass
class Visitor:
    """Somebody at a browser: opens pages by address, and notes what the browser objected to."""

    page: Page
    address: str
    objections: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page and check it."""
        self.page.goto(self.address + path)
        self.check()
        return self.page

    def check(self) -> None:
        """Nothing serious for axe, nothing refused by the content security policy, no sideways scrolling."""
        self.page.wait_for_load_state()
        serious = [
            f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
            for violation in Axe().run(self.page, options={"preload": False}).response["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]
        assert (self.page.url, serious) == (self.page.url, [])
        assert (self.page.url, self.objections) == (self.page.url, [])
        assert self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, self.page.url

    def press(self, name: str) -> None:
        """Press the button or link a person would find by this word, and check where it leads."""
        button = self.page.get_by_role("button", name=name, exact=True).or_(
            self.page.get_by_role("link", name=name, exact=True)
        )
        button.locator("visible=true").first.click()
        self.check()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; on a developer's machine without it these tests are skipped, in CI that is an error."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; .ci/run installs it.")
        pytest.skip("Chromium is not installed (apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
        connections.close_all()  # those of this event loop; nobody finds them again once it has ended


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    """A phone and a desk, in CSS pixels."""
    return WIDTHS[request.param]


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, width: int) -> Iterator["VisitorMaker"]:
    """Makes people at browsers of their own, so that a seller and a buyer share no cookie."""
    maker = VisitorMaker(chromium, live_server.url, width)
    yield maker
    maker.leave()


class VisitorMaker:
    """Opens one browser context a person."""

    def __init__(self, chromium: Browser, address: str, width: int) -> None:
        self.chromium, self.address, self.width = chromium, address, width
        self.contexts: list[object] = []

    def __call__(self, *, scheme: str = "light", javascript: bool = True) -> Visitor:
        """A new person; `scheme` is light or dark."""
        context = self.chromium.new_context(
            viewport={"width": self.width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        visitor = Visitor(page=context.new_page(), address=self.address)

        def note(message: ConsoleMessage) -> None:
            if message.type == "error" and "Failed to load resource" not in message.text:
                visitor.objections.append(message.text)

        def miss(response: Response) -> None:
            if response.status >= 400 and response.request.resource_type != "document":
                visitor.objections.append(f"{response.status} {response.url}")

        visitor.page.on("console", note)
        visitor.page.on("response", miss)
        return visitor

    def leave(self) -> None:
        """Close every browser context."""
        for context in self.contexts:
            context.close()  # type: ignore[attr-defined]
