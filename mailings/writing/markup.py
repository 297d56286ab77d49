"""How staff write to many: a small part of CommonMark, by which nothing can be loaded from anywhere."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

ALLOWED = ["heading", "list", "link", "emphasis", "escape", "newline"]


def as_html(words: str) -> str:
    """HTML with no more than headings from h2 on, p, ul, ol, li, a, strong and em in it."""
    tokens = _reader().parse(words)
    for token in tokens:
        if token.tag == "h1":  # the subject is that of the mail, and of its page in the archive
            token.tag = "h2"
    return str(_reader().renderer.render(tokens, _reader().options, {})).strip()


def as_text(words: str) -> str:
    """The same for programs that show text: the addresses of links stand in lines of their own below the paragraph."""
    return "".join(_written(_reader().parse(words))).strip()


def links_in(words: str) -> list[str]:
    """The addresses that it links to."""
    return list(_addresses(child for token in _reader().parse(words) for child in token.children or []))


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable(ALLOWED)
    reader.normalizeLink = _whole  # type: ignore[method-assign]
    reader.validateLink = _leads_somewhere  # type: ignore[method-assign]  # its own way to be told
    return reader


def _whole(url: str) -> str:
    """A page of this market may be named by its path alone."""
    return f"{settings.SITE_URL}{url}" if url.startswith("/") and not url.startswith("//") else url


def _leads_somewhere(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https", "mailto"}


def _written(tokens: Sequence[Token]) -> Iterator[str]:
    """Block by block; `marks` are the signs before the points of the lists that are open, numbers or None for dots."""
    marks: list[int | None] = []
    for token in tokens:
        if token.type == "bullet_list_open":
            marks.append(None)
        elif token.type == "ordered_list_open":
            marks.append(int(token.attrs.get("start", 1)))
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            marks.pop()
            if not marks:
                yield "\n"
        elif token.type == "list_item_open":
            number = marks[-1]
            yield "  " * (len(marks) - 1) + ("- " if number is None else f"{number}. ")
            marks[-1] = None if number is None else number + 1
        elif token.type == "inline":
            children = token.children or []
            lines = ["".join(_inline(children)), *_addresses(children)]
            yield "\n".join(lines) + ("\n" if marks else "\n\n")


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "text":
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield "\n" if token.type == "hardbreak" else " "


def _addresses(tokens: Iterable[Token]) -> Iterator[str]:
    return (str(token.attrs["href"]) for token in tokens if token.type == "link_open")
