"""How many mails of campaigns a receiving domain is given in a minute, once it has put off too many of them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DomainBudget(models.Model):
    """A domain that asked us to be slower. Domains without a row get what there is."""

    domain = models.CharField(_("domain"), primary_key=True, max_length=253)
    per_minute = models.PositiveIntegerField(_("mails a minute"))
    minute = models.DateTimeField(_("minute begun at"))
    taken = models.PositiveIntegerField(_("given in this minute"), default=0)
    put_off = models.PositiveIntegerField(_("put off in this minute"), default=0)
    answer = models.CharField(_("last answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("slowed-down domain")
        verbose_name_plural = _("slowed-down domains")
        constraints = [models.CheckConstraint(name="budget_lets_some_through", condition=Q(per_minute__gte=1))]

    def __str__(self) -> str:
        return self.domain
