"""Keys for programs, the change feed, and what other sites are told of removals."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Who pulls listings, with which key, and how they hear of every change."""

    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        """Make partners known to privacy; models cannot be imported before this point."""
        import_module("partners.following").register()
