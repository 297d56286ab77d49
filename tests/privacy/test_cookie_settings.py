"""The question on public pages, the settings page, the signal, the theme, and which scripts a page may load."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from privacy import consents
from privacy.consents import Channel, ConsentPurpose, Cookie, register_purpose
from privacy.cookieless import shared_token
from privacy.cookies import CHOICE, PREFERENCES, QUESTION
from privacy.models import ConsentEvent
from privacy.purposes import PREFERENCES as WHY
from tests.factories import NOW, MemberFactory
from tests.privacy.answering import SETTINGS, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
GPC = {"Sec-GPC": "1"}
ASKED = 'id="cookie-question"'


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def said() -> list[tuple[str, str, bool, str, bool]]:
    events = ConsentEvent.objects.order_by("id")
    return list(events.values_list("purpose", "channel", "given", "method", "gpc"))


def jar(client: Client) -> set[str]:
    return {name for name, morsel in client.cookies.items() if morsel.value}


# --- the question -------------------------------------------------------------------------------------------------


@pytest.mark.promise("no-cookie-unasked")
def test_who_has_not_chosen_is_asked_and_gets_no_cookie(client: Client) -> None:
    page = client.get("/leads/")

    assert (page.text.count(ASKED), dict(page.cookies)) == (1, {})
    assert page.text.count('<button class="btn" name="every"') == 2  # which look the same


@pytest.mark.parametrize(("every", "given"), [("yes", True), ("no", False)])
def test_an_answer_is_kept_and_the_reader_is_back_where_they_were(client: Client, every: str, given: bool) -> None:
    response = answer(client, every, at="/leads/?q=coffee&kind=sell_offer")

    assert (response.status_code, response["Location"]) == (302, "/leads/?q=coffee&kind=sell_offer#not-kept")
    assert said() == ([("preferences", "browser", True, "banner", False)] if given else [])
    assert jar(client) == {CHOICE}
    cookie = client.cookies[CHOICE]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (365 * 24 * 60 * 60, True, "Lax")
    assert ASKED not in client.get("/leads/").text


def test_a_member_in_the_same_browser_is_not_named_in_the_proof(client: Client) -> None:
    client.force_login(MemberFactory())

    answer(client, "yes")

    event = ConsentEvent.objects.get()
    assert event.subject.hex in client.cookies[CHOICE].value


def test_the_second_press_adds_nothing(client: Client) -> None:
    answer(client, "yes")
    answer(client, "yes")

    assert len(said()) == 1


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.example/", "//evil.example/", "javascript:alert(1)", "evil", "", "http://[", "/leads/"),
        *("http://testserver//evil.example/", "http://testserver/\\evil.example", "http://testserver@evil.example/"),
        *("http://testserver.evil.example/", "https://testserver/leads/"),
    ],
)
def test_an_answer_leads_to_no_other_site(client: Client, address: str) -> None:
    assert answer(client, "yes", headers={"Referer": address})["Location"] == f"{SETTINGS}#not-kept"
    assert len(said()) == 1


def test_a_browser_that_keeps_no_cookie_is_told_so_kindly() -> None:
    """The fragment shows the sentence only where the question still stands."""
    page = Client().get("/leads/").text
    assert '<p class="only-target" id="not-kept">' in page

    visitor = Client()
    answer(visitor, "no")
    assert "not-kept" not in visitor.get("/leads/").text
    assert "not-kept" not in visitor.get(SETTINGS).text
    assert 'id="not-kept"' in Client().get(SETTINGS).text


def test_a_stale_page_keeps_the_reader_and_writes_nothing(client: Client, clock: Any) -> None:
    form = {"form_token": shared_token(QUESTION), "in_passing": "yes", "every": "yes"}
    clock.move_to(NOW + timedelta(hours=6, seconds=1))

    response = client.post(SETTINGS, form)

    assert "Please press the button once more." in response.text
    assert '<input type="hidden" name="in_passing" value="yes"' in response.text
    assert (said(), jar(client)) == ([], set())


def test_the_token_is_everybodys_for_an_hour_and_lasts_five(client: Client, clock: Any) -> None:
    first = shared_token(QUESTION)
    clock.move_to(NOW + timedelta(minutes=59))
    assert shared_token(QUESTION) == first
    clock.move_to(NOW + timedelta(minutes=60))
    assert shared_token(QUESTION) != first
    clock.move_to(NOW + timedelta(hours=5))

    client.post(SETTINGS, {"form_token": first, "every": "yes"})

    assert len(said()) == 1


@pytest.mark.parametrize("token", ["", "forged", shared_token("contact")])
def test_a_token_of_another_form_writes_nothing(client: Client, token: str) -> None:
    client.post(SETTINGS, {"form_token": token, "every": "yes"})

    assert (said(), jar(client)) == ([], set())


def test_htmx_answers_in_the_place_of_the_question(client: Client) -> None:
    """So that a half-filled form on the same page is not lost."""
    response = answer(client, "yes", headers={"HX-Request": "true"})
    assert response["Location"] == "/privacy/cookies/answer/#not-kept"

    kept = client.get("/privacy/cookies/answer/").text
    lost = Client().get("/privacy/cookies/answer/").text

    assert ("Your choice is saved." in kept, "data-remembers" in kept, "<html" in kept) == (True, True, False)
    assert ("did not keep your choice" in lost, "data-remembers" in lost) == (True, False)


def test_htmx_asks_anew_where_the_page_was_stale(client: Client) -> None:
    form = {"form_token": "stale", "in_passing": "yes", "every": "yes"}
    again = client.post(SETTINGS, form, headers={"HX-Request": "true"}).text

    assert ("<html" in again, "Please press the button once more." in again) == (False, True)
    assert f'value="{shared_token(QUESTION)}"' in again
    assert said() == []


# --- the settings page --------------------------------------------------------------------------------------------


def test_each_purpose_is_chosen_by_itself(client: Client) -> None:
    before = client.get(SETTINGS).text
    form = {"form_token": shared_token(QUESTION), "preferences-browser": "yes"}
    response = client.post(SETTINGS, form)
    after = client.get(SETTINGS).text

    assert response["Location"] == f"{SETTINGS}#not-kept"
    assert said() == [("preferences", "browser", True, "cookie_page", False)]
    assert "Now: No, never asked before." in before
    assert "Now: Yes, since" in after
    assert '<time datetime="2026-11-22T12:00:00+00:00">' in after


def test_yes_is_never_ticked_before_it_was_said(client: Client) -> None:
    page = client.get(SETTINGS).text

    assert 'value="yes" checked' not in page
    answer(client, "yes")
    assert 'value="yes" checked' in client.get(SETTINGS).text


def test_an_answer_that_is_neither_yes_nor_no_comes_back_with_an_error(client: Client) -> None:
    response = client.post(SETTINGS, {"form_token": shared_token(QUESTION), "preferences-browser": "perhaps"})

    assert "One thing to correct" in response.text
    assert (said(), jar(client)) == ([], set())


def test_every_cookie_is_listed(client: Client) -> None:
    page = client.get(SETTINGS).text

    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages", CHOICE, PREFERENCES):
        assert f"<code>{name}</code>" in page


# --- Global Privacy Control ---------------------------------------------------------------------------------------


@pytest.mark.promise("gpc-honoured")
def test_the_signal_means_no_and_nobody_is_asked(client: Client) -> None:
    page = client.get("/leads/", headers=GPC)

    assert (ASKED in page.text, dict(page.cookies)) == (False, {})
    assert "Now: No, your browser sends Global Privacy Control." in client.get(SETTINGS, headers=GPC).text


@pytest.mark.promise("gpc-honoured")
def test_the_signal_after_a_yes_takes_it_back_until_a_later_choice(client: Client) -> None:
    answer(client, "yes")
    client.post("/privacy/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/about/").text

    under_signal = client.get("/about/", headers=GPC)
    assert "data-bs-theme" not in under_signal.text
    assert jar(client) == {CHOICE}
    assert "Now: No, your browser sends Global Privacy Control." in client.get(SETTINGS, headers=GPC).text

    answer(client, "yes", headers=GPC)
    client.post("/privacy/theme/", {"theme": "dark"}, headers=GPC)
    assert 'data-bs-theme="dark"' in client.get("/about/", headers=GPC).text


def test_the_signal_is_written_down_with_the_answer(client: Client) -> None:
    answer(client, "yes", headers=GPC)

    assert said() == [("preferences", "browser", True, "banner", True)]


@pytest.mark.promise("gpc-honoured")
def test_the_site_says_that_it_obeys_the_signal(client: Client) -> None:
    response = client.get("/.well-known/gpc.json")

    assert response.json() == {"gpc": True, "lastUpdate": "2026-11-27"}
    assert response["Content-Type"] == "application/json"


# --- the theme ----------------------------------------------------------------------------------------------------


def test_the_theme_is_remembered_for_who_agreed(client: Client) -> None:
    answer(client, "yes")

    response = client.post(
        "/privacy/theme/", {"theme": "dark"}, headers={"Referer": "http://testserver/companies/?q=a"}
    )

    assert response["Location"] == "/companies/?q=a"
    assert client.cookies[PREFERENCES].value == "dark"
    assert '<html lang="en" dir="ltr" data-bs-theme="dark">' in client.get("/about/").text
    client.post("/privacy/theme/", {"theme": "auto"})
    assert jar(client) == {CHOICE}


@pytest.mark.parametrize("every", [None, "no"])
def test_the_theme_is_not_remembered_for_who_did_not(client: Client, every: str | None) -> None:
    if every:
        answer(client, every)
    before = jar(client)

    client.post("/privacy/theme/", {"theme": "dark"})

    assert jar(client) == before
    page = client.get("/about/").text
    assert ("data-bs-theme" in page, "For this page only." in page) == (False, True)


def test_withdrawing_deletes_the_cookie(client: Client) -> None:
    answer(client, "yes")
    client.post("/privacy/theme/", {"theme": "dark"})

    answer(client, "no")

    assert jar(client) == {CHOICE}
    assert [given for _purpose, _channel, given, *_ in said()] == [True, False]


# --- scripts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A purpose that a higher app adds."""
    monkeypatch.setattr(consents, "_purposes", dict(consents.purposes()))
    register_purpose(
        ConsentPurpose(
            "measuring",
            "Count my visits",
            "One daily number.",
            WHY,
            (Channel.BROWSER,),
            cookies=(Cookie("visit", "a number", "1 day"),),
            sources={"connect-src": ("https://count.example",)},
        )
    )


