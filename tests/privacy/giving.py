"""Personal data given away in tests, through the one way out."""

from typing import Any

from accounts.models import Member
from privacy.datamap import ReceiverKind
from privacy.purposes import CONTACTING
from privacy.services.disclosing import Ground, Party, disclose
from tests.factories import NOW

BUYER = Party(ReceiverKind.COUNTERPARTY, "company:7", "Savanna Spice Mills", "KE")
WRITTEN = ["offerboard.Message.author", "offerboard.Message.text"]


def give(members: list[Member], **changes: Any) -> None:
    """A message to a buyer, unless something else is said."""
    usual: dict[str, Any] = {
        "receiver": BUYER,
        "purpose": CONTACTING,
        "columns": WRITTEN,
        "ground": Ground.MESSAGE,
        "now": NOW,
    }
    disclose(members=[member.pk for member in members], **(usual | changes))
