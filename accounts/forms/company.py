"""What a company says about itself, and its logo."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import CompanyFields, read_phone, text_field
from directory.codes import BusinessType, HeadcountBand, TurnoverBand
from directory.models import Category, Company
from directory.pictures import PictureRefused, reencode_logo
from directory.places import LANGUAGES, countries_by_region, language_name
from directory.services import Profile
from directory.widgets import GroupedChoiceField
from mailings.writing.languages import with_more

MOST_BUSINESS_TYPES = 6
MOST_INDUSTRIES = 6
MOST_MARKETS = 12
MOST_LANGUAGES = 12
EARLIEST_YEAR = 1500
OFTEN_SPOKEN = ("en", "zh", "es", "ar", "fr", "pt", "ru", "de")  # before “More languages”
NOT_SAID = [("", _("Not stated"))]
WEBSITE_HINT = _("Write the address as https://example.com.")


class WebsiteField(forms.URLField):
    """An address that leads to a web page, and to nothing else."""

    default_validators = [URLValidator(schemes=["http", "https"], message=WEBSITE_HINT)]


def language_choices() -> list[Any]:
    """The languages of most trade first, the others behind “More languages” by their own names."""
    names = sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda pair: pair[1])
    return with_more(names, first=OFTEN_SPOKEN)


class CompanyForm(CompanyFields):
    """The whole profile of one company: what sign-up asked, and everything else."""

    trade_name = text_field(_("Trade name"), 200, required=False, autocomplete="off")
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("What you make or buy, how much, from where. E-mail addresses and phone numbers are hidden in it."),
    )
    region = text_field(_("Region or state"), 100, required=False, autocomplete="address-level1")
    postal_code = forms.CharField(
        label=_("Postal code"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    fax = forms.CharField(label=_("Fax"), required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
    website = WebsiteField(
        label=_("Website"),
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={"invalid": WEBSITE_HINT},
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )
    business_types = GroupedChoiceField(
        label=_("Business type"),
        required=False,
        choices=BusinessType.choices,
        most=MOST_BUSINESS_TYPES,
        too_many=_("Choose at most 6 business types."),
    )
    industries = GroupedChoiceField(
        label=_("Industries"),
        required=False,
        most=MOST_INDUSTRIES,
        too_many=_("Choose at most 6 industries."),
        help_text=_("At most 6. Buyers and sellers find you by them."),
    )
    year_established = forms.IntegerField(
        label=_("Year established"),
        required=False,
        min_value=EARLIEST_YEAR,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": "6", "maxlength": "4"}),
    )
    headcount_band = forms.ChoiceField(label=_("People"), required=False, choices=[*NOT_SAID, *HeadcountBand.choices])
    turnover_band = forms.ChoiceField(label=_("Turnover"), required=False, choices=[*NOT_SAID, *TurnoverBand.choices])
    main_markets = GroupedChoiceField(
        label=_("Main markets"),
        required=False,
        choices=countries_by_region,
        most=MOST_MARKETS,
        too_many=_("Choose at most 12 countries."),
        help_text=_("The countries you sell to or buy from most. At most 12."),
    )
    languages = GroupedChoiceField(
        label=_("Languages"),
        required=False,
        choices=language_choices,
        most=MOST_LANGUAGES,
        too_many=_("Choose at most 12 languages."),
        help_text=_("In which you can answer. At most 12."),
    )
    # As on the page, for the summary of errors.
    field_order = (
        *("company_name", "trade_name", "description", "country", "region", "city", "postal_code", "address"),
        *("phone", "fax", "website", "business_types", "industries", "headcount_band", "turnover_band"),
        *("year_established", "main_markets", "languages"),
    )

    def __init__(self, data: QueryDict | None = None, *, company: Company, now: datetime) -> None:
        super().__init__(data, initial=_initial(company))
        self.now = now
        self.categories = {category.slug: category for category in Category.objects.all()}
        industries = self.fields["industries"]
        industries.choices = _by_top(self.categories.values())  # type: ignore[attr-defined]

    def clean_year_established(self) -> int | None:
        """A company can be founded this year, not next."""
        year: int | None = self.cleaned_data["year_established"]
        if year is not None and year > self.now.year:
            raise forms.ValidationError(_("This year has not come yet."), code="future")
        return year

    def clean(self) -> dict[str, Any]:
        """Read the fax number as the telephone number is read."""
        data = super().clean()
        if data.get("fax"):
            try:
                data["fax"] = read_phone(data["fax"], country=data.get("country", ""))
            except forms.ValidationError as error:
                self.add_error("fax", error)
        return data

    def profile(self) -> Profile:
        """What was filled in, as the services take it; after a successful check only."""
        names = {field.name: "company_name" if field.name == "legal_name" else field.name for field in fields(Profile)}
        return Profile(**{name: self.cleaned_data[field] for name, field in names.items()})

    def chosen_industries(self) -> list[Category]:
        """The categories chosen; after a successful check only."""
        return [self.categories[slug] for slug in self.cleaned_data["industries"]]


class LogoForm(forms.Form):
    """A new logo; what comes out is our own encoding of it. Its field stands apart and is sent with the profile."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("JPEG, PNG or WebP, best square, up to 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif", "form": "profile"}),
        error_messages={"required": _("Choose a picture first."), "invalid": _("Choose a picture first.")},
    )

    def clean_logo(self) -> Any:
        """The picture as it will be stored."""
        try:
            return reencode_logo(self.cleaned_data["logo"])
        except PictureRefused as refused:
            raise forms.ValidationError(str(refused), code="picture") from refused


def _initial(company: Company) -> dict[str, Any]:
    """The profile as it stands."""
    return {field.name: getattr(company, field.name) for field in fields(Profile)} | {
        "company_name": company.legal_name,
        "country": str(company.country),
        "industries": [category.slug for category in company.industries.all()],
    }


def _by_top(categories: Iterable[Category]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each top category with itself first, for companies that trade in all of it."""
    inside: dict[int | None, list[tuple[str, str]]] = {}
    for category in categories:
        inside.setdefault(category.parent_id, []).append((category.slug, category.name))
    return [
        (category.name, [(category.slug, _whole(category)), *inside.get(category.pk, [])])
        for category in categories
        if category.parent_id is None
    ]


def _whole(top: Category) -> str:
    """For a company that trades in all of it."""
    return gettext("%(industry)s: everything") % {"industry": top.name}
