"""Inviting people, and changing what they may do."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.signup import EMAIL_LENGTH
from directory.models import TeamMember

ROLES = [
    (TeamMember.Role.EDITOR, _("Editor: posts leads and answers inquiries")),
    (TeamMember.Role.VIEWER, _("Viewer: reads everything, changes nothing")),
    (TeamMember.Role.OWNER, _("Owner: does all that, and decides who is in the team")),
]


class InviteForm(forms.Form):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=EMAIL_LENGTH, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, initial=TeamMember.Role.EDITOR, widget=forms.RadioSelect)


class RoleForm(forms.Form):
    """Another role for somebody in the team."""

    role = forms.ChoiceField(label=_("Role"), choices=TeamMember.Role.choices)
