"""The links in mails about new leads: a page with a button, and mail programs’ own buttons (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mailings.selectors.preferences import frequencies_of
from mailings.times import Frequency
from offerboard import stop_links
from offerboard.notices import SUGGESTIONS
from offerboard.selectors.alerts import stopped_page
from offerboard.services import alerts as services
from privacy.cookieless import by_signed_link

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@by_signed_link(stops_mail=True)
@PAGE
@never_cache
def stop_search(request: HttpRequest, token: str = "") -> HttpResponse:
    """Stop the mails of one search, without a log-in; opening the page changes nothing."""
    pk = stop_links.search_of(token)
    if request.method == "POST":
        services.stop_search(pk=pk, now=timezone.now())
    return render(request, "offerboard/stop_mails.html", {"page": stopped_page(pk=pk)})


@by_signed_link(stops_mail=True)
@PAGE
@never_cache
def stop_all(request: HttpRequest, token: str = "") -> HttpResponse:
    """The same for all searches of a member."""
    member_id = stop_links.member_of(token)
    if request.method == "POST":
        services.stop_all(member_id=member_id, now=timezone.now())
    return render(request, "offerboard/stop_mails.html", {"page": stopped_page(member_id=member_id)})


@by_signed_link(stops_mail=True)
@PAGE
@never_cache
def stop_suggestions(request: HttpRequest, token: str = "") -> HttpResponse:
    """The same for the leads that are suggested to a member."""
    member_id = stop_links.reader_of(token)
    if request.method == "POST":
        services.stop_suggestions(member_id=member_id, now=timezone.now())
    is_stopped = frequencies_of(SUGGESTIONS, [member_id])[member_id] == Frequency.OFF
    return render(request, "offerboard/stop_suggestions.html", {"is_stopped": is_stopped})
