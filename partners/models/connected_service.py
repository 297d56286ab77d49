"""Services of others that members connect to their accounts."""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner
from partners.person_fields import PersonField


class ConnectedServiceQuerySet(models.QuerySet["ConnectedService"]):
    """The questions asked about services; each chains onto the next."""

    def offered(self, *, on: date) -> Self:
        """Those that members can connect now."""
        return self.filter(is_on=True, partner__in=Partner.objects.serving(on=on))


class ConnectedService(models.Model):
    """What a service asks of a member, in the words that the member reads before saying yes.

    Its name, country and time stand in the register of receivers, its keys with the partner.
    """

    partner = models.OneToOneField(
        Partner,
        on_delete=models.PROTECT,
        related_name="service",
        limit_choices_to={"receiver__kind": "connected"},
        verbose_name=_("partner"),
    )
    is_on = models.BooleanField(_("members can connect it"), default=False)
    about = models.CharField(_("what it does, in a sentence"), max_length=300)
    purpose = models.CharField(_("what it needs the data for, in a sentence"), max_length=300)
    fields = ArrayField(models.CharField(max_length=20, choices=PersonField), verbose_name=_("what it gets"))
    privacy_url = models.URLField(_("its privacy policy"), validators=[URLValidator(["https"])])
    return_url = models.URLField(
        _("where members go on"),
        validators=[URLValidator(["https"])],
        help_text=_(
            "The page shows a link to it, with ?code= (or ?error= after a no) and the ?state= that the service sent."
        ),
    )

    objects = ConnectedServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service that members connect")
        verbose_name_plural = _("services that members connect")
        constraints = [
            models.CheckConstraint(
                name="service_fields_known",
                condition=~Q(fields=[]) & Q(fields__contained_by=sorted(PersonField)),
            ),
        ]

    def __str__(self) -> str:
        return self.partner.receiver.name


class Connection(models.Model):
    """A member's yes to one service, and to what it gets: that the yes was said stands in the ledger of consent.

    It holds while the service says the same of itself: `terms` is the digest of that (partners.terms).
    """

    service = models.ForeignKey(ConnectedService, on_delete=models.CASCADE, related_name="connections")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections")
    fields = ArrayField(models.CharField(max_length=20, choices=PersonField), verbose_name=_("what it gets"))
    terms = models.CharField(_("digest of what the service said of itself"), max_length=16)
    begun_at = models.DateTimeField(_("connected at"))

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        constraints = [
            models.UniqueConstraint(name="connection_once", fields=["service", "member"]),
            models.CheckConstraint(
                name="connection_fields_known",
                condition=~Q(fields=[]) & Q(fields__contained_by=sorted(PersonField)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} · {self.begun_at:%Y-%m-%d}"
