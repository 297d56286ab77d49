"""The member: sign-up, profile, team invitations, sessions."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The member: sign-up, profile, team invitations, sessions."""

    name = "accounts"
    verbose_name = _("Members")

    def ready(self) -> None:
        """Make members known to moderation and the profile to the directory; models cannot be imported before this."""
        import_module("accounts.moderating").register_member()
        import_module("accounts.in_directory").register_profile()
        import_module("accounts.departing").register()
        import_module("accounts.notices").register()
        import_module("accounts.audience").register()
        import_module("accounts.company_keys").register()
        import_module("accounts.pulled").register()
