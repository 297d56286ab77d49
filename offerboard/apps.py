"""Leads and inquiries."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfferboardConfig(AppConfig):
    """Leads and inquiries."""

    name = "offerboard"
    verbose_name = _("Offerboard")

    def ready(self) -> None:
        """Make what is here known to the rooms below; models cannot be imported before this point."""
        import_module("offerboard.moderating").register_lead()
        import_module("offerboard.reported_threads").register_thread()
        import_module("offerboard.removing").register()
        import_module("offerboard.in_directory").register_leads()
        import_module("offerboard.departing").register()
        import_module("offerboard.stop_links").register()
        import_module("offerboard.notices").register()
        import_module("offerboard.pulled").register()
