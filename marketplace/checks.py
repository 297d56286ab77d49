"""What must be filled in before the site serves the public."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from privacy import sealing

NAMES = {
    "name": "OPERATOR_NAME",
    "address": "OPERATOR_ADDRESS",
    "phone": "OPERATOR_PHONE",
    "hours": "OPERATOR_HOURS",
    "email": "OPERATOR_EMAIL",
    "privacy_email": "OPERATOR_PRIVACY_EMAIL",
}


def operator_is_named(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """People must know whom they deal with (Directive 2000/31/EC art. 5, GDPR art. 13(1)(a))."""
    return [
        Error(
            f"The environment variable {NAMES[key]} is empty.",
            hint="The contact page shows it.",
            id=f"marketplace.E{n:03}",
        )
        for n, (key, value) in enumerate(settings.OPERATOR.items(), start=1)
        if not value.strip()
    ]


def digests_have_a_key(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without a key, anybody could try out which addresses have left."""
    pairs = [pair.partition(":") for pair in settings.SUPPRESSION_KEYS]
    if pairs and all(key_id and len(secret) >= 16 for key_id, _colon, secret in pairs):
        return []
    hint = "Give SUPPRESSION_KEYS as “1:a long random text”; a newer pair goes in front, and none is taken away."
    return [Error("There is no key for the digests of those who left.", hint=hint, id="marketplace.E008")]


def secrets_can_be_sealed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without a key, no webhook could have a secret."""
    try:
        if sealing.keys():
            return []
    except ValueError:
        pass
    hint = "Give SEALING_KEYS as “1:” and 32 random bytes in base64url; a newer pair goes in front."
    return [Error("There is no key for secrets in the database.", hint=hint, id="marketplace.E009")]


def site_has_an_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Links in mails start with SITE_URL."""
    if settings.SITE_URL.startswith("https://") and not settings.SITE_URL.endswith(".invalid"):
        return []
    return [Error("SITE_URL must be the site's https address.", hint="Mails link to it.", id="marketplace.E007")]
