"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from directory.shown import note_end
from offerboard.presentation import day
from offerboard.selectors.home import home_page
from privacy.selectors.policies import coming_policies


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search, categories, what is new on the market, and which policies are about to change."""
    now = timezone.now()
    coming = coming_policies(at=now)
    for line in coming:  # a page that is kept shows no notice longer than it is true
        note_end(line.since)
    words = {
        "page": home_page(now=now),
        "coming": [(line.version, day(line.since)) for line in coming],
    }
    return render(request, "marketplace/home.html", words)
