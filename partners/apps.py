"""Keys for programs, the change feed, webhooks, and what other sites are told of removals."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import register
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Who pulls listings, with which key, and how they hear of every change."""

    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        """Make partners known to privacy, pauses of webhooks to those who choose their mails, and check settings.

        Models cannot be imported before this point.
        """
        import_module("partners.following").register()
        import_module("partners.agreements").register()
        import_module("partners.notices").register()
        register(import_module("partners.checks").trusted_entries_can_be_read)
