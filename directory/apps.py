"""Companies, their teams, categories and verification."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """Companies, their teams, categories and verification."""

    name = "directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        """Make companies known to moderation and privacy; models cannot be imported before this point."""
        import_module("directory.moderating").register_company()
        import_module("directory.departing").register()
        import_module("directory.removing").register()
        import_module("directory.pulled").register()
