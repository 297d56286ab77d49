"""Marks of promises: a sentence of a policy that ends with “[promise: id]” is proved by tests that carry its id."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

MARK = re.compile(r"\s*\[promise: ([a-z0-9-]+)\]")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“])")


class Promised(NamedTuple):
    """A sentence of promise, and the kind of the policy in which it stands."""

    promise: str
    kind: str
    sentence: str


def promised(texts: Mapping[str, str]) -> list[Promised]:
    """Every sentence of promise, as they stand in policies by kind; one promise may be given in several sentences."""
    return [
        Promised(promise, kind, SENTENCE_END.split(words.strip())[-1])
        for kind, text in texts.items()
        for block in text.replace("\r\n", "\n").split("\n\n")
        for words, promise in _marked(" ".join(block.split()))
    ]


def read_texts(folder: Path) -> dict[str, str]:
    """The texts of a folder by the names of their files, which are kinds of policies."""
    return {path.stem: path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("*.txt"))}


def _marked(text: str) -> Iterator[tuple[str, str]]:
    pieces = MARK.split(text)  # words, id, words, id, …, words
    return zip(pieces[:-1:2], pieces[1::2], strict=True)
