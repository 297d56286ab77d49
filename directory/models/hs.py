"""The names of the Harmonized System, where the operator has loaded them."""

from collections.abc import Sequence
from functools import reduce
from operator import and_
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _


class HsNameQuerySet(models.QuerySet["HsName"]):
    """The questions asked about names; each chains onto the next."""

    def of_edition(self, edition: int) -> Self:
        """One edition of the nomenclature; codes change their meaning between two."""
        return self.filter(edition=edition)

    def under(self, digits: str) -> Self:
        """The code itself and all that begins with it."""
        return self.filter(code__startswith=digits)

    def holding(self, words: Sequence[str]) -> Self:
        """Names with all these words, at least one, the best first; accents do not matter. Letters and digits only.

        A word counts where it stands, where a longer one begins with it, and by its English stem.
        """
        each = [
            SearchQuery(f"{word}:*", config="market_words", search_type="raw")
            | SearchQuery(word, config="market_english")
            for word in words
        ]
        query = reduce(and_, each)
        rank = SearchRank("search", query, normalization=Value(1))  # a word weighs less in a long name
        return self.filter(search=query).annotate(rank=rank).order_by("-rank", "code")


class HsName(models.Model):
    """What one chapter (2 digits), heading (4) or subheading (6) of one edition is about, in the official words."""

    edition = models.PositiveSmallIntegerField(_("HS edition"))
    code = models.CharField(_("HS code"), max_length=6, help_text=_("2, 4 or 6 digits."))
    name = models.CharField(_("name"), max_length=1000)
    search = models.GeneratedField(
        expression=SearchVector("name", config="market_english") + SearchVector("name", config="market_words"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = HsNameQuerySet.as_manager()

    class Meta:
        verbose_name = _("HS name")
        verbose_name_plural = _("HS names")
        constraints = [
            models.UniqueConstraint(name="hs_name_once", fields=["edition", "code"]),  # a code's name on a lead's page
            models.CheckConstraint(name="hs_name_edition_known", condition=Q(edition__in=[2012, 2017, 2022, 2028])),
            models.CheckConstraint(name="hs_name_code_form", condition=Q(code__regex=r"^([0-9]{2}){1,3}$")),
            models.CheckConstraint(name="hs_name_has_name", condition=~Q(name="")),
        ]
        indexes = [
            models.Index(  # /hs/ by the beginning of a code
                name="hs_name_code", fields=["edition", "code"], opclasses=["int2_ops", "varchar_pattern_ops"]
            ),
            GinIndex(name="hs_name_search", fields=["search"]),  # /hs/ by words
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
