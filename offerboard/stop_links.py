"""The links by which mails about new leads are stopped: signed, and good for ever."""

from collections.abc import Callable
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Member
from mailings.models import Delivery
from mailings.one_click import Address, register_one_click
from offerboard.models import SavedSearch
from offerboard.notices import SUGGESTIONS

TEMPLATE = "new_leads"
ONE, ALL, SUGGESTED = "offerboard.alerts.search", "offerboard.alerts.member", "offerboard.suggestions"


class NotOurLink(Exception):
    """The link was changed on the way."""


def stop_search_link(saved: SavedSearch) -> str:
    """The whole address of the page that stops the mails of one search."""
    return _whole("offerboard:stop_search", signing.Signer(salt=ONE).sign(saved.pk.hex))


def stop_all_link(member_id: int) -> str:
    """The whole address of the page that stops the mails of all searches of a member."""
    return _whole("offerboard:stop_searches", signing.Signer(salt=ALL).sign(str(member_id)))


def stop_suggestions_link(member_id: int) -> str:
    """The whole address of the page that stops the mails that suggest leads to a member."""
    return _whole("offerboard:stop_suggestions", signing.Signer(salt=SUGGESTED).sign(str(member_id)))


def search_of(token: str) -> UUID:
    """The search that a link names; it may be gone. Raises NotOurLink."""
    return UUID(_read(token, ONE))


def member_of(token: str) -> int:
    """The member that a link names. Raises NotOurLink."""
    return int(_read(token, ALL))


def reader_of(token: str) -> int:
    """The member whose suggestions a link stops. Raises NotOurLink."""
    return int(_read(token, SUGGESTED))


def _whole(name: str, token: str) -> str:
    address: str = urljoin(settings.SITE_URL, reverse(name, args=[token]))
    return address


def _read(token: str, salt: str) -> str:
    try:
        named: str = signing.Signer(salt=salt).unsign(token)
    except signing.BadSignature as error:
        raise NotOurLink from error
    return named


def _one_click(link: Callable[[int], str]) -> Address:
    """The link of whoever has the address, if the mail names it too: else it was written to somebody before them."""

    def address(delivery: Delivery) -> str:
        mailbox = Member.objects.alias(mailbox=Lower("email")).filter(mailbox=delivery.to.lower())
        members = list(mailbox.filter(state=Member.State.ACTIVE).values_list("pk", flat=True)[:2])
        stop = link(members[0]) if len(members) == 1 else ""
        return stop if stop in delivery.text else ""

    return address


def register() -> None:
    """Let mail programs show a button of their own beside these mails."""
    register_one_click(TEMPLATE, _one_click(stop_all_link))
    register_one_click(SUGGESTIONS.template, _one_click(stop_suggestions_link))
