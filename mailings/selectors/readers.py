"""Whose mailbox stands behind a key of consents."""

from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from mailings.models import Delivery, Subscriber
from privacy.addresses import of_mailbox
from privacy.models import ConsentLink


def address_of(reader: UUID) -> str | None:
    """A member's, a subscriber's, or None for somebody who has left. Two queries."""
    member = ConsentLink.objects.filter(key=reader).values_list("member__email", flat=True).first()
    return member or Subscriber.objects.filter(key=reader).values_list("email", flat=True).first()


def keys_of(address: str) -> list[UUID]:
    """All keys behind a mailbox: a member may have subscribed before, without an account. Two queries."""
    members = ConsentLink.objects.filter(of_mailbox(address, "member__email")).values_list("key", flat=True)
    subscribers = Subscriber.objects.filter(of_mailbox(address)).values_list("key", flat=True)
    return [*members, *subscribers]


def is_known(address: str) -> bool:
    """Whether a member or a subscriber has this address. Three queries at most."""
    return bool(keys_of(address)) or member_behind(address) is not None


def member_behind(address: str) -> Any:
    """The member with this address, or None. One query."""
    return get_user_model()._default_manager.filter(of_mailbox(address), is_active=True).first()


def mailbox_of(reader: UUID) -> str | None:
    """Whose key it is, or was: some months after it has gone, where its last mail went to. Three queries."""
    mails = Delivery.objects.filter(reader=reader).order_by("-queued_at").values_list("to", flat=True)
    return address_of(reader) or mails.first()
