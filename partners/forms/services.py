"""What a service asks of members, as staff enter it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.models import ConnectedService, Connection
from partners.person_fields import PersonField
from partners.scopes import Scope
from privacy.addresses import of_mailbox
from privacy.forms.staff import AskedForm


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]  # the stubs alone take them
    """The words that members read before they say yes; a change of them asks those anew who have said yes."""

    fields_given = forms.MultipleChoiceField(
        label=_("What it gets"),
        choices=PersonField.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Who is connected already gives what they agreed to, until they say yes to more."),
    )
    privacy_url = forms.URLField(label=_("Its privacy policy"), assume_scheme="https")
    return_url = forms.URLField(
        label=_("Where members go on"),
        assume_scheme="https",
        help_text=_(
            "The page shows a link to it, with ?code= (or ?error= after a no) and the ?state= that the service sent."
        ),
    )

    class Meta:
        model = ConnectedService
        fields = ["partner", "is_on", "about", "purpose", "privacy_url", "return_url"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("fields_given", self.instance.fields)

    def clean(self) -> dict[str, Any]:
        """A service that may not read contacts would take members' yes for nothing."""
        said = super().clean() or {}
        for name in ("about", "purpose"):
            if "\n" in said.get(name, "") or "\r" in said.get(name, ""):
                self.add_error(name, _("One line, please: each line of what members read has its own meaning."))
        partner = said.get("partner") or (self.instance.partner if self.instance.pk else None)
        if said.get("is_on") and partner and Scope.CONTACTS_READ not in partner.scopes:
            self.add_error("is_on", _("Its contract does not let it read contacts. Allow that first, at the partner."))
        return said

    def save(self, commit: bool = True) -> Any:
        """With what it gets, in the market's order."""
        given = self.cleaned_data["fields_given"]
        self.instance.fields = [one.value for one in PersonField if one.value in given]
        return super().save(commit)


class EndForm(AskedForm):
    """Whose connection ends, for instance because the member is suspended and cannot log in to end it."""

    def __init__(self, *args: Any, service: ConnectedService, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service

    def clean_email(self) -> str:
        """The account is found by its own address, among those that are connected."""
        email = str(self.cleaned_data["email"]).strip()
        connected = Connection.objects.filter(service=self.service).select_related("member")
        connection = connected.filter(of_mailbox(email, "member__email")).first()
        if connection is None:
            raise forms.ValidationError(_("No account of this address is connected to it."))
        self.member: Any = connection.member
        return email
