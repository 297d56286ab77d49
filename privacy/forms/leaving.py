"""What somebody who leaves is asked: nothing that they must answer but that they are sure."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.departures import Estate
from privacy.models import Erasure

NOBODY = "nobody"


class LeavingForm(forms.Form):
    """What becomes of leads and companies. A wish to be deleted needs no reason."""

    leads = forms.ChoiceField(
        label=_("What becomes of the leads you posted?"),
        choices=Erasure.Leads,
        initial=Erasure.Leads.NOW,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Anything we should know?"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(label=_("Yes, I am sure"), error_messages={"required": _("Tick this if you are sure.")})

    def __init__(self, *args: Any, estates: Sequence[Estate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.estates = {f"heir-{estate.key}": estate for estate in estates}
        for name, estate in self.estates.items():
            nobody = (NOBODY, _("Nobody: it closes, and its page disappears at once"))
            self.fields[name] = forms.ChoiceField(
                label=_("Who owns %(company)s after you?") % {"company": estate.name},
                choices=[nobody, *((str(number), heir) for number, heir in estate.heirs)],
                initial=NOBODY,
            )
        self.order_fields(["leads", *self.estates, "text", "sure"])

    def clean(self) -> dict[str, Any]:
        """Leads cannot stay where a company does not."""
        data = super().clean() or {}
        closes = [estate.name for name, estate in self.estates.items() if data.get(name) == NOBODY]
        if closes and data.get("leads") in {Erasure.Leads.LATER, Erasure.Leads.COMPANY}:
            words = _(
                "%(company)s closes, and its leads with it. Choose who owns it after you, or take the leads off now."
            )
            self.add_error("leads", words % {"company": closes[0]})
        return data

    def wanted_leads(self) -> Erasure.Leads:
        """What becomes of them, once the form is valid."""
        return Erasure.Leads(self.cleaned_data["leads"])

    def successors(self) -> dict[int, int]:
        """Who owns which company afterwards."""
        chosen = {estate.key: self.cleaned_data[name] for name, estate in self.estates.items()}
        return {company: int(heir) for company, heir in chosen.items() if heir != NOBODY}
