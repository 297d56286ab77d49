"""The ground floor: policies, consent, masking."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Policies and who accepted them."""

    name = "privacy"
    verbose_name = _("Privacy")
