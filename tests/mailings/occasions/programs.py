"""Programs of partners and members."""

from datetime import timedelta

from django.utils import timezone

from partners.delivery.pausing import pause_and_tell
from partners.models import Webhook
from partners.services.contract_ends import follow_contracts, tell_ended
from tests.factories import PartnerFactory, WebhookFactory
from tests.mailings.occasions.cast import READER, Cast, occasion
from tests.partners.calling import partner_caller


@occasion
def webhook_paused(cast: Cast) -> None:
    """With what the machine answered last."""
    webhook = WebhookFactory(member=cast.reader())
    pause_and_tell(webhook, Webhook.PauseReason.FAILING, error=cast.words, now=timezone.now())


@occasion
def contract_ended(cast: Cast) -> None:
    """A partner that had something; the second mail says a sentence more than the first."""
    partner = PartnerFactory(contact_email=READER, language=cast.language, receiver__name=cast.company)
    partner_caller(partner=partner)
    partner.keys.update(last_used_at=timezone.now())
    partner.receiver.until = timezone.now().date() - timedelta(days=1)
    partner.receiver.save()
    follow_contracts(now=timezone.now())
    for day in (0, 15):
        tell_ended(now=timezone.now() + timedelta(days=day))