def policy(client: Client) -> dict[str, list[str]]:
    header = client.get("/about/")["Content-Security-Policy"]
    return {name: sources for name, *sources in (part.split() for part in header.split("; "))}


def test_scripts_come_from_the_folders_of_what_was_granted_and_no_others(client: Client, measuring: None) -> None:
    necessary = ["testserver/static/js/", "testserver/static/django_htmx/"]
    assert policy(client)["script-src"] == necessary

    form = {"form_token": shared_token(QUESTION), "preferences-browser": "no", "measuring-browser": "yes"}
    client.post(SETTINGS, form)
    assert policy(client)["script-src"] == [*necessary, "testserver/static/optional/measuring/"]
    assert policy(client)["connect-src"] == ["'self'", "https://count.example"]

    answer(client, "no")
    assert policy(client)["script-src"] == necessary
    assert policy(client)["connect-src"] == ["'self'"]


def test_the_number_stays_while_something_is_granted_and_a_no_beside_it_is_not_written_down(
    client: Client, measuring: None
) -> None:
    form = {"form_token": shared_token(QUESTION), "preferences-browser": "yes", "measuring-browser": "no"}
    client.post(SETTINGS, form)
    number = ConsentEvent.objects.get().subject

    client.post(SETTINGS, {**form, "measuring-browser": "yes"})
    client.post(SETTINGS, {**form, "preferences-browser": "no", "measuring-browser": "yes"})
    assert number.hex in client.cookies[CHOICE].value
    client.post(SETTINGS, {**form, "preferences-browser": "no"})

    events = ConsentEvent.objects.of(number).order_by("id")
    assert [(one.purpose, one.given) for one in events] == [
        *(("preferences", True), ("measuring", True)),
        *(("preferences", False), ("measuring", False)),
    ]
    assert ConsentEvent.objects.count() == 4
    assert client.cookies[CHOICE].value.startswith(".")


def test_a_new_purpose_is_asked_of_those_who_answered_before(client: Client, request: pytest.FixtureRequest) -> None:
    answer(client, "no")
    assert ASKED not in client.get("/about/").text

    request.getfixturevalue("measuring")

    assert ASKED in client.get("/about/").text


def test_a_cache_on_the_way_keeps_readers_apart(client: Client) -> None:
    for path in ("/about/", "/contact/", "/privacy/policy/", SETTINGS):
        assert {"Cookie", "Sec-GPC"} <= set(client.get(path)["Vary"].split(", "))
