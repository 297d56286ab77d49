"""What a service says of itself: the page on which members decide, and the words of their yes, are made of this."""

import hashlib
from collections.abc import Collection

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from partners.models import ConnectedService
from partners.person_fields import PersonField
from privacy.consents import line_of
from privacy.models import Receiver

Row = tuple[str, list[str]]  # a heading, and its lines


def rows_of(service: ConnectedService, *, fields: Collection[str]) -> list[Row]:
    """In the reader's language; one line names the receiver as the ledger of consent has it."""
    receiver = service.partner.receiver
    needs_ground = receiver.transfer != Receiver.Transfer.NONE
    where = [_("In this country: %(country)s") % {"country": receiver.country.name}]
    ground = [_("Data may go there on this ground: %(ground)s") % {"ground": receiver.get_transfer_display()}]
    return [
        (_("What it does"), [service.about]),
        (_("What it gets"), labels_of(fields)),
        (_("What for"), [service.purpose]),
        (_("Who it is"), [line_of(receiver.name), *where, *(ground if needs_ground else [])]),
        (_("Its own policy"), [service.privacy_url]),
        (
            _("How long"),
            [_("Until you end it. From then on it gets nothing, is asked to delete what it has, and to confirm that.")],
        ),
        (
            _("What it never gets"),
            [_("Your password and your messages. It changes nothing here. You see each day on which it read.")],
        ),
    ]


def labels_of(fields: Collection[str]) -> list[str]:
    """As people read them, in the market's order."""
    return [str(capfirst(one.label)) for one in PersonField if one.value in fields]


def terms_of(service: ConnectedService) -> str:
    """Another after each change that ends what was agreed to; what it gets is not among it, and is never more."""
    receiver = service.partner.receiver
    said = [
        service.about,
        service.purpose,
        service.privacy_url,
        receiver.name,
        receiver.country.code,
        receiver.transfer,
    ]
    return _digest(said)


def version_of(service: ConnectedService) -> str:
    """Another after each change of what a member is asked."""
    return _digest([terms_of(service), *service.fields])


def _digest(texts: Collection[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
