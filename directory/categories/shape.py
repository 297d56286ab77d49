"""What a category is made of before it is a row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, slots=True)
class Leaf:
    """A category that leads are posted in.

    `hs` names the HS 2022 chapters (2 digits) and headings (4 digits) whose goods belong here, the most usual
    first; empty for services, which the system does not classify.
    """

    slug: str
    name: "_StrOrPromise"
    hs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Top:
    """An industry: the first step of the tree, and what a company says it works in."""

    slug: str
    name: "_StrOrPromise"
    leaves: tuple[Leaf, ...]
