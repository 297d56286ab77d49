"""Registers mail with privacy, which is below it."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class MailingsConfig(AppConfig):
    """Mail: what is owed to single persons, campaigns to many, and what mail servers answer."""

    name = "mailings"
    verbose_name = _("Mail")

    def ready(self) -> None:
        """Send privacy's mail, and hear what people say yes and no to; models cannot be imported before this point."""
        import_module("mailings.outlet").register()
        import_module("mailings.stopping.opting_out").register()
        register(import_module("mailings.checks").dkim_key_is_one)
