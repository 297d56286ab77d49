"""What is promised, and how everybody can check it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.selectors.promises import promises_page


@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    """Each promise of the policies in force, with its control and its proofs."""
    return render(request, "privacy/promises.html", {"promises": promises_page(at=timezone.now())})
