"""Whose mail is looked at, and why."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings.selectors.readers import member_behind


class AsMemberForm(forms.Form):
    """The member for whom staff look at a mail, named by a whole address so that nobody browses members here."""

    email = forms.EmailField(label=gettext_lazy("As this member gets it (e-mail)"))
    reason = forms.CharField(
        label=gettext_lazy("Reason, which the member reads"),
        initial=gettext_lazy("To see how a mail to many members arrives"),
        min_length=10,
        max_length=400,
        widget=forms.TextInput(attrs={"size": "60"}),
    )

    def clean(self) -> dict[str, Any]:
        """Find the member, as `member`; an address that nobody has is refused."""
        data: dict[str, Any] = super().clean() or {}
        if "email" in data:
            data["member"] = member_behind(data["email"])
            if data["member"] is None:
                raise ValidationError({"email": _("No member has this address.")})
        return data
