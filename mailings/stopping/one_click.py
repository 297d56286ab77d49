"""Mails that a mail program can stop by a button of its own (RFC 8058)."""

from collections.abc import Callable, Collection

from mailings.models import Delivery

Address = Callable[[Delivery], str]
_addresses: dict[str, Address] = {}


def register_one_click(template: str, address: Address) -> None:
    """Say at which address a POST stops the mails of a template; "" where there is nothing to stop any more."""
    _addresses[template] = address


def stoppable_templates() -> Collection[str]:
    """The templates of all such mails."""
    return _addresses.keys()


def one_click_headers(delivery: Delivery) -> dict[str, str]:
    """The headers of such a mail (RFC 8058, 3.1); none for any other. A query at most."""
    find = _addresses.get(delivery.template)
    return headers_for(find(delivery) if find else "")


def headers_for(address: str) -> dict[str, str]:
    """The headers for a link that a POST stops; none without one."""
    if not address:
        return {}
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
