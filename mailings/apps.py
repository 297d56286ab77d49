"""The outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    """The outbox."""

    name = "mailings"
    verbose_name = _("Mail")
