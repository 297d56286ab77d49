"""Delivery status notifications: RFC 3464, as Postfix, Exim, Exchange, Gmail and most others send them."""

from collections.abc import Sequence

from mailings.returning.reading.notice import Fate, Said
from mailings.returning.reading.parts import Mail, address_in, field
from mailings.returning.statuses import code_in

MOST_RECEIVERS = 100
BAD_NEWS = {"failed": Said.FAILED, "delayed": Said.DELAYED}  # “delivered”, “relayed” and “expanded” need no care


def read_status(blocks: Sequence[Mail]) -> list[Fate]:
    """What a notification says about each receiver; the first block is about the message as a whole."""
    return [fate for block in blocks[: MOST_RECEIVERS + 1] if (fate := _fate(block)) is not None]


def _fate(block: Mail) -> Fate | None:
    said = BAD_NEWS.get(field(block, "Action").partition(" ")[0].lower())
    if said is None:
        return None
    named = [address_in(field(block, name)) for name in ("Original-Recipient", "Final-Recipient")]
    words = field(block, "Diagnostic-Code").partition(";")[2].strip() or field(block, "Diagnostic-Code")
    status = code_in(field(block, "Status"), words)
    return Fate(said, tuple(dict.fromkeys(one for one in named if one)), status, words)
