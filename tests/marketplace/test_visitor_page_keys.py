"""What tells kept pages apart: the question, the choice of cookies, what a reader sends; and what is never kept."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import resolve

from marketplace.visitor_pages import VisitorPages
from tests.factories import NOW
from tests.marketplace.choices import AGREED, YES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _kept_as_in_a_real_installation(settings: Any) -> None:
    settings.VISITOR_PAGES_SECONDS = 5


class Counting:
    """Makes a new page each time, as a view on the board's address would."""

    def __init__(self, **headers: str) -> None:
        self.made = 0
        self.headers = headers

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say the how-manyeth page this is."""
        self.made += 1
        request.resolver_match = resolve("/leads/")
        return HttpResponse(f"page {self.made}", headers=self.headers)


def ask(pages: VisitorPages, path: str = "/leads/", **headers: str) -> Any:
    """What a visitor gets."""
    return pages(RequestFactory().get(path, **headers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/leads/", {"HTTP_HOST": "other.example"}),
        ("/leads/", {"wsgi.url_scheme": "https"}),
        ("/leads/?q=coffee", {}),
        ("/leads/?kind=sell_offer&q=coffee", {}),
        ("/leads/", {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "results"}),
        ("/leads/", {"HTTP_HX_REQUEST": "true"}),
        ("/leads/", {"HTTP_HX_REQUEST": "true", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"}),
    ],
)
def test_a_different_question_gets_a_page_of_its_own(path: str, headers: dict[str, str]) -> None:
    pages = VisitorPages(Counting())
    ask(pages)
    ask(pages, "/leads/?q=coffee&kind=sell_offer")

    assert ask(pages, path, **headers).content == b"page 3"
    assert ask(pages, path, **headers).content == b"page 3"
    assert ask(pages).content == b"page 1"


REFUSED = f"choice={replace(YES, browser=None, granted=frozenset(), refused=YES.granted).written()}"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_GPC": "1"},
        {"HTTP_COOKIE": REFUSED},
        {"HTTP_COOKIE": AGREED},
        {"HTTP_COOKIE": f"{AGREED}; preferences=dark"},
        {"HTTP_COOKIE": f"{AGREED}; preferences=light"},
        {"HTTP_COOKIE": AGREED, "HTTP_SEC_GPC": "1"},
    ],
)
def test_what_a_browser_chose_gets_a_kept_page_of_its_own(headers: dict[str, str]) -> None:
    pages = VisitorPages(Counting())
    ask(pages)

    assert [ask(pages, **headers).content, ask(pages, **headers).content] == [b"page 2", b"page 2"]
    assert ask(pages).content == b"page 1"


def test_browsers_that_chose_the_same_share_a_page() -> None:
    """Whatever number stands in their cookie, and whatever they hold without a grant."""
    pages = VisitorPages(Counting())
    other = replace(YES, browser=UUID(int=8))

    assert ask(pages, HTTP_COOKIE=AGREED).content == b"page 1"
    assert ask(pages, HTTP_COOKIE=f"choice={other.written()}").content == b"page 1"
    assert ask(pages).content == b"page 2"
    assert ask(pages, HTTP_COOKIE="choice=forged; preferences=dark").content == b"page 2"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_COOKIE": "theme=dark"},
        {"HTTP_COOKIE": "sessionid="},
        {"HTTP_COOKIE": f"{AGREED}; sessionid=x"},
        {"HTTP_COOKIE": f"csrftoken=x; {AGREED}"},
        {"HTTP_COOKIE": "messages=x"},
        {"HTTP_AUTHORIZATION": "Bearer x"},
    ],
)
def test_who_sends_something_of_their_own_neither_gets_nor_leaves_a_page(headers: dict[str, str]) -> None:
    pages = VisitorPages(Counting())

    assert ask(pages, **headers).content == b"page 1"
    assert ask(pages).content == b"page 2"
    assert ask(pages, **headers).content == b"page 3"


@pytest.mark.parametrize(
    "headers",
    [
        {"Vary": "User-Agent"},
        {"Vary": "*"},
        {"Cache-Control": "private"},
        {"Content-Security-Policy": "script-src 'nonce-abc'"},
    ],
)
def test_a_page_that_may_differ_between_readers_is_not_kept(headers: dict[str, str]) -> None:
    pages = VisitorPages(Counting(**headers))

    assert [ask(pages).content, ask(pages).content] == [b"page 1", b"page 2"]


def test_a_page_that_sets_a_cookie_is_not_kept() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve("/leads/")
        response = HttpResponse("with a cookie")
        response.set_cookie("token", "secret")
        return response

    pages = VisitorPages(view)

    assert (ask(pages).cookies["token"].value, len(pages.kept)) == ("secret", 0)


def test_a_very_long_address_is_answered_and_not_kept() -> None:
    pages = VisitorPages(Counting())

    assert ask(pages, "/leads/?q=" + "x" * 2000).content == b"page 1"
    assert len(pages.kept) == 0


def test_never_more_is_kept_than_there_is_room_for(settings: Any) -> None:
    settings.VISITOR_PAGES_BYTES = 100_000
    pages = VisitorPages(Counting())

    for number in range(200):
        ask(pages, f"/leads/?q={number}")

    assert 0 < pages.kept.size <= 100_000
    assert ask(pages, "/leads/?q=199").content == b"page 200"
    assert ask(pages, "/leads/?q=0").content == b"page 201"


def test_a_head_request_fills_nothing() -> None:
    pages = VisitorPages(Counting())

    pages(RequestFactory().head("/leads/"))

    assert len(pages.kept) == 0
