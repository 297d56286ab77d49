"""Programs of partners and members."""

from django.utils import timezone

from partners.delivery.pausing import pause_and_tell
from partners.models import Webhook
from tests.factories import WebhookFactory
from tests.mailings.occasions.cast import Cast, occasion


@occasion
def webhook_paused(cast: Cast) -> None:
    """With what the machine answered last."""
    webhook = WebhookFactory(member=cast.reader())
    pause_and_tell(webhook, Webhook.PauseReason.FAILING, error=cast.words, now=timezone.now())
