"""The demo’s service, with a key of its own: so that members can connect something, and see what it gets."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from marketplace.seed.sandbox import keep_working_key
from partners.models import ConnectedService, Partner
from partners.person_fields import PersonField
from partners.scopes import Scope
from privacy.datamap import ReceiverKind
from privacy.models import Receiver

SERVICE_KEY_FILE = "service_key"  # in the directory of the local state
SLUG, NAME = "quayside", "Quayside CRM (sandbox)"


@transaction.atomic
def open_sandbox_service(path: Path, *, now: datetime) -> None:
    """Make the service and its key, unless the file names a key that works."""
    keep_working_key(Partner.objects.filter(slug=SLUG).first() or _make_service(now=now), path, now=now)


def _make_service(*, now: datetime) -> Partner:
    receiver, _is_new = Receiver.objects.get_or_create(
        kind=ReceiverKind.CONNECTED,
        name=NAME,
        defaults={
            "country": "NL",
            "transfer": Receiver.Transfer.NONE,
            "task": "Keeps customers and offers together for members who connect it",
            "since": now.date(),
        },
    )
    partner = Partner.objects.create(
        receiver=receiver,
        slug=SLUG,
        website="https://quayside.example/",
        contact_email="api@quayside.example",
        scopes=[Scope.CHANGES_READ, Scope.CONTACTS_READ],
    )
    ConnectedService.objects.create(
        partner=partner,
        is_on=True,
        about="Keeps your customers and your offers in one list.",
        purpose="To write your name and your address under the offers that it makes up for you.",
        fields=[PersonField.NAME, PersonField.EMAIL],
        privacy_url="https://quayside.example/privacy",
        return_url="https://quayside.example/connected",
    )
    return partner
