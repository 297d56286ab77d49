"""What would arrive as raw signs: pictures, and links that lead nowhere."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from mailings.writing.markup import leads_somewhere

# As CommonMark writes them: ![words](address "title"). Signs behind a backslash are meant to be read.
MARKED = re.compile(r"(?<!\\)(!?)\[((?:[^\[\]\\\n]|\\.|\n(?!\s*\n))*)\]\(([^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")
TITLE = re.compile(r"\s+(?:\"[^\"]*\"|'[^']*')\s*$")


class Mistake(NamedTuple):
    """What is wrong, where, and what to do about it."""

    line: int
    words: str


def mistakes_in(words: str) -> list[Mistake]:
    """In the order of the text; none where all of it becomes what its writer means."""
    return list(_found(words))


def _found(words: str) -> Iterator[Mistake]:
    for one in MARKED.finditer(words):
        line = words.count("\n", 0, one.start()) + 1
        picture, label, inside = one.groups()
        address = TITLE.sub("", inside).strip().removeprefix("<").removesuffix(">")
        about = {"line": line, "found": one.group(), "words": label, "address": address}
        if picture:
            yield Mistake(line, _picture(about))
        elif " " in address or not leads_somewhere(address):
            yield Mistake(line, _nowhere(about))


def _picture(about: dict[str, object]) -> str:
    said = _(
        "Line %(line)s: “%(found)s” is a picture, and mails hold none. "
        "Write a link to it, [%(words)s](%(address)s), or take it out."
    )
    return said % about


def _nowhere(about: dict[str, object]) -> str:
    said = _(
        "Line %(line)s: the link “%(found)s” leads nowhere. Its address begins with https:// or mailto:, "
        "or with / where it is one of our own pages, and has no blank."
    )
    return said % about
