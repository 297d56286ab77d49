"""The link that asks a mailbox whether it was its holder who subscribed; it ends when the wish does."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from privacy.signed_links import signed_link, signed_value

SALT = "mailings.subscription"
QUESTION_MAIL = "confirm_subscription"  # its template


class Question(NamedTuple):
    """What a mail asked: a wish, which may be gone, and the topics of it."""

    wish: UUID
    topics: frozenset[str]  # none in links of older mails, which named the wish alone


def confirm_link(wish: UUID, topics: Collection[str]) -> str:
    """The whole address of the page with the button."""
    return signed_link("mailings:confirm", f"{wish.hex}.{'.'.join(topics)}", salt=SALT)


def question_in(token: str) -> Question:
    """What a link asks. Raises privacy.signed_links.NotOurLink."""
    wish, *asked = signed_value(token, salt=SALT).split(".")
    return Question(UUID(wish), frozenset(filter(None, asked)))
