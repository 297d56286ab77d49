"""The link that asks a mailbox whether it was its holder who subscribed; it ends when the wish does."""

from uuid import UUID

from privacy.signed_links import signed_link, signed_value

SALT = "mailings.subscription"


def confirm_link(wish: UUID) -> str:
    """The whole address of the page with the button."""
    return signed_link("mailings:confirm", wish.hex, salt=SALT)


def wish_of(token: str) -> UUID:
    """The wish that a link names; it may be gone. Raises privacy.signed_links.NotOurLink."""
    return UUID(signed_value(token, salt=SALT))
