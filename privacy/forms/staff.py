"""What staff write down about somebody who wants to leave."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _

from privacy.addresses import of_mailbox


class AskedForm(forms.Form):
    """Whose wish staff carry out, and how they know that it is that person's."""

    email = forms.EmailField(label=_("E-mail of the account"), widget=forms.EmailInput(attrs={"size": "60"}))
    identity_proof = forms.CharField(
        label=_("How identity was proved"),
        max_length=100,
        widget=forms.TextInput(attrs={"size": "60"}),
        help_text=_("What you saw or asked, not a copy of it. Ask for no more than you need to be sure."),
    )


class WishForm(AskedForm):
    """A member’s wish that came by telephone, letter or mail, for instance because the log-in is lost or suspended."""

    text = forms.CharField(
        label=_("In their words"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4, "cols": 80})
    )

    def clean_email(self) -> str:
        """The account is found by its own address."""
        email = str(self.cleaned_data["email"]).strip()
        self.member: Any = get_user_model()._default_manager.filter(of_mailbox(email)).first()
        if self.member is None:
            raise forms.ValidationError(_("No account has this address. Who has none is entered under Removals."))
        if self.member.is_staff:
            raise forms.ValidationError(_("An administrator first takes this person off the staff."))
        return email


class RefusalForm(forms.Form):
    """Why staff say no; whoever asked reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        help_text=_("Who asked reads it word for word, with where to complain (GDPR art. 12(4))."),
    )
