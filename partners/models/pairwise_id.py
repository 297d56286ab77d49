"""How one partner knows one member: by a number that no other partner and no page ever shows."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.models.partner import Partner


class PairwiseIdQuerySet(models.QuerySet["PairwiseId"]):
    """The questions asked about them; each chains onto the next."""

    def known(self) -> Self:
        """Those by which somebody can still be found."""
        return self.filter(member__isnull=False)


class PairwiseId(models.Model):
    """A pairwise identifier (OpenID Connect Core 1.0, 8.1): two partners cannot compare whom they know.

    Where the member goes or takes the agreement back, the row loses the member and keeps for which request that was
    (a trigger of migration 0008), so that the partner reads which of its contacts has to go.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="pairwise_ids")
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="pairwise_ids"
    )
    given_at = models.DateTimeField(_("given at"))
    gone_at = models.DateTimeField(_("gone at"), null=True, blank=True)
    removal = models.UUIDField(_("the request for which it went"), null=True, blank=True)

    objects = PairwiseIdQuerySet.as_manager()

    class Meta:
        verbose_name = _("number of a member at a partner")
        verbose_name_plural = _("numbers of members at partners")
        constraints = [
            models.UniqueConstraint(name="pairwise_id_once", fields=["partner", "member"]),
            models.CheckConstraint(  # a member or the day on which it lost them
                name="pairwise_id_known_or_gone",
                condition=Q(member__isnull=False, removal=None) | Q(member=None, gone_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="pairwise_id_of_removal", fields=["removal"], condition=Q(removal__isnull=False)),
            models.Index(name="pairwise_id_gone", fields=["gone_at"], condition=Q(gone_at__isnull=False)),  # the sweep
        ]

    def __str__(self) -> str:
        return str(self.pk)
