"""What a mail to many is, and who gets it: the form of a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings.audiences import audience
from mailings.forms.campaigns import FILTERS
from mailings.forms.words import LineField
from mailings.models import Campaign
from mailings.topics import topics
from mailings.writing.languages import language_choices
from privacy.datamap import Words


class FilterField(forms.MultipleChoiceField):
    """Values of a filter; those that are chosen stand first, so that they are seen in a long list."""

    widget = forms.CheckboxSelectMultiple(attrs={"class": "choices"})

    def offer(self, choices: Sequence[tuple[str, Words]], chosen: Sequence[str]) -> None:
        """Set the values with their words."""
        self.choices = sorted(choices, key=lambda choice: choice[0] not in chosen)


class SeenField(forms.DateTimeField):
    """When the draft that is shown was written: nobody types it, so that it is no change in anybody's history."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Never."""
        return False


class CampaignForm(forms.ModelForm):
    """What a campaign is, and who gets it; `seen` tells whether somebody else has changed it meanwhile."""

    seen = SeenField(required=False)
    topic = forms.ChoiceField(label=gettext_lazy("Topic, of marketing"), required=False)
    default_language = forms.ChoiceField(
        label=gettext_lazy("Language for everybody else"),
        help_text=gettext_lazy("Who reads no other of its languages gets this."),
        choices=language_choices,
        initial="en",
    )
    countries = FilterField(label=gettext_lazy("Countries"), required=False)
    industries = FilterField(label=gettext_lazy("Industries"), required=False)
    business_types = FilterField(label=gettext_lazy("Business types"), required=False)
    tiers = FilterField(label=gettext_lazy("Tiers"), required=False)
    languages = FilterField(label=gettext_lazy("Languages"), required=False)

    class Meta:
        model = Campaign
        fields = ("kind", "title", "topic", "reason", "default_language", "is_archived", *FILTERS)
        field_classes: Mapping[str, type[forms.Field]] = {"title": LineField}
        labels = {"reason": gettext_lazy("Reason, of an announcement")}
        help_texts = {
            "reason": gettext_lazy(
                "An announcement sells nothing and links only to our own pages. A fraud or safety warning may quote "
                'words that sell, within quotation marks (“…”, "…", «…», „…“, 「…」); links stay out there, too.'
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written_at = self.instance.written_at if self.instance.pk else None
        self.initial["seen"] = written_at.isoformat() if written_at else ""
        self.fields["topic"].choices = [("", "–"), *((key, one.title) for key, one in topics().items())]  # type: ignore[attr-defined]
        for name, choices in audience().choices().items():
            field: Any = self.fields[name]
            chosen = self[name].value() or ()
            field.offer(choices, chosen)

    def clean(self) -> dict[str, Any]:
        """Marketing has a topic and no reason, an announcement a reason and no topic."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("kind") == Campaign.Kind.MARKETING:
            data["reason"] = ""
            if not data.get("topic"):
                self.add_error("topic", _("Choose what people have said yes to."))
        elif data.get("kind"):
            data["topic"] = ""
            if not data.get("reason"):
                self.add_error("reason", _("Say why everybody must hear of it; the mail says so too."))
        if self.instance.pk and data.get("seen") != self.instance.written_at:
            message = _("%(who)s has changed this meanwhile. Keep a copy of your words, open it anew, and enter them.")
            raise ValidationError(message % {"who": self.instance.written_by or _("Somebody")})
        return data
