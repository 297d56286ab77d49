"""How keys are used: counts by day, and how far each has read the feed. Added up from the cache, some minutes late."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from partners.models.api_key import ApiKey


class KeyUsage(models.Model):
    """The calls of one key on one day (UTC), each in one column. Calls without a valid key are nobody's."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="usage", verbose_name=_("key"))
    day = models.DateField(_("day"))
    answered = models.PositiveBigIntegerField(_("answered"), default=0)
    client_errors = models.PositiveBigIntegerField(_("wrong calls (4xx)"), default=0)
    server_errors = models.PositiveBigIntegerField(_("our faults (5xx)"), default=0)
    refused = models.PositiveBigIntegerField(_("refused by the limit (429)"), default=0)

    class Meta:
        verbose_name = _("use of a key")
        verbose_name_plural = _("use of keys")
        constraints = [models.UniqueConstraint(name="usage_of_a_day", fields=["key", "day"])]  # the page of a key
        indexes = [models.Index(name="usage_age", fields=["day"])]  # the sweep of what is old

    def __str__(self) -> str:
        return f"{self.day}"


class FeedReading(models.Model):
    """The last page of the feed that a key was given: where it ended, and when."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="readings", verbose_name=_("key"))
    epoch = models.UUIDField(_("epoch"))
    position = models.BigIntegerField(_("position"))
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("reading of the feed")
        verbose_name_plural = _("readings of the feed")
        constraints = [models.UniqueConstraint(name="reading_of_a_key", fields=["key"])]

    def __str__(self) -> str:
        return f"{self.position}"
