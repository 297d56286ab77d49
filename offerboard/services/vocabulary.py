"""The words of titles on the board, counted anew from time to time for “did you mean”."""

from datetime import datetime

from django.db import connection, transaction

from offerboard.models import BoardEntry

NEWEST = 100_000  # leads whose titles are read; what fewer do not use is hardly looked for
WORDS = """
WITH used AS (
    SELECT word, ndoc FROM ts_stat(%s) WHERE length(word) BETWEEN 3 AND 40 AND word ~ '^[[:alpha:]]+$'
), gone AS (
    DELETE FROM offerboard_word WHERE text NOT IN (SELECT word FROM used)
)
INSERT INTO offerboard_word (text, leads) SELECT word, ndoc FROM used
ON CONFLICT (text) DO UPDATE SET leads = excluded.leads WHERE offerboard_word.leads <> excluded.leads
"""


@transaction.atomic
def refresh_vocabulary(*, now: datetime) -> int:
    """Count the words of the newest leads on the board; answers how many entries changed or came."""
    newest = BoardEntry.objects.public(at=now).newest_first().values("lead__title")[:NEWEST]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # reads many titles, and no page waits for it
        titles, values = newest.query.sql_with_params()
        query = cursor.mogrify(f"SELECT to_tsvector('market_words', title) FROM ({titles}) AS newest (title)", values)  # noqa: S608  # SQL of ours
        cursor.execute(WORDS, [query.decode()])
        return int(cursor.rowcount)
