"""Promises of the policies that concern every page, every mail or the whole installation."""

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company
from mailings.models import Delivery
from offerboard.services.inquiries import send_inquiry
from privacy import periodic
from tests.accounts.people import sign_up_answers
from tests.authorization import MATRIX, PUBLIC
from tests.factories import NOW, MemberFactory
from tests.privacy.publishing import publish
from tests.world import World, fingerprint, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- logs and passwords ---------------------------------------------------------------------------------------------


@pytest.mark.promise("logs-without-addresses")
def test_a_log_line_holds_no_address_no_words_that_were_searched_for_and_no_person(
    caplog: pytest.LogCaptureFixture,
) -> None:
    person = MemberFactory(email="wilhelmina@example.com", full_name="Wilhelmina Quokka")
    client = Client(REMOTE_ADDR="203.0.113.77", headers={"X-Forwarded-For": "203.0.113.78"})
    client.force_login(person)

    with caplog.at_level(logging.DEBUG):
        client.get("/leads/?q=ultramarine")
        client.post("/contact/", {"email": person.email, "name": person.full_name, "message": "ultramarine"})

    said = " ".join(f"{record.msg} {record.args}" for record in caplog.records)
    assert said.count("'event': 'request'") == 2
    for private in ("203.0.113", "ultramarine", "wilhelmina", "quokka"):
        assert private not in said.lower()


@pytest.mark.promise("password-unreadable")
def test_what_is_stored_of_a_password_is_an_argon2_hash_and_two_are_never_alike(settings: Any) -> None:
    """As outside of tests, which put a quick hash before it."""
    settings.PASSWORD_HASHERS = [name for name in settings.PASSWORD_HASHERS if "MD5" not in name]

    people = [MemberFactory(password="correct horse battery staple") for _ in range(2)]

    stored = list(Member.objects.order_by("pk").values_list("password", flat=True))
    assert [one.startswith("argon2$argon2id$") for one in stored] == [True, True]
    assert len({*stored}) == 2
    assert [word for word in stored if "horse" in word] == []
    assert [person.check_password("correct horse battery staple") for person in people] == [True, True]


# --- pages ----------------------------------------------------------------------------------------------------------


class Fetched(HTMLParser):
    """The addresses that a browser asks for by itself when it shows a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pictures, scripts, frames, style sheets and icons; links are followed by people."""
        said = dict(attrs)
        if tag == "link" and said.get("rel") not in {"canonical", "alternate", "license"}:
            self.addresses.append(said.get("href") or "")
        for candidates in (said.get("srcset") or "").split(","):
            self.addresses += candidates.split()[:1]
        self.addresses += [said[name] or "" for name in ("src", "poster", "data") if name in said]


PAGES = sorted(name for name, row in MATRIX.items() if row == PUBLIC)


@pytest.mark.promise("nothing-from-elsewhere")
@pytest.mark.parametrize("name", PAGES)
def test_no_public_page_makes_a_browser_ask_another_website_for_anything(name: str) -> None:
    page = Client().get(make_world().address(name)).getvalue().decode()

    if "<html" in page:  # and not a feed, or a part of a page
        addresses = Fetched(page).addresses
        assert addresses
        assert [one for one in addresses if urlsplit(one).netloc] == []


# --- mails ----------------------------------------------------------------------------------------------------------


def linked(world: World) -> list[str]:
    """The links of mails that were written to people who did not click yet."""
    visitor, owner = Client(), world.client("owner")
    visitor.post(reverse("accounts:sign_up"), sign_up_answers(email="new@example.com"))
    visitor.post(reverse("account_reset_password"), {"email": world.people["viewer"].email})  # type: ignore[union-attr]
    owner.post(reverse("accounts:invite"), {"email": "invited@example.com", "role": "editor"})
    stranger = world.people["stranger"]
    send_inquiry(
        sender=Company.objects.get(team__member=stranger),
        author=stranger,  # type: ignore[arg-type]
        recipient=world.company,
        lead=world.lead,
        subject="Coffee",
        text="Your best price?",
        submission=uuid4(),
        now=NOW,
    )
    publish("terms", material=True)
    periodic.announce_policies()
    texts = Delivery.objects.values_list("text", flat=True)
    return sorted({link for text in texts for link in re.findall(rf"{re.escape(settings.SITE_URL)}(/\S*)", text)})


@pytest.mark.promise("get-changes-nothing")
@pytest.mark.parametrize("role", ["visitor", "owner"])
def test_opening_a_link_of_a_mail_changes_nothing_until_a_button_is_pressed(role: str) -> None:
    """Mail programs open links to look at them, before anybody has read the mail."""
    world = make_world()
    links = linked(world)
    assert set(Delivery.objects.values_list("template", flat=True)) >= {
        *("confirm_sign_up", "password_reset", "invitation", "inquiry_received", "policy_change")
    }
    client, before = world.client(role), (fingerprint(), accounts())

    answers = [client.get(link, follow=True).status_code for link in links]

    assert len(links) > 5
    assert [status for status in answers if status >= 500] == []
    assert (fingerprint(), accounts()) == before


def accounts() -> list[Any]:
    """Who has which address, confirmed or not, and which password."""
    people = Member.objects.order_by("pk").values_list("pk", "email", "password", "state")
    return [*people, *EmailAddress.objects.order_by("pk").values_list()]
