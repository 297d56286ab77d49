"""GET /api/v1/categories/ and /api/v1/categories/<id>/."""

from directory.pulled import CATEGORIES
from partners.api.things import Thing, Things


class Categories(Things):
    """The whole tree; its parts name what they lie in."""

    source, scope = CATEGORIES, CATEGORIES.scope


class OneCategory(Thing):
    """A category."""

    source, scope = CATEGORIES, CATEGORIES.scope
