"""Categories as lists are filtered by them."""

from typing import Any

from rest_framework import serializers

from directory.models import Category
from partners.choosing import Slugs


class CategoryIds(Slugs):
    """Categories that exist."""

    def __init__(self) -> None:
        super().__init__(about="The id of a category; one with others inside stands for all of them.", example="coffee")

    def to_internal_value(self, data: Any) -> Any:
        """One query."""
        slugs = super().to_internal_value(data)
        known = Category.objects.filter(slug__in=slugs).values_list("slug", flat=True)
        if unknown := sorted(set(slugs).difference(known)):
            raise serializers.ValidationError(f"{', '.join(unknown)} is not known. /api/v1/categories/ lists them.")
        return slugs
