"""Signatures and secrets as Standard Webhooks has them (https://www.standardwebhooks.com)."""

import base64
import secrets
from datetime import datetime

from standardwebhooks import Webhook as Signer

from partners.models import Webhook
from privacy.sealing import seal, unseal

BYTES = 32  # of a secret: 24 to 64 are allowed


def new_secret() -> str:
    """A secret as its holder sees it once."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(BYTES)).decode()}"


def sealed_secret(webhook: Webhook, secret: str) -> str:
    """The secret as its column holds it; the current one becomes the previous one as it is."""
    return seal(secret, place=webhook.sealed_at("secret"))


def signed_headers(webhook: Webhook, *, message_id: str, body: str, now: datetime) -> dict[str, str]:
    """The three headers; while a secret is being changed, signatures by both. Raises CannotUnseal.

    `now` is the moment of the attempt: receivers refuse what is minutes old.
    """
    sealed = [webhook.secret]
    if webhook.previous_until is not None and webhook.previous_until > now:
        sealed.append(webhook.previous_secret)
    place = webhook.sealed_at("secret")
    signers = [Signer(unseal(one, place=place)) for one in sealed]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signer.sign(message_id, now, body) for signer in signers),
    }
