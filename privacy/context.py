"""What every page knows of its reader's choice of cookies."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from privacy.cookies import reader_of


def reader(request: HttpRequest) -> dict[str, Any]:
    """The theme, and whether the page still has to ask (found when it is needed)."""
    return {"reader": SimpleLazyObject(lambda: reader_of(request))}
