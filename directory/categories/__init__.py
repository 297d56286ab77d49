"""The market's own category tree, in the words traders use, each leaf mapped to the HS 2022.

Slugs are addresses: a category may be renamed or moved, its slug stays. `TREE` is what a new installation starts
with; the table in the database is what the market shows.
"""

from directory.categories.consumer import CONSUMER
from directory.categories.industry import INDUSTRY
from directory.categories.materials import MATERIALS
from directory.categories.nature import NATURE
from directory.categories.shape import Leaf, Top

__all__ = ["LEAVES", "TREE", "Leaf", "Top"]

TREE: tuple[Top, ...] = (*NATURE, *MATERIALS, *INDUSTRY, *CONSUMER)
LEAVES: dict[str, Leaf] = {leaf.slug: leaf for top in TREE for leaf in top.leaves}
