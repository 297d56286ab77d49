"""Reports, decisions and tickets."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    """Reports, decisions and tickets."""

    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        """Make decisions known to those who choose their mails; models cannot be imported before this point."""
        import_module("moderation.notices").register()
