"""What the market holds, counted every few minutes, so that no page has to count it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Category
from offerboard.models.lead import Lead


class LeadCount(models.Model):
    """How many public leads of a kind stand in a category and come from a country, as of the last count.

    An empty kind or country and no category stand for all of them; a category counts what is inside it too. So each
    question has its own row, and rows of different questions must not be added up. Written by services.counting alone.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=Lead.Kind, blank=True)
    category = models.ForeignKey(
        Category,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("category"),
    )
    country = models.CharField(_("company’s country"), max_length=2, blank=True)
    leads = models.PositiveIntegerField(_("leads"))
    companies = models.PositiveIntegerField(_("companies"))  # that posted them

    class Meta:
        verbose_name = _("count of leads")
        verbose_name_plural = _("counts of leads")
        constraints = [
            models.UniqueConstraint(  # also answers for a category's or the whole market's rows
                name="lead_count_once", fields=["category", "kind", "country"], nulls_distinct=False
            ),
            models.CheckConstraint(name="lead_count_kind_known", condition=Q(kind__in=["", *Lead.Kind.values])),
            models.CheckConstraint(name="lead_count_positive", condition=Q(leads__gt=0, companies__gt=0)),
        ]
        indexes = [
            models.Index(name="lead_count_country", fields=["country"]),  # a country's page; "" gives the home page's
        ]

    def __str__(self) -> str:
        return f"{self.leads}"


class LeadRange(models.Model):
    """A range of leads that share a file of the sitemap, while any of them is public; as of the last count."""

    WIDTH = 20_000  # leads; the protocol allows 50,000 addresses a file

    number = models.PositiveIntegerField(_("number"), primary_key=True)  # ids from number × WIDTH on
    changed_at = models.DateTimeField(_("last change of a public lead in it"))

    class Meta:
        verbose_name = _("range of leads")
        verbose_name_plural = _("ranges of leads")

    def __str__(self) -> str:
        return f"{self.number}"
