"""What else to ask: words that look alike, some of the words instead of all, a country's name as the filter it is."""

import re
from collections.abc import Iterable
from dataclasses import replace

from django.db import connection

from offerboard.country_words import is_of_a_name, named_countries
from offerboard.search import Filters, Sort

# What people type around the goods they look for; leads seldom say it.
AROUND = {
    *("a", "an", "and", "any", "for", "from", "in", "of", "on", "or", "our", "some", "the", "to", "we", "with"),
    *("buy", "buyer", "buyers", "find", "looking", "need", "purchase", "want", "wanted"),
    *("import", "importer", "importers"),
    *("export", "exporter", "exporters", "manufacturer", "manufacturers", "offer", "sale", "sell", "seller", "sellers"),
    *("supplier", "suppliers", "supply", "trader", "traders", "wholesale", "wholesaler", "wholesalers"),
    *("best", "cheap", "good", "order", "price", "prices", "quality"),
    *("dear", "hello", "please", "sir", "thank", "thanks", "urgent", "urgently"),
}
# Words that are right as they are, though no title may have them.
ORDINARY = AROUND | {
    *("about", "after", "again", "all", "also", "are", "available", "back", "been", "before", "below", "both", "can"),
    *("come", "does", "done", "each", "from", "full", "get", "give", "goods", "great", "half", "have", "help", "here"),
    *("high", "how", "into", "just", "kind", "large", "last", "less", "like", "little", "long", "low", "made", "make"),
    *("many", "month", "more", "most", "much", "must", "near", "new", "next", "not", "now", "only", "other", "over"),
    *("per", "quick", "quickly", "quote", "same", "send", "shop", "short", "should", "since", "small", "soon", "such"),
    *("than", "that", "their", "them", "then", "there", "these", "they", "this", "those", "today", "under", "used"),
    *("very", "want", "week", "well", "were", "what", "when", "where", "which", "while", "who", "will", "without"),
    *("work", "would", "year", "your"),
}
OUTER_OR = re.compile(r"^(?:or\b\s*)+|(?:\s*\bor)+$", re.IGNORECASE)  # with nothing on one side
WORD = re.compile(r"[^\W\d_]{3,40}")
MOST = 8  # words looked up; who types more has not mistyped one
SHORTEST = 4  # letters; shorter words look like too many others
LIKENESS = 0.4  # share of three-letter pieces that two words have in common
LONG = 8  # letters; in so long a word two slips are one mistake
LOOKS_ALIKE = """
SELECT typed, plain, EXISTS (SELECT FROM offerboard_word WHERE text = plain), ARRAY(
    SELECT text FROM offerboard_word
    WHERE text %% plain AND similarity(text, plain) >= %s
    ORDER BY similarity(text, plain) DESC, leads DESC, text LIMIT 5
)
FROM (SELECT typed, unaccent(lower(typed)) AS plain FROM unnest(%s::text[]) AS typed) AS words
"""


def corrected(words: str) -> str:
    """The words with each unknown one replaced by one that leads use; "" where there is nothing better. One query.

    Nothing is better while a word stays that no lead uses. Ordinary words and countries' names are never replaced.
    """
    typed = [word for word in WORD.findall(words) if word.lower() not in ORDINARY and not is_of_a_name(word)]
    if not typed or len(typed) > MOST:
        return ""
    better = {}
    with connection.cursor() as cursor:
        cursor.execute(LOOKS_ALIKE, [LIKENESS, typed])
        unknown = [(word, plain, alike) for word, plain, is_known, alike in cursor.fetchall() if not is_known]
    for word, plain, alike in unknown:
        better[word] = _nearest(plain, alike)
        if not better[word]:
            return ""
    return WORD.sub(lambda word: better.get(word[0], word[0]), words) if better else ""


def _nearest(word: str, others: Iterable[str]) -> str:
    """The one that takes fewest slips to type instead; "" where none is near."""
    allowed = 0 if len(word) < SHORTEST else 1 if len(word) < LONG else 2
    near = {other: slips for other in others if (slips := _slips(word, other)) <= allowed}
    return min(near, key=lambda other: near[other], default="")


def _slips(one: str, other: str) -> int:
    """How many letters are missing, too many or wrong."""
    last = list(range(len(other) + 1))
    for place, letter in enumerate(one, start=1):
        row = [place]
        for at, their in enumerate(other, start=1):
            row.append(min(last[at] + 1, row[-1] + 1, last[at - 1] + (letter != their)))
        last = row
    return last[-1]


EXCLUDING = re.compile(r"(^|\s)-")  # who says what to leave out is not offered just that


def loosened(filters: Filters) -> Filters | None:
    """The same search for any of the words instead of all, best match first; None where that would be the same."""
    words = re.findall(r"\w+", filters.words)
    goods = [word for word in words if word.lower() not in AROUND]
    if len(words) < 2 or not goods or EXCLUDING.search(filters.words):
        return None
    return replace(filters, words=" or ".join(goods), sort=Sort.RELEVANCE)


def in_country(filters: Filters) -> Filters | None:
    """The same search with the countries that its words name as a filter; None where they name none of those chosen."""
    named = named_countries(filters.words)
    codes = tuple(code for code in named.codes if not filters.countries or code in filters.countries)
    if not codes:
        return None
    goods = " ".join(word for word in named.rest if word.lower() == "or" or word.lower() not in AROUND)
    return replace(filters, words=OUTER_OR.sub("", goods.strip(" ,;")), countries=codes)
