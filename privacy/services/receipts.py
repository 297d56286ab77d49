"""Telling receivers that data they got was corrected or erased, and noting that they confirm: GDPR art. 19.

What has to be told is a row in the transaction that changed the data. A sweep tells through the channel; a worker that
is killed after telling and before noting it tells again, under the same reference.
"""

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, Q

from privacy.channels import Channel, Confirmation, NotReached, channel_to, channels
from privacy.models import Receipt

log = structlog.get_logger(__name__)

PROOF = 300  # characters of it that are kept


class ProofMissing(Exception):
    """It has to be said how it was confirmed."""


def tell_by_channel(*, now: datetime) -> None:
    """Tell what is due to be told, receiver by receiver; one that cannot be reached keeps nobody else waiting."""
    waiting = Receipt.objects.to_tell(at=now).order_by("receiver_kind", "receiver_key")
    for kind, key in list(waiting.values_list("receiver_kind", "receiver_key").distinct()):
        channel = channel_to(kind=kind, key=key)
        while channel is not None and _tell_next(channel, kind=kind, key=key, now=now):
            pass


def collect_confirmations(*, now: datetime) -> None:
    """Note what receivers have confirmed through their channels; each speaks only for itself."""
    for receiver, channel in channels().items():
        try:
            for said in channel.confirmed():
                _note(receiver, said, now=now)
        except (NotReached, OSError) as error:
            log.warning("confirmations_not_read", receiver=receiver, error=type(error).__name__)


@transaction.atomic
def confirm_receipt(*, receipt: Receipt, proof: str, now: datetime) -> bool:
    """The receiver has done it; whom it was about need not be known any longer. Whether it was news.

    Raises ProofMissing.
    """
    if not proof.strip():
        raise ProofMissing
    open_one = Receipt.objects.open().filter(pk=receipt.pk)
    return bool(open_one.update(confirmed_at=now, proof=proof.strip()[:PROOF], person=""))


@transaction.atomic
def note_told(*, receipts: Iterable[int], now: datetime) -> int:
    """Staff have told these receivers by hand, or told them again; how many were still open."""
    asked = Receipt.objects.open().filter(pk__in=list(receipts))
    again = asked.filter(told_at__isnull=False).update(reminded_at=now)
    return again + asked.filter(told_at=None).update(told_at=now)


def _note(receiver: str, said: Confirmation, *, now: datetime) -> None:
    own = Receipt.objects.filter(Q(receiver_key=receiver) | Q(receiver_kind=receiver))
    receipt = own.filter(reference=said.reference).first()
    if receipt is None or not said.proof.strip():
        log.warning("confirmation_of_nothing", receiver=receiver, reference=str(said.reference))
    else:
        confirm_receipt(receipt=receipt, proof=said.proof, now=now)


@transaction.atomic(durable=True)
def _tell_next(channel: Channel, *, kind: str, key: str, now: datetime) -> bool:
    """Whether one was told; the row stays locked meanwhile, so that no second worker tells it too."""
    waiting = Receipt.objects.to_tell(at=now).filter(receiver_kind=kind, receiver_key=key)
    # A reminder that does not arrive keeps nothing waiting of which the receiver has not heard at all.
    unheard_first = F("told_at").asc(nulls_first=True), "pk"
    receipt = waiting.select_for_update(skip_locked=True).order_by(*unheard_first).first()
    if receipt is None:
        return False
    try:
        channel.tell(receipt)
    except (NotReached, OSError) as error:
        log.warning("receiver_not_reached", receipt=str(receipt.reference), error=type(error).__name__)
        return False
    noted = {"reminded_at": now} if receipt.told_at else {"told_at": now}
    Receipt.objects.filter(pk=receipt.pk).update(**noted)
    return True
