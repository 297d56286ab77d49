"""Receivers outside in tests, and what they were given."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from accounts.models import Member
from privacy.channels import Confirmation, NotReached
from privacy.erasing.receivers import tell_receivers
from privacy.models import Disclosure, Receipt, Receiver, SubjectRequest
from tests.factories import NOW, MemberFactory, ReceiverFactory

PHONE, EMAIL = "accounts.Member.phone", "accounts.Member.email"
CHANGE = Receipt.Change


def outside(kind: str, name: str) -> Receiver:
    """One of the register."""
    return ReceiverFactory(kind=kind, name=name)


def given_to(name: str, member: Member, *columns: str, day: int = 1) -> Disclosure:
    """A line in the log, as a disclosure of earlier days has left it."""
    receiver = Receiver.objects.get(name=name)
    at = NOW.replace(day=day)
    return Disclosure.objects.create(
        member=member,
        receiver_kind=receiver.kind,
        receiver_key=f"receiver:{receiver.pk}",
        receiver_name=receiver.name,
        purpose="claims",
        columns=list(columns),
        ground="legal_claim",
        reason="A claim.",
        day=at.date(),
        at=at,
    )


@dataclass
class Letterbox:
    """A channel that keeps what it was told, and can be out of reach."""

    told: list[tuple[str, bool]] = field(default_factory=list)  # reference, and whether it was the reminder
    answers: list[Confirmation] = field(default_factory=list)
    away: bool = False

    def tell(self, receipt: Receipt) -> None:
        if self.away:
            raise NotReached
        self.told.append((str(receipt.reference), receipt.told_at is not None))

    def confirmed(self) -> Iterable[Confirmation]:
        return list(self.answers)


def leaving(member: Any) -> SubjectRequest:
    return SubjectRequest.objects.create(
        kind="erasure", member=member, state="running", received_at=NOW, due_at=NOW + timedelta(days=30)
    )


def owe(*names: str, kind: str = "partner") -> list[Receipt]:
    """Receivers that must delete somebody."""
    member = MemberFactory()
    for name in names:
        outside(kind, name), given_to(name, member, PHONE)
    tell_receivers(request=leaving(member), members=[member.pk], change=CHANGE.ERASE, now=NOW)
    return list(Receipt.objects.filter(request__member=member).order_by("receiver_name"))


def fresh(receipt: Receipt) -> Receipt:
    receipt.refresh_from_db()
    return receipt
