"""What else to ask when words find nothing: words that look alike, or some of the words instead of all."""

import re
from dataclasses import replace

from django.db import connection

from offerboard.search import Filters, Sort

# What people type around the goods they look for; leads seldom say it.
AROUND = {
    *("a", "an", "and", "any", "for", "from", "in", "of", "on", "or", "our", "some", "the", "to", "we", "with"),
    *("buy", "buyer", "buyers", "find", "looking", "need", "purchase", "want", "wanted"),
    *("import", "importer", "importers"),
    *("export", "exporter", "exporters", "manufacturer", "manufacturers", "offer", "sale", "sell", "seller", "sellers"),
    *("supplier", "suppliers", "supply", "trader", "traders", "wholesale", "wholesaler", "wholesalers"),
    *("best", "cheap", "order", "price", "prices"),
}
WORD = re.compile(r"[^\W\d_]{3,40}")
MOST = 8  # words looked up; who types more has not mistyped one
LOOKS_ALIKE = """
SELECT typed, (
    SELECT text FROM offerboard_word
    WHERE text %% unaccent(lower(typed))
    ORDER BY similarity(text, unaccent(lower(typed))) DESC, leads DESC, text LIMIT 1
)
FROM unnest(%s::text[]) AS typed
WHERE NOT EXISTS (SELECT FROM offerboard_word WHERE text = unaccent(lower(typed)))
"""


def corrected(words: str) -> str:
    """The words with each unknown one replaced by one that leads use; "" where there is nothing better. One query."""
    typed = WORD.findall(words)[:MOST]
    with connection.cursor() as cursor:
        cursor.execute(LOOKS_ALIKE, [typed])
        better = {word: instead for word, instead in cursor.fetchall() if instead}
    return WORD.sub(lambda word: better.get(word[0], word[0]), words) if better else ""


def loosened(filters: Filters) -> Filters | None:
    """The same search for any of the words instead of all, best match first; None where that would be the same."""
    words = re.findall(r"\w+", filters.words)
    goods = [word for word in words if word.lower() not in AROUND]
    if len(words) < 2 or not goods:
        return None
    return replace(filters, words=" or ".join(goods), sort=Sort.RELEVANCE)
