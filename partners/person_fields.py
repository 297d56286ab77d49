"""What a member can let others have of themselves. Which columns these are, the room above says (partners.people)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonField(models.TextChoices):
    """One of them, called as the API calls it."""

    NAME = "name", _("your name")
    EMAIL = "email", _("your e-mail address")
    PHONE = "phone", _("your telephone number")
    LANGUAGE = "language", _("the language in which we write to you")


ON_PARTNER_SITES = (PersonField.NAME, PersonField.EMAIL, PersonField.PHONE)  # as privacy.consents asks for it
