"""Mails about new leads: what searches wait for, which leads are new, and who has been told of which."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offerboard.models.lead import Lead
from offerboard.models.watching import SavedSearch


class SearchKey(models.Model):
    """What a lead must have, at the least, to be found by a search that sends mails.

    A lead looks up its own words, categories, country and kind; the few searches it meets there are asked whether they
    find it (`offerboard/matching.py`). Each search has a key for every combination of the words, categories and
    countries it names; zero and "" stand for any. A search that can find nothing has none.
    """

    search = models.ForeignKey(  # its key is the migration's: the database deletes the row along with the search
        SavedSearch, on_delete=models.CASCADE, related_name="keys", db_constraint=False, db_index=False
    )
    lexeme = models.TextField(blank=True, help_text=_("A word or a mark of the lead’s document."))
    category = models.BigIntegerField(default=0)
    country = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=12, blank=True)

    class Meta:
        verbose_name = _("key of a search")
        verbose_name_plural = _("keys of searches")
        constraints = [
            models.UniqueConstraint(name="search_key_once", fields=["search", "lexeme", "category", "country"]),
        ]
        indexes = [
            models.Index(  # the searches that a new lead may be found by
                name="search_key_met", fields=["lexeme", "category", "country", "kind"], include=["search"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lexeme} {self.category} {self.country} {self.kind}"


class NewLead(models.Model):
    """A lead that became public for the first time and was not held against the searches yet.

    Written in the transaction that made it public (`offerboard/revisions.py`), gone in the one that matched it.
    """

    lead = models.OneToOneField(  # the database deletes the row along with the lead
        Lead, primary_key=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    since = models.DateTimeField(_("public since"))

    class Meta:
        verbose_name = _("new lead")
        verbose_name_plural = _("new leads")

    def __str__(self) -> str:
        return f"{self.lead_id}"


class Notice(models.Model):
    """That a search found a new lead, and whether its member was told; once for each search and lead."""

    search = models.ForeignKey(
        SavedSearch, on_delete=models.CASCADE, related_name="notices", db_constraint=False, db_index=False
    )
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="notices", db_constraint=False)
    found_at = models.DateTimeField(_("found at"))
    due_at = models.DateTimeField(_("to be mailed at"))
    mailed_at = models.DateTimeField(_("mailed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice of a new lead")
        verbose_name_plural = _("notices of new leads")
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["search", "lead"]),
            models.CheckConstraint(
                name="notice_mailed_when_due", condition=Q(mailed_at=None) | Q(mailed_at__gte=F("due_at"))
            ),
        ]
        indexes = [
            models.Index(name="notice_due", fields=["due_at"], condition=Q(mailed_at=None)),  # the mails to write
        ]

    def __str__(self) -> str:
        return f"{self.search_id} · {self.lead_id}"
