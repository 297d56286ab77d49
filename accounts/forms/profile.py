"""What a member tells about themselves."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import (
    PhoneForm,
    country_field,
    full_name_field,
    gender_field,
    phone_field,
    text_field,
    title_field,
)
from accounts.models import Member
from accounts.services.profile import ProfileDetails
from mailings.writing.languages import languages_of_mail, what_comes_in_it

REGIONS = ["Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"]


@cache
def time_zones() -> list[tuple[str, str | list[tuple[str, str]]]]:
    """The places of the IANA time zone database by region, as choices; UTC stands first."""
    names = sorted(available_timezones())
    return [
        ("UTC", "UTC"),
        *(
            (
                region,
                [(name, name.partition("/")[2].replace("_", " ")) for name in names if name.startswith(f"{region}/")],
            )
            for region in REGIONS
        ),
    ]


class ProfileForm(PhoneForm):
    """About oneself; all but the full name may stay empty."""

    full_name = full_name_field()
    display_name = text_field(_("Display name"), 60, required=False, autocomplete="nickname")
    title = title_field()
    gender = gender_field()
    country = country_field(required=False)
    phone = phone_field(required=False)
    language = forms.ChoiceField(label=_("Language of your mail"), choices=languages_of_mail)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)

    def __init__(self, data: QueryDict | None = None, *, member: Member) -> None:
        initial: dict[str, Any] = {name: getattr(member, name) for name in self.base_fields}
        initial["phone"] = member.phone.as_international if member.phone else ""
        super().__init__(data, initial=initial)
        self.fields["display_name"].help_text = _("Shown to others in place of your full name.")
        self.fields["language"].help_text = what_comes_in_it()

    def details(self) -> ProfileDetails:
        """What was typed, as the service takes it; after a successful check only."""
        return ProfileDetails(**self.cleaned_data)
