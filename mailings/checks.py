"""What `manage.py check` finds out about mail before anything is sent."""

from typing import Any

from django.core.checks import CheckMessage, Error

from mailings.writing.dkim import UnusableKey, load_key


def dkim_key_is_one(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Find a DKIM_KEY that nothing can be signed with; none at all is no error."""
    try:
        load_key()
    except UnusableKey as error:
        return [
            Error(f"DKIM_KEY is {error}", hint="docs/operation.md, “So that mail is believed”.", id="mailings.E001")
        ]
    return []
