"""The market by country."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from directory.places import is_country
from offerboard.selectors.countries import countries_page, country_page


@require_safe
def countries(request: HttpRequest) -> HttpResponse:
    """Where leads come from."""
    return render(request, "offerboard/countries.html", {"page": countries_page()})


@require_safe
def country(request: HttpRequest, code: str) -> HttpResponse:
    """One country: its newest leads and companies. Addresses are written small."""
    if not is_country(code.upper()):
        raise Http404
    if code != code.lower():
        return redirect("offerboard:country", code.lower(), permanent=True)
    return render(request, "offerboard/country.html", {"page": country_page(code.upper(), now=timezone.now())})
