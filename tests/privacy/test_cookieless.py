"""Forms that work without a cookie are still ours only, fresh, and filled in by people."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from privacy.cookieless import CookielessForm, cookieless
from tests.factories import NOW


class LetterForm(CookielessForm):
    text = forms.CharField()


@cookieless
def post_box(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.method} taken")


def letter(purpose: str = "letter", **answers: str) -> LetterForm:
    """A form as it comes back from the page it was shown on."""
    token = str(LetterForm(purpose=purpose).fields["form_token"].initial)
    return LetterForm({"text": "Hello", "form_token": token, **answers}, purpose="letter")


def test_a_letter_written_on_our_page_is_taken() -> None:
    assert letter().errors == {}


def test_an_old_page_gives_a_fresh_token_and_keeps_the_text() -> None:
    with time_machine.travel(NOW, tick=False):
        form = letter()
    with time_machine.travel(NOW + timedelta(hours=6, seconds=1), tick=False):
        assert form.errors == {"__all__": ["This form was open too long. Please press the button once more."]}
        again: dict[str, Any] = {name: form[name].value() for name in form.fields}
        assert again["text"] == "Hello"
        assert LetterForm(again, purpose="letter").errors == {}


@pytest.mark.parametrize(
    "answers", [{"form_token": ""}, {"form_token": "forged"}, {"homepage": "https://spam.example"}]
)
def test_forged_and_mechanical_letters_are_refused(answers: dict[str, str]) -> None:
    assert list(letter(**answers).errors) == ["__all__"]


def test_a_token_of_another_form_does_not_count() -> None:
    assert list(letter(purpose="report").errors) == ["__all__"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_post_from_another_site_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(PermissionDenied):
        post_box(RequestFactory().post("/contact/", headers=headers))


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://testserver"}]
)
def test_a_post_from_our_page_is_taken(headers: dict[str, str]) -> None:
    assert post_box(RequestFactory().post("/contact/", headers=headers)).content == b"POST taken"


def test_reading_is_free() -> None:
    assert post_box(RequestFactory().get("/contact/", headers={"Sec-Fetch-Site": "cross-site"})).content == b"GET taken"


@pytest.mark.django_db
@pytest.mark.usefixtures("policies")
def test_one_address_on_the_network_leaves_only_so_many_answers() -> None:
    """Each answer is a row that stays for years."""
    statuses = [
        Client().post("/privacy/theme/", {"theme": "dark"}, REMOTE_ADDR="198.51.100.7").status_code for _n in range(31)
    ]
    other = Client().post("/privacy/theme/", {"theme": "dark"}, REMOTE_ADDR="198.51.100.8")

    assert statuses == [302] * 30 + [429]
    assert other.status_code == 302
    assert Client().get("/privacy/cookies/settings/", REMOTE_ADDR="198.51.100.7").status_code == 200
