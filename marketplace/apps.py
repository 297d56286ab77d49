"""The composing app, and Django's admin as ours."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.core.checks import Tags, register

from marketplace.checks import digests_have_a_key, operator_is_named, secrets_can_be_sealed, site_has_an_address


class MarketplaceConfig(AppConfig):
    """Puts the apps together: settings, addresses, home page, demo."""

    name = "marketplace"

    def ready(self) -> None:
        """Register the checks of a deployment, and what the composing app does for those who leave."""
        for check in (operator_is_named, site_has_an_address, digests_have_a_key, secrets_can_be_sealed):
            register(check, Tags.security, deploy=True)
        import_module("marketplace.departing").register()


class AdminConfig(DjangoAdminConfig):
    """Django's admin behind a second factor."""

    default_site = "marketplace.admin_site.MarketAdminSite"
