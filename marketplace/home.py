"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offerboard.presentation import day
from offerboard.selectors.home import home_page
from privacy.models import PolicyVersion


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search, categories, what is new on the market, and which policy is about to change."""
    now = timezone.now()
    coming = PolicyVersion.objects.filter(published_at__lte=now, effective_at__gt=now)
    announced = coming.order_by("effective_at").first()
    words = {
        "page": home_page(now=now),
        "announced": announced,
        "announced_day": day(announced.effective_at) if announced else "",
    }
    return render(request, "marketplace/home.html", words)
