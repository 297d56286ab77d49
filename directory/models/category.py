"""The market's own tree of categories."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class CategoryQuerySet(models.QuerySet["Category"]):
    """The questions asked about categories; each chains onto the next."""

    def tops(self) -> Self:
        """The first level, as pages list it."""
        return self.filter(parent=None)

    def leaves(self) -> Self:
        """What a lead can be filed under."""
        return self.exclude(parent=None)


class Category(models.Model):
    """A shelf of the market in traders' words; two levels, mapped to the Harmonized System."""

    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("inside")
    )
    slug = models.SlugField(_("short name in addresses"), unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    hs_codes = ArrayField(
        models.CharField(max_length=4),
        verbose_name=_("HS chapters or headings"),
        default=list,
        blank=True,
        help_text=_("Two or four digits each, parted by commas."),
    )
    hs_edition = models.PositiveSmallIntegerField(_("HS edition"), default=2022)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(name="category_not_its_own_parent", condition=~Q(parent=models.F("id"))),
            models.CheckConstraint(
                name="category_hs_edition_known", condition=Q(hs_edition__in=[2012, 2017, 2022, 2028])
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page in the directory."""
        return reverse("directory:category", args=[self.slug])

    @property
    def path(self) -> list[int]:
        """Its id, after that of the category it lies in."""
        return [self.parent_id, self.pk] if self.parent_id else [self.pk]
