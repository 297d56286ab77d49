"""Whatever a tsquery finds holds one of the words that are its cover."""

import pytest

from offerboard.covers import cover, lexemes

SHARES = {"coffee": 0.2, "green": 0.1, "tea": 0.05}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", None),
        ("'coffee'", {"coffee"}),
        ("'coffee' & 'green'", {"green"}),
        ("'coffee' & 'robusta'", {"robusta"}),
        ("'coffee' | 'green'", {"coffee", "green"}),
        ("'coffee' & ( 'green' | 'tea' )", {"green", "tea"}),  # together rarer than coffee
        ("'green' <-> 'coffee'", {"green"}),
        ("'green' <2> 'coffee' | 'tea'", {"green", "tea"}),
        ("!'coffee'", None),
        ("'coffee' & !'green'", {"coffee"}),
        ("'coffee' | !'green'", None),
        ("!( 'green' <-> 'tea' ) & 'coffee'", {"coffee"}),
        ("( 'coffee' | !'green' ) & 'tea'", {"tea"}),
        ("'it''s' & 'coffee'", {"it's"}),
        ("'a\\\\b'", {"a\\b"}),
        ("'x & y' | '!'", {"x & y", "!"}),
    ],
)
def test_the_rarest_words_that_must_be_there(query: str, words: set[str] | None) -> None:
    assert cover(query, SHARES) == words


def test_all_words_of_a_query() -> None:
    assert lexemes("'it''s' & !( 'tea' <-> 'green' )") == ["it's", "tea", "green"]
