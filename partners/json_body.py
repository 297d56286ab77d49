"""JSON that programs send, read as it stands: its numbers exactly, and no deeper than anything that is asked for."""

import json
from collections import Counter
from decimal import Decimal
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from partners.excerpts import excerpt

DEEPEST = 20  # levels; the bodies that we describe have three
MOST_DIGITS = 100  # of a whole number; no column holds so many


class JsonBody(JSONParser):
    """UTF-8, as RFC 8259 has it. A number with a dot becomes a Decimal: a float would be another number."""

    def parse(self, stream: Any, *_told: Any) -> Any:  # the body alone says what it is
        """What it says. Raises ParseError."""
        try:
            body = json.loads(
                stream.read().decode(),
                object_pairs_hook=_each_once,
                parse_int=_whole,
                parse_float=Decimal,
                parse_constant=_no_number,
            )
            _check(body)
        except RecursionError as error:
            raise _too_deep() from error
        except ValueError as error:
            raise ParseError(f"It is no JSON: {error}") from error
        return body


def _check(body: Any) -> None:
    """Level by level, as whatever calls itself for each level would be broken by a body of thousands.

    Raises ParseError, and UnicodeEncodeError for half of a surrogate pair: it can neither be stored nor sent back.
    """
    level = [body]
    for _number in range(DEEPEST):
        for text in level:
            if isinstance(text, str):
                text.encode()
        level = [inner for outer in level for inner in _members(outer)]
        if not level:
            return
    raise _too_deep()


def _members(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object: of two members of one name readers take different ones (RFC 8259, 4)."""
    members = dict(pairs)
    if len(members) < len(pairs):
        counted = Counter(name for name, _value in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise ParseError(f"The member “{excerpt(twice)}” stands more than once in an object.")
    return members


def _whole(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        message = f"A number in it has more than {MOST_DIGITS} digits."
        raise ValueError(message)
    return int(digits)


def _no_number(word: str) -> Any:
    message = f"{word} is no number."
    raise ValueError(message)


def _too_deep() -> ParseError:
    return ParseError(f"Its lists and objects lie more than {DEEPEST} deep in each other.")
