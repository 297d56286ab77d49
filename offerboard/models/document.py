"""Papers that come with a lead: specifications, certificates."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from offerboard.models.lead import Lead
from privacy.private_files import private_files


class LeadDocument(models.Model):
    """A PDF, or a picture of a paper; read by everyone while the lead is public, by its company's team always."""

    class Kind(models.TextChoices):
        """The media type it is sent as."""

        PDF = "application/pdf", "PDF"
        PICTURE = "image/webp", _("Picture")

    MOST = 5  # a lead
    MOST_BYTES = 10 * 1024 * 1024
    NAME = 100  # characters

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="documents")
    file = models.FileField(_("file"), upload_to="lead-documents/", storage=private_files)
    name = models.CharField(_("name"), max_length=NAME, help_text=_("As its sender called it, cleaned."))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    size = models.PositiveIntegerField(_("size"), help_text=_("Bytes."))
    digest = models.CharField(max_length=64, editable=False)  # SHA-256 of the file as it was sent
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(name="document_position_low", condition=Q(position__lt=1000)),
            models.CheckConstraint(name="document_kind_known", condition=Q(kind__in=["application/pdf", "image/webp"])),
            models.CheckConstraint(name="document_size", condition=Q(size__range=(1, 10 * 1024 * 1024))),
            models.UniqueConstraint(  # a form that is sent again adds nothing
                name="document_once_on_a_lead", fields=["lead", "digest"]
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where it can be read by whoever may read it."""
        return reverse("offerboard:document", args=[self.lead.slug, self.pk])
