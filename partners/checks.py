"""What `manage.py check` finds out about webhooks before anything is sent."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from partners.delivery.trusted import BadEntry, read_entry


def trusted_entries_can_be_read(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Find entries of WEBHOOK_NETWORKS that say nothing."""
    found: list[CheckMessage] = []
    for text in settings.WEBHOOK_NETWORKS:
        try:
            read_entry(text)
        except BadEntry:
            told = f"WEBHOOK_NETWORKS: “{text}” is neither a network nor a name, with or without a port."
            found.append(Error(told, hint="docs/operation.md, “Webhooks”.", id="partners.E001"))
    return found
