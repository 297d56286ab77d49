"""How staff write to many: a small part of CommonMark, by which nothing can be loaded from anywhere."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from mailings.writing.addresses import bare_addresses

ALLOWED = ["heading", "list", "link", "emphasis", "escape", "newline"]
EXPLAINED = (  # to those who write: an example of each, and what becomes of it
    ("**words**", _("bold")),
    ("*words*", _("italic")),
    ("## words", _("a heading; ### makes a smaller one")),
    ("- words", _("a point of a list; with two blanks before it, a point below the last one")),
    ("1. words", _("a point with a number")),
    ("[words](https://example.com/)", _("a link; for our own pages /leads/ is enough")),
    ("https://example.com/", _("a link, too")),
    ("words\\", _("a new line, at the end of a line")),
    ("\\*", _("the sign itself")),
)
BY_ITSELF = "by itself"  # a link of which the address is what is read


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
    """The addresses that it links to, marked as links or not."""
    return [str(child.attrs["href"]) for token in _reader().parse(words) for child in _links(token.children)]


def leads_somewhere(url: str) -> bool:
    """Whether a link to it becomes one: an address of the web or of a mailbox, or the path of a page of this market."""
    try:
        found = urlsplit(_whole(url))
    except ValueError:  # half an IPv6 address, for instance
        return False
    return found.scheme == "mailto" or (found.scheme in {"http", "https"} and bool(found.hostname))


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("zero").enable(ALLOWED)
    reader.normalizeLink = _whole  # type: ignore[method-assign]
    reader.validateLink = leads_somewhere  # type: ignore[method-assign]  # its own way to be told
    reader.core.ruler.push("addresses", _link_addresses)
    return reader


def _whole(url: str) -> str:
    """A page of this market may be named by its path alone."""
    return f"{settings.SITE_URL}{url}" if url.startswith("/") and not url.startswith("//") else url


def _link_addresses(state: StateCore) -> None:
    """An address that stands in the text as it is becomes a link, where a marked one to it might be one."""
    for block in state.tokens:
        if block.type == "inline":
            block.children = list(_with_links(block.children or []))


def _with_links(tokens: Iterable[Token]) -> Iterator[Token]:
    within = 0  # a link, which can hold no other
    for token in tokens:
        within += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "text" and not within:
            yield from _parted(token.content)
        else:
            yield token


def _parted(text: str) -> Iterator[Token]:
    done = 0
    for start, address in bare_addresses(text):
        is_of_the_web = address.lower().startswith(("http://", "https://")) and leads_somewhere(address)
        if is_of_the_web and not text[:start].endswith("="):  # pasted HTML stays words
            yield Token("text", "", 0, content=text[done:start])
            yield Token("link_open", "a", 1, attrs={"href": address}, info=BY_ITSELF)
            yield Token("text", "", 0, content=address)
            yield Token("link_close", "a", -1)
            done = start + len(address)
    yield Token("text", "", 0, content=text[done:])


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
            below = (str(link.attrs["href"]) for link in _links(children) if link.info != BY_ITSELF)
            lines = ["".join(_inline(children)), *below]
            yield "\n".join(lines) + ("\n" if marks else "\n\n")


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "text":
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield "\n" if token.type == "hardbreak" else " "


def _links(tokens: Iterable[Token] | None) -> Iterator[Token]:
    return (token for token in tokens or () if token.type == "link_open")
