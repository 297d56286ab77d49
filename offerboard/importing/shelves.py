"""Finding the category a file means: by its slug, by its name, or by the company's own list."""

from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from directory.models import Category
from offerboard.importing import text
from offerboard.importing.shape import FileRefused, Position

MOST_PAIRS = 10_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category that leads can stand in, with its path from the top."""

    id: int
    path: list[int]
    slug: str


class Shelves:
    """All of them. `pairs` are a company's own names, each with our slug."""

    def __init__(self, pairs: dict[str, str]) -> None:
        leaves = list(Category.objects.leaves().order_by("parent__position", "position", "id"))
        self._by_slug = {leaf.slug: Shelf(leaf.pk, [leaf.parent_id or 0, leaf.pk], leaf.slug) for leaf in leaves}
        self._by_name: dict[str, Shelf] = {}
        for leaf in leaves:  # of two with one name the first in the tree
            self._by_name.setdefault(_plain(leaf.name), self._by_slug[leaf.slug])
        self._by_pair = {_plain(name): self._by_slug[slug] for name, slug in pairs.items() if slug in self._by_slug}

    def find(self, name: str) -> Shelf | None:
        """The shelf meant, or None."""
        key = _plain(name)
        return self._by_pair.get(key) or self._by_slug.get(name) or self._by_slug.get(key) or self._by_name.get(key)


def read_pairs(file: BinaryIO) -> dict[str, str]:
    """A CSV file of two columns, a company's name for a category and ours, with or without a header line.

    Raises FileRefused, also for a category that does not exist.
    """
    known = set(Category.objects.leaves().values_list("slug", flat=True))
    pairs: dict[str, str] = {}
    encoding = text.encoding_of(file)
    start = Position(offset=len(text.BOM) if encoding == "utf-8-sig" else 0)
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    delimiter = text.delimiter_of(file, codec, start)
    for record in text.records(text.Lines(file, codec, start), delimiter):
        name, slug = ([cell.strip() for cell in record.cells] + ["", ""])[:2]
        if slug in known:
            pairs[name] = slug
        elif record.line > 1 and (name or slug):
            words = {"line": record.line, "slug": slug[:60]}
            raise FileRefused(_("Line %(line)d of the category list: there is no category “%(slug)s”.") % words)
        if len(pairs) > MOST_PAIRS:
            raise FileRefused(_("The category list is too long."))
    if not pairs:
        raise FileRefused(_("The category list names no category of ours."))
    return pairs


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
