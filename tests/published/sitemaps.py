"""The rules of sitemaps.org: those of its schema (formats/sitemap.xsd), and those that no schema can say."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

SCHEMA = Path(__file__).parent / "formats" / "sitemap.xsd"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
MOST, LARGEST = 50_000, 50 * 1024 * 1024  # addresses, bytes


def broken_rules(content: bytes, *, host: str) -> list[str]:
    """What is wrong with a file of our host; nothing of a right one."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    schema = _schema()
    if not schema.validate(root):
        return [str(error.message) for error in schema.error_log]
    return list(_beyond([found.text for found in root.iter(f"{SITEMAP}loc")], size=len(content), host=host))


def _beyond(found: list[str], *, size: int, host: str) -> Iterator[str]:
    """The limits of a file, and that each address is one of ours and stands there once."""
    if len(found) > MOST:
        yield f"{len(found)} addresses"
    if size > LARGEST:
        yield f"{size} bytes"
    yield from (f"{one} is not of {host}" for one in found if not one.startswith(f"{host}/"))
    yield from (f"{one} stands there {number} times" for one, number in Counter(found).items() if number > 1)


@cache
def _schema() -> Any:
    return etree.XMLSchema(etree.parse(SCHEMA))
