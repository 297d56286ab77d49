"""What the board and its search read of each lead."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Value
from django.db.models.functions import Repeat
from django.utils.translation import gettext_lazy as _

from directory.models import Category, Company
from offerboard.models.lead import Lead


class BoardEntryQuerySet(models.QuerySet["BoardEntry"]):
    """The questions asked about the board; each chains onto the next."""

    def public(self, *, at: datetime) -> Self:
        """The entries of leads that `LeadQuerySet.public` lets the world see at this moment."""
        return self.filter(posted_at__lte=at, expires_at__gt=at)

    def expired(self, *, at: datetime) -> Self:
        """Shown no more, and in the way of those that are."""
        return self.filter(expires_at__lte=at)

    def newest_first(self) -> Self:
        """The board's order, which the keyset of the next page relies on."""
        return self.order_by("-rank")


def _read_by_number(model: type[models.Model]) -> "models.ForeignKey[models.Model, models.Model]":
    """A reference the lead keeps true already; no index of its own."""
    return models.ForeignKey(model, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)


class BoardEntry(models.Model):
    """A published lead that nobody hides, as the board knows it: what it is sorted, found, filtered and counted by.

    The database itself makes, changes and removes entries in the statement that does it to their leads
    (`enter_board` of migration 0010); nothing else writes them, but that a sweep removes the expired.

    Rows are narrow, because a search touches thousands. Its document would make them six times as wide, so it lies in
    the table's TOAST, which searches by words do not read. PostgreSQL moves there only what belongs to a row of more
    than two kilobytes; the ballast makes each row one, and is stored as thirty bytes.
    """

    lead = models.OneToOneField(  # its key is the migration's: the database deletes the entry after its lead
        Lead, primary_key=True, on_delete=models.DO_NOTHING, related_name="board_entry", db_constraint=False
    )
    rank = models.BigIntegerField(_("place on the board"))
    posted_at = models.DateTimeField(_("posted at"))
    expires_at = models.DateTimeField(_("expires at"))
    company = _read_by_number(Company)
    category = _read_by_number(Category)
    kind = models.CharField(_("kind"), max_length=12)
    country = models.CharField(_("company’s country"), max_length=2)
    condition = models.CharField(_("condition"), max_length=12)
    incoterm = models.CharField(_("Incoterms 2020"), max_length=3)
    currency = models.CharField(_("currency"), max_length=3)
    price = models.DecimalField(_("price"), max_digits=16, decimal_places=4, null=True)
    quantity = models.DecimalField(_("quantity"), max_digits=15, decimal_places=3)
    search = SearchVectorField()  # by lead_document; offerboard/search.py says how it is asked
    ballast = models.GeneratedField(
        expression=Repeat(Value(" "), 2100), output_field=models.TextField(), db_persist=True
    )

    objects = BoardEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry on the board")
        verbose_name_plural = _("entries on the board")
        constraints = [
            models.UniqueConstraint(name="board_rank", fields=["rank"], deferrable=models.Deferrable.IMMEDIATE),
        ]
        indexes = [
            GinIndex(name="board_search", fields=["search"]),  # the board's words and filters
            models.Index(name="board_posted", fields=["-posted_at"]),  # “posted within”: the rank of leads that new
            models.Index(name="board_expires", fields=["expires_at"]),  # the sweep of the expired
            models.Index(name="board_category", fields=["category", "-rank"]),  # a category's newest leads
            models.Index(name="board_company", fields=["company", "-rank"]),  # a company's page: its newest leads
        ]

    def __str__(self) -> str:
        return f"{self.rank}"
