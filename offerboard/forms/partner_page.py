"""A partner's page as staff write it: categories that exist, and a logo that is a picture."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget, FilteredSelectMultiple
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from directory.pictures import PictureRefused, reencode_mark
from offerboard.models import Lead
from offerboard.selectors.tree import category_tree
from partners.models import Partner, PartnerPage


def _categories() -> Iterator[tuple[str, str]]:
    """Each branch with its leaves behind it, so that a leaf is found by the name of either."""
    tree = category_tree()
    for top, leaves in tree.leaves.items():
        yield top, tree.names[top]
        yield from ((leaf, f"{tree.names[top]} › {tree.names[leaf]}") for leaf in leaves)


class TwoLists(FilteredSelectMultiple):
    """Admin's lists of what can be chosen and what is chosen, for choices that are no rows."""

    template_name = "admin/two_lists.html"


class PartnerPageForm(forms.ModelForm):  # type: ignore[type-arg]  # the stubs alone take them
    """What the partner chose in its contract. What is no longer there is dropped by saving anew."""

    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        choices=_categories,
        widget=TwoLists(_("categories"), is_stacked=False),
        help_text=_("A branch holds all of its leaves, also those that are added later."),
    )
    kind = forms.ChoiceField(label=_("Kind of lead"), choices=[("", _("Both")), *Lead.Kind.choices], required=False)
    countries = forms.MultipleChoiceField(
        label=_("Companies’ countries"),
        choices=lambda: list(countries),
        widget=TwoLists(_("countries"), is_stacked=False),
        required=False,
        help_text=_("None means companies of all countries."),
    )
    logo = forms.FileField(  # not ImageField: nothing but directory.pictures reads an upload
        label=_("Logo"),
        widget=AdminFileWidget(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
        required=False,
        help_text=_("JPEG, PNG or WebP, also a wide one, up to 2 MB. It stands on white."),
    )
    privacy_url = forms.URLField(
        label=_("The partner’s privacy policy"),
        max_length=200,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text=_("Linked where the page says that the partner’s own site is under its own policies."),
    )

    class Meta:
        model = PartnerPage
        fields = [
            *("partner", "is_on", "categories", "kind", "countries"),
            *("title", "intro", "logo", "privacy_url"),
        ]
        help_texts = {
            "is_on": _("Only then can it be opened. Search engines do not list it, so nobody finds it by chance."),
            "title": _("The page’s heading: what is found here. The partner’s name stands above it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "partner" in self.fields:  # not on a page that is there already
            self.fields["partner"].queryset = Partner.objects.select_related("receiver")  # type: ignore[attr-defined]

    def clean_categories(self) -> list[str]:
        """On the board, a leaf beside its own branch narrows the branch: staff say which of the two they mean."""
        chosen: list[str] = self.cleaned_data["categories"]
        tree = category_tree()
        for slug in chosen:
            top = tree.top_of[slug]
            if top != slug and top in chosen:
                message = _("“%(leaf)s” is a part of “%(branch)s”: choose one of the two.")
                raise forms.ValidationError(
                    message, code="both", params={"leaf": tree.names[slug], "branch": tree.names[top]}
                )
        return chosen

    def clean_logo(self) -> Any:
        """A new picture as it will be stored; False takes the present one away."""
        sent = self.cleaned_data["logo"]
        if not isinstance(sent, UploadedFile):
            return sent
        try:
            return reencode_mark(sent)
        except PictureRefused as refused:
            raise forms.ValidationError(str(refused), code="picture") from refused
