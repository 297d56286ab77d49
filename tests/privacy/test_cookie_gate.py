"""What is not declared, or not agreed to, does not leave the server."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from privacy.cookies import CHOICE, PREFERENCES, Choice, CookieGate, keep_choice, keep_theme, necessary, reader_of
from tests.factories import NOW

GPC = {"Sec-GPC": "1"}


@pytest.fixture(autouse=True)
def _clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def choice(*granted: str, refused: tuple[str, ...] = (), gpc: bool = False) -> Choice:
    return Choice(uuid4(), frozenset(granted), frozenset(refused), gpc, int(NOW.timestamp()) // 86_400)


def request(said: Choice | None = None, headers: dict[str, str] | None = None, **cookies: str) -> HttpRequest:
    made = RequestFactory().get("/leads/", headers=headers)
    made.COOKIES = cookies | ({CHOICE: said.written()} if said else {})
    return made


def passed(asked: HttpRequest, *acts: Callable[[HttpResponse], object]) -> dict[str, str]:
    """The cookies that leave the server after a view has done these things."""

    def view(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse()
        for act in acts:
            act(response)
        return response

    return {name: morsel.value for name, morsel in CookieGate(view)(asked).cookies.items()}


def track(response: HttpResponse) -> None:
    response.set_cookie("_track", "somebody")


def dark(response: HttpResponse) -> None:
    keep_theme(response, "dark")


@pytest.mark.promise("no-cookie-unasked")
def test_an_undeclared_cookie_does_not_leave_and_is_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert passed(request(choice("preferences")), track) == {}

    (line,) = caplog.records
    assert "'event': 'cookie_stopped'" in str(line.msg)
    assert "'cookie': '_track'" in str(line.msg)
    assert "somebody" not in str(line.msg)


@pytest.mark.promise("no-cookie-unasked")
def test_a_header_past_the_jar_does_not_leave_either() -> None:
    def write(response: HttpResponse) -> None:
        response["Set-Cookie"] = "_track=somebody"

    answer = CookieGate(lambda _request: HttpResponse(headers={"Set-Cookie": "_track=somebody"}))(request())

    assert "Set-Cookie" not in answer.headers
    assert passed(request(), write) == {}


@pytest.mark.parametrize("name", [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"])
def test_necessary_cookies_pass_without_being_asked_about(name: str) -> None:
    assert passed(request(), lambda response: response.set_cookie(name, "x")) == {name: "x"}
    assert name in necessary()


@pytest.mark.promise("gpc-honoured")
@pytest.mark.promise("no-cookie-unasked")
@pytest.mark.parametrize(
    ("said", "headers", "leaves"),
    [
        (None, {}, False),
        (choice(refused=("preferences",)), {}, False),
        (choice("preferences"), {}, True),
        (choice("preferences"), GPC, False),  # the signal came after the yes
        (choice("preferences", gpc=True), GPC, True),  # the yes was said in spite of the signal
        (choice("preferences", gpc=True), {}, True),
        (choice("a_purpose_of_the_past"), {}, False),
    ],
)
def test_an_optional_cookie_leaves_only_under_a_grant(
    said: Choice | None, headers: dict[str, str], leaves: bool
) -> None:
    assert passed(request(said, headers), dark) == ({PREFERENCES: "dark"} if leaves else {})


def test_the_answer_in_the_same_response_counts() -> None:
    yes, no = choice("preferences"), choice(refused=("preferences",))

    assert passed(request(), dark, lambda response: keep_choice(response, yes)) == {
        PREFERENCES: "dark",
        CHOICE: yes.written(),
    }
    assert passed(request(yes), dark, lambda response: keep_choice(response, no)) == {CHOICE: no.written()}


@pytest.mark.parametrize("said", [None, choice(refused=("preferences",))])
def test_what_the_browser_holds_without_a_grant_is_taken_back(said: Choice | None) -> None:
    answer = CookieGate(lambda _request: HttpResponse())(request(said, preferences="dark"))

    assert (answer.cookies[PREFERENCES].value, answer.cookies[PREFERENCES]["max-age"]) == ("", 0)


def test_withdrawing_takes_the_cookie_back_in_the_same_response() -> None:
    asked = request(choice("preferences"), preferences="dark")
    no = choice(refused=("preferences",))

    assert passed(asked, lambda response: keep_choice(response, no)) == {CHOICE: no.written(), PREFERENCES: ""}


def test_a_grant_leaves_the_cookie_alone() -> None:
    assert passed(request(choice("preferences"), preferences="dark")) == {}


def test_a_choice_holds_for_a_year() -> None:
    asked = request(choice("preferences"), preferences="dark")

    with time_machine.travel(NOW + timedelta(days=365), tick=False):
        assert (reader_of(asked).theme, reader_of(asked).is_asked) == ("dark", False)
    with time_machine.travel(NOW + timedelta(days=366), tick=False):
        assert (reader_of(asked).theme, reader_of(asked).is_asked) == ("", True)


def forged() -> list[str]:
    written = choice(refused=("preferences",)).written()
    return ["", "x", ":", written.replace("-", "+"), written[:-1], written * 100, "a.b.c:d", "\x00"]


@pytest.mark.parametrize("number", range(8))
def test_a_forged_or_broken_choice_says_nothing(number: int) -> None:
    asked = request(choice=forged()[number], preferences="dark")

    assert (reader_of(asked).granted, reader_of(asked).theme, reader_of(asked).is_asked) == (frozenset(), "", True)


def test_a_purpose_that_was_never_asked_for_is_asked() -> None:
    assert reader_of(request(choice("another"))).is_asked is True
    assert reader_of(request(choice(refused=("preferences",)))).is_asked is False


@pytest.mark.parametrize("theme", ["auto", "", "purple", '"><script>'])
def test_only_a_theme_is_a_theme(theme: str) -> None:
    assert passed(request(choice("preferences")), lambda response: keep_theme(response, theme)) == {PREFERENCES: ""}
    assert reader_of(request(choice("preferences"), preferences=theme)).theme == ""
