"""Which words the market holds how often, from the planner's own sample of the leads."""

from dataclasses import dataclass
from random import Random

from django.db import connection

from marketplace.seed.scale.words import models, tail_words

_SAMPLE = """
    SELECT word, share FROM pg_stats,
    unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (word, share)
    WHERE schemaname = current_schema() AND tablename = 'offerboard_boardentry' AND attname = 'search'
    AND word IS NOT NULL
"""
COMMON, MEDIUM = 0.02, (0.0002, 0.005)  # shares of the leads that hold the word
SHORTEST = 3  # letters


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by how many leads hold them, each list in an order of its own that is the same every time."""

    common: list[str]
    medium: list[str]
    rare: list[str]
    absent: list[str]


def read_vocabulary(rng: Random) -> Vocabulary:
    """The words of this market; needs a table that was analysed."""
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE)
        shares = {word: share for word, share in sorted(cursor.fetchall()) if word.isalpha() and len(word) >= SHORTEST}
    tail = tail_words().items
    rare = [*rng.sample(tail[len(tail) * 4 // 5 :], 60), *rng.sample(models().items[len(models().items) // 2 :], 60)]
    lists = (
        [word for word, share in shares.items() if share >= COMMON],
        [word for word, share in shares.items() if MEDIUM[0] <= share <= MEDIUM[1]],
        rare,
        [f"{word}{word[::-1]}" for word in tail[:60]],
    )
    for words in lists:
        rng.shuffle(words)
    return Vocabulary(*lists)
