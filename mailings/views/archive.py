"""What was sent to many, for everybody to read: the words, and nothing about a reader."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mailings.models import Campaign
from mailings.selectors.archive import archive_page, archived_page


@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """Some at a time, the newest first, with a link to older ones."""
    page = archive_page(after=request.GET.get("after", ""), wanted=_language_of(request))
    return render(request, "mailings/archive.html", {"page": page})


@require_safe
def archived(request: HttpRequest, slug: str) -> HttpResponse:
    """One of them, in the reader's language where it has that; ?language= asks for another."""
    campaign = get_object_or_404(Campaign.objects.archived().prefetch_related("texts"), slug=slug)
    wanted = request.GET.get("language", "") or _language_of(request)
    return render(request, "mailings/archived.html", {"page": archived_page(campaign, wanted=wanted)})


def _language_of(request: HttpRequest) -> str:
    return getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
