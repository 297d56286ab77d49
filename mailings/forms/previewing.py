"""Whose mail is looked at."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings.selectors.readers import member_behind


class AsMemberForm(forms.Form):
    """The member for whom staff look at a mail, named by a whole address so that nobody browses members here."""

    email = forms.EmailField(label=gettext_lazy("As this member gets it (e-mail)"))

    def clean(self) -> dict[str, Any]:
        """Find the member, as `member`; an address that nobody has is refused."""
        data: dict[str, Any] = super().clean() or {}
        if "email" in data:
            data["member"] = member_behind(data["email"])
            if data["member"] is None:
                raise ValidationError({"email": _("No member has this address.")})
        return data
