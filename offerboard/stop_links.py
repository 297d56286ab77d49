"""The links by which mails about new leads are stopped: signed, and good for ever."""

from collections.abc import Callable
from uuid import UUID

from accounts.models import Member
from mailings.models import Delivery
from mailings.stopping.one_click import Address, register_one_click
from offerboard.models import SavedSearch
from offerboard.notices import SUGGESTIONS
from privacy.addresses import of_mailbox
from privacy.signed_links import signed_link, signed_value

TEMPLATE = "new_leads"
ONE, ALL, SUGGESTED = "offerboard.alerts.search", "offerboard.alerts.member", "offerboard.suggestions"


def stop_search_link(saved: SavedSearch) -> str:
    """The whole address of the page that stops the mails of one search."""
    return signed_link("offerboard:stop_search", saved.pk.hex, salt=ONE)


def stop_all_link(member_id: int) -> str:
    """The whole address of the page that stops the mails of all searches of a member."""
    return signed_link("offerboard:stop_searches", str(member_id), salt=ALL)


def stop_suggestions_link(member_id: int) -> str:
    """The whole address of the page that stops the mails that suggest leads to a member."""
    return signed_link("offerboard:stop_suggestions", str(member_id), salt=SUGGESTED)


def search_of(token: str) -> UUID:
    """The search that a link names; it may be gone. Raises NotOurLink."""
    return UUID(signed_value(token, salt=ONE))


def member_of(token: str) -> int:
    """The member that a link names. Raises NotOurLink."""
    return int(signed_value(token, salt=ALL))


def reader_of(token: str) -> int:
    """The member whose suggestions a link stops. Raises NotOurLink."""
    return int(signed_value(token, salt=SUGGESTED))


def _one_click(link: Callable[[int], str]) -> Address:
    """The link of whoever has the address, if the mail names it too: else it was written to somebody before them."""

    def address(delivery: Delivery) -> str:
        holders = Member.objects.filter(of_mailbox(delivery.to), state=Member.State.ACTIVE)
        members = list(holders.values_list("pk", flat=True)[:2])
        stop = link(members[0]) if len(members) == 1 else ""
        return stop if stop in delivery.text else ""

    return address


def register() -> None:
    """Let mail programs show a button of their own beside these mails."""
    register_one_click(TEMPLATE, _one_click(stop_all_link))
    register_one_click(SUGGESTIONS.template, _one_click(stop_suggestions_link))
