"""Sitemaps: an index, and files of bounded size that are sent as they are written."""

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from offerboard.selectors import sitemaps
from offerboard.selectors.sitemaps import Sitemap


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """All files."""
    return _answer(request, sitemaps.sitemap_index())


@require_safe
def pages(request: HttpRequest) -> HttpResponseBase:
    """Pages that every market has."""
    return _answer(request, sitemaps.pages())


@require_safe
def categories(request: HttpRequest) -> HttpResponseBase:
    """Categories that hold leads."""
    return _answer(request, sitemaps.categories())


@require_safe
def countries(request: HttpRequest) -> HttpResponseBase:
    """Countries that hold leads."""
    return _answer(request, sitemaps.countries())


@require_safe
def companies(request: HttpRequest, number: str) -> HttpResponseBase:
    """One range of companies."""
    return _answer(request, sitemaps.companies(int(number)))


@require_safe
def leads(request: HttpRequest, number: str) -> HttpResponseBase:
    """One range of leads."""
    return _answer(request, sitemaps.leads(int(number), now=timezone.now()))


def _answer(request: HttpRequest, sitemap: Sitemap) -> HttpResponseBase:
    """The file, or that it has not changed; the protocol knows no file without entries, so that is not found."""
    if not sitemap.entries:
        raise Http404
    unchanged = get_conditional_response(request, etag=sitemap.etag)
    if unchanged is not None:
        return unchanged
    response = StreamingHttpResponse(sitemap.lines(), content_type="application/xml; charset=utf-8")
    response["ETag"] = sitemap.etag
    return response
