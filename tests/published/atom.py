"""The rules of RFC 4287: those of its grammar (formats/atom.rng), and those that no grammar can say."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

GRAMMAR = Path(__file__).parent / "formats" / "atom.rng"
ATOM = "{http://www.w3.org/2005/Atom}"
Element = Any  # lxml has no types


def broken_rules(content: bytes, *, asked: str) -> list[str]:
    """What is wrong with a feed that was read at the address `asked`, in sentences; nothing of a right one."""
    feed = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    grammar = _grammar()
    if not grammar.validate(feed):
        return [str(error.message) for error in grammar.error_log]
    return [*_of_feed(feed, asked), *(wrong for entry in feed.iter(f"{ATOM}entry") for wrong in _of_entry(entry))]


def _of_feed(feed: Element, asked: str) -> Iterator[str]:
    """4.1.1: one self link; 4.1.2: no two entries with one id and one time."""
    entries = feed.findall(f"{ATOM}entry")
    if _links(feed, "self") != [asked]:
        yield f"self is {_links(feed, 'self')}, read at {asked}"
    if not feed.findall(f"{ATOM}author") and not all(entry.findall(f"{ATOM}author") for entry in entries):
        yield "an entry has no author, and the feed has none to inherit"
    if not entries and not feed.findall(f"{ATOM}author"):
        yield "nobody is the author of an empty feed"
    ids = Counter([feed.findtext(f"{ATOM}id"), *(entry.findtext(f"{ATOM}id") for entry in entries)])
    yield from (f"{name} is the id of {number}" for name, number in ids.items() if number > 1)
    updated = [datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or "") for entry in entries]
    if updated and datetime.fromisoformat(feed.findtext(f"{ATOM}updated") or "") < max(updated):
        yield "the feed is older than one of its entries"
    yield from _of_links(feed)


def _of_entry(entry: Element) -> Iterator[str]:
    """4.1.2: without content it needs an alternate link; what was published before it was updated."""
    name = entry.findtext(f"{ATOM}id")
    if entry.find(f"{ATOM}content") is None and not _links(entry, "alternate"):
        yield f"{name} has neither content nor a link to it"
    published = entry.findtext(f"{ATOM}published")
    if published and datetime.fromisoformat(published) > datetime.fromisoformat(entry.findtext(f"{ATOM}updated") or ""):
        yield f"{name} was updated before it was published"
    yield from _of_links(entry)


def _of_links(element: Element) -> Iterator[str]:
    """4.2.7, and ours: without xml:base every address is a whole one. One alternate of a type and language."""
    links = element.findall(f"{ATOM}link")
    uris = element.findall(f"{ATOM}author/{ATOM}uri")
    for address in [*(link.get("href", "") for link in links), *(uri.text or "" for uri in uris)]:
        if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).netloc:
            yield f"{address} is no whole address"
    alternates = Counter(
        (link.get("type"), link.get("hreflang")) for link in links if link.get("rel", "alternate") == "alternate"
    )
    yield from (f"{number} alternate links are {kind}" for kind, number in alternates.items() if number > 1)


def _links(element: Element, rel: str) -> list[str]:
    return [one.get("href", "") for one in element.findall(f"{ATOM}link") if one.get("rel", "alternate") == rel]


@cache
def _grammar() -> Any:
    return etree.RelaxNG(etree.parse(GRAMMAR))
