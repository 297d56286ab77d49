"""Each mail has an envelope sender of its own, which only its receiver's side knows."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from mailings import tasks
from mailings.models import Delivery
from mailings.returning.return_path import delivery_of, return_path, token_of, tokens_in
from mailings.services import queue_message
from tests.factories import NOW
from tests.mailings.catcher import Catcher
from tests.mailings.returning import DOMAIN

KEY = "another-key-" + "y" * 50


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def send(catcher: Catcher) -> tuple[UUID, Any, str | None]:
    row = queue_message(template="x", to="a@example.com", language="en", subject="x", text="x", html="", now=NOW)
    tasks.send_due_mail()
    return row.pk, catcher.mails[0], catcher.senders[0]


@pytest.mark.django_db
def test_without_a_domain_mail_comes_back_to_its_sender(catcher: Catcher) -> None:
    number, mail, sender = send(catcher)

    assert (sender, mail["From"], mail["X-Delivery-Reference"]) == ("market@localhost", "market@localhost", None)
    assert mail["Message-ID"] == f"<{number}@localhost>"


@pytest.mark.django_db
def test_with_a_domain_the_envelope_says_which_mail_it_is_and_the_header_stays(catcher: Catcher, settings: Any) -> None:
    settings.BOUNCE_DOMAIN = DOMAIN
    settings.DEFAULT_FROM_EMAIL = "The Market <market@market.example>"

    number, mail, sender = send(catcher)

    assert sender == f"bounce+{token_of(number)}@{DOMAIN}"
    assert mail["X-Delivery-Reference"] == token_of(number)
    assert (mail["From"], mail["Message-ID"]) == ("The Market <market@market.example>", f"<{number}@localhost>")
    assert [delivery_of(token) for token in tokens_in(sender or "")] == [number]


def test_it_fits_into_an_address_and_survives_a_change_of_case(settings: Any) -> None:
    """RFC 5321 (4.5.3.1.1) allows 64 octets before the @."""
    settings.BOUNCE_DOMAIN = DOMAIN
    for number in (UUID(int=0), UUID(int=2**128 - 1), uuid4()):
        sender = return_path(Delivery(pk=number))

        assert len(sender.partition("@")[0]) <= 64
        assert [delivery_of(token) for token in tokens_in(sender.upper())] == [number]


def test_old_mails_come_back_while_the_key_is_being_changed_and_not_after(settings: Any) -> None:
    number = uuid4()
    token, first = token_of(number), settings.SECRET_KEY

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, [first]
    assert (delivery_of(token), token_of(number) == token) == (number, False)

    settings.SECRET_KEY_FALLBACKS = []
    assert delivery_of(token) is None


def test_any_other_sign_in_it_makes_it_invalid() -> None:
    token = token_of(uuid4())

    for place in range(len(token)):
        if token[place] != "." and place != 25:  # the last sign of the number holds three bits and two that are free
            other = token[:place] + ("b" if token[place] == "a" else "a") + token[place + 1 :]
            assert delivery_of(other) is None


@pytest.mark.parametrize("text", ["", "bounce+short.token@x", "x" * 10_000, "." * 5_000, "a" * 26 + "." + "1" * 20])
def test_what_is_no_token_is_not_taken_for_one(text: str) -> None:
    assert list(tokens_in(text)) == []
