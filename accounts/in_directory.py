"""What accounts adds to the directory's pages."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Company
from directory.registry import Action, Audience, register_action


def _profile_url(_company: Company) -> str:
    return reverse("accounts:my_company")


def register_profile() -> None:
    """Offer a company's team the way from its public page to its profile."""
    register_action(Action("edit_profile", _("Edit profile"), "edit", _profile_url, audience=Audience.TEAM))
