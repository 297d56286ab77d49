"""How often one is told of what."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict

from mailings.notices import NoticeKind
from mailings.selectors.preferences import Preference


class MailsForm(forms.Form):
    """A field for each kind that leaves a choice; one that is not sent stays as it is."""

    mark_optional = False

    def __init__(self, data: QueryDict | None = None, *, preferences: Sequence[Preference]) -> None:
        super().__init__(data)
        self._kinds = {one.kind.key: one.kind for one in preferences if one.kind.is_choice}
        for one in preferences:
            if one.kind.is_choice:
                self.fields[one.kind.key] = forms.ChoiceField(
                    label=one.kind.title,
                    help_text=one.kind.hint,
                    choices=[(frequency.value, frequency.label) for frequency in one.kind.frequencies],
                    initial=one.frequency,
                    required=False,
                    widget=forms.Select(attrs={"autocomplete": "off"}),
                )

    def chosen(self) -> dict[NoticeKind, str]:
        """What was sent; after a successful check only."""
        return {self._kinds[key]: frequency for key, frequency in self.cleaned_data.items() if frequency}
