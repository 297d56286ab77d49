"""The category tree as the board's filters need it: slugs and names, fetched at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from directory.models import Category


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


def category_tree() -> Tree:
    """The whole tree. One query."""
    tree = Tree()
    rows = list(Category.objects.values_list("slug", "name", "parent__slug"))
    for slug, name, parent in rows:
        tree.names[slug] = name
        tree.top_of[slug] = parent or slug
        if not parent:
            tree.leaves[slug] = []
    for slug, _name, parent in rows:
        if parent:
            tree.leaves[parent].append(slug)
    return tree
