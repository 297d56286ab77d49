"""The ground floor: the data map, policies, consent, requests, disclosures, masking."""

from importlib import import_module

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """What is known about people, why, and what they may ask of us."""

    name = "privacy"
    verbose_name = _("Privacy")

    def ready(self) -> None:
        """Read what every app says about its tables, and have `manage.py check` compare it with the tables."""
        autodiscover_modules("personal_data")
        register(import_module("privacy.checks").data_map_is_complete, Tags.models)
