"""Readers without an account at the page that asks for mail, and behind the link that it sends."""

from django.test import Client

from mailings.models import SubscriptionWish
from mailings.subscription_links import confirm_link
from privacy.cookieless import shared_token

PAGE = "/newsletter/"


def ask(client: Client, email: str = "reader@example.org", *topics: str, language: str = "en") -> str:
    """Fill in the page; the text of the answer."""
    chosen = {"email": email, "topics": topics or ["newsletter"], "language": language}
    return client.post(PAGE, {"form_token": shared_token("subscribe"), **chosen}).content.decode()


def link() -> str:
    """The path of the link in the mail that asks."""
    wish = SubscriptionWish.objects.get()
    return confirm_link(wish.pk, wish.topics).removeprefix("http://localhost:8000")


def press(client: Client, path: str) -> str:
    """The button of the page behind the link; the text of the answer."""
    return client.post(path, {"form_token": shared_token("subscription link")}).content.decode()


def say_yes(client: Client) -> str:
    return press(client, link())
