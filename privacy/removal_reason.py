"""Why something leaves the market's public pages: the rooms above tell those who have copied it."""

from uuid import UUID

from django.db import connection


def removing_for(request: UUID) -> None:
    """From here to the end of the caller's transaction, what goes goes because of this request of a person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('market.removal', %s, true)", [str(request)])
