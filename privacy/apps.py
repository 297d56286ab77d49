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
        """Read what every app says about its tables; `manage.py check` compares it with them, and promises too."""
        autodiscover_modules("personal_data")
        checks = import_module("privacy.checks")
        register(checks.data_map_is_complete, Tags.models)
        register(checks.promises_have_controls)
        register(checks.erasers_exist, Tags.models)
