"""The demo’s partner, with a key that may read all that can be allowed, and a page: so both can be tried at once."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from marketplace.seed.credentials import keep_key, read_key
from partners.keys import digest_of
from partners.models import ApiKey, Partner, PartnerPage
from partners.scopes import OF_PARTNERS, Scope
from partners.services.keys import issue_partner_key
from privacy.datamap import ReceiverKind
from privacy.models import Receiver

KEY_FILE = "partner_key"  # in the directory of the local state
SLUG, NAME = "sandbox", "Harbour Trade Board (sandbox)"
PAGE_TITLE, PAGE_CATEGORY = "Food and drink for importers", "food-and-beverages"


@transaction.atomic
def open_sandbox(path: Path, *, now: datetime) -> None:
    """Make the partner and its key, unless the file names a key that works. Only a digest is in the database."""
    partner = Partner.objects.filter(slug=SLUG).first() or _make_partner(now=now)
    keep_working_key(partner, path, now=now)


def keep_working_key(partner: Partner, path: Path, *, now: datetime) -> None:
    """Issue one that may do all that the contract allows, unless the file names one that works."""
    kept = read_key(path)
    if kept and ApiKey.objects.valid(at=now).filter(partner=partner, digest=digest_of(kept)).exists():
        return
    issued = issue_partner_key(
        partner=partner, name="Demo", scopes=map(Scope, partner.scopes), expires_at=None, now=now
    )
    keep_key(path, issued.secret)


def _make_partner(*, now: datetime) -> Partner:
    receiver, _is_new = Receiver.objects.get_or_create(
        kind=ReceiverKind.PARTNER,
        name=NAME,
        defaults={
            "country": "NL",
            "transfer": Receiver.Transfer.NONE,
            "task": "Shows leads on its own site",
            "since": now.date(),
        },
    )
    partner = Partner.objects.create(
        receiver=receiver,
        slug=SLUG,
        website="https://harbour.example/",
        contact_email="api@harbour.example",
        scopes=sorted(OF_PARTNERS),
    )
    PartnerPage.objects.create(partner=partner, is_on=True, title=PAGE_TITLE, categories=[PAGE_CATEGORY])
    return partner
