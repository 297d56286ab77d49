"""Programs that tests start beside themselves."""

import os
from urllib.parse import quote

from django.db import connection


def environment_of_test(**more: str) -> dict[str, str]:
    """What a process needs to work in this very test's database."""
    given = connection.get_connection_params()
    host, port, user, password = (
        quote(str(given.get(part) or ""), safe="") for part in ("host", "port", "user", "password")
    )
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{user}:{password}@/{given['dbname']}?host={host}&port={port or 5432}",
        "DJANGO_SETTINGS_MODULE": "marketplace.settings",
        **more,
    }
