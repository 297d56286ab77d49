"""The category tree as the board's filters need it: slugs and names, fetched at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from directory.models import Category
from directory.prepared import Prepared


@dataclass(frozen=True, slots=True)
class Tree:
    """Two levels, in the order pages list them."""

    names: dict[str, str] = field(default_factory=dict)  # by slug
    leaves: dict[str, list[str]] = field(default_factory=dict)  # of each top
    top_of: dict[str, str] = field(default_factory=dict)  # by slug; a top's is itself

    def known(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """Those that are categories."""
        return tuple(slug for slug in slugs if slug in self.names)

    def narrowest(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """Without the branches in which a leaf was chosen too: choosing it narrows the branch."""
        chosen = tuple(slugs)
        narrowed = {self.top_of[slug] for slug in chosen if self.top_of[slug] != slug}
        return tuple(slug for slug in chosen if slug not in narrowed)


_ROWS = Prepared(lambda: Category.objects.values_list("slug", "name", "parent__slug"))


def category_tree() -> Tree:
    """The whole tree, as staff left it a moment ago. One query."""
    return _tree(tuple(_ROWS.rows({})))


@lru_cache(maxsize=4)
def _tree(rows: tuple[tuple[str, str, str | None], ...]) -> Tree:
    """Built once for the same rows: there are hundreds, and they hardly ever change."""
    tree = Tree()
    for slug, name, parent in rows:
        tree.names[slug] = name
        tree.top_of[slug] = parent or slug
        if not parent:
            tree.leaves[slug] = []
    for slug, _name, parent in rows:
        if parent:
            tree.leaves[parent].append(slug)
    return tree
