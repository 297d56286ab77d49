"""Subscribing without an account, and unsubscribing: a page with a button, and mail programs' own buttons."""

from uuid import UUID

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mailings import subscription_links
from mailings.forms.subscribing import SubscribeForm
from mailings.selectors.readers import mailbox_of
from mailings.selectors.subscribing import offered_topics, topics_that_come, unsubscribe_page, wished_topics
from mailings.services import subscriptions as services
from mailings.stopping import unsubscribe_links
from mailings.stopping.opting_out import in_flight
from mailings.stopping.unsubscribe_links import Link
from mailings.topics import topics
from privacy.cookieless import by_signed_link, cookieless
from privacy.cookies import sends_gpc
from privacy.digests import normalised
from privacy.models import Suppression

FORM = "subscribe"
PAGE = require_http_methods(["GET", "HEAD", "POST"])
ALL = "all"


@PAGE
@cookieless
def subscribe(request: HttpRequest) -> HttpResponse:
    """Choose topics; the answer is the same whoever is known here."""
    offered = offered_topics(at=timezone.now())
    form = SubscribeForm(
        request.POST if request.method == "POST" else None,
        purpose=FORM,
        offered=offered,
        accepted=request.headers.get("Accept-Language", ""),
    )
    if not form.is_valid():
        return render(request, "mailings/subscribe.html", {"form": form, "topics": offered})
    email = form.cleaned_data["email"]
    if ratelimit.consume(request, action="subscribe", key=normalised(Suppression.Kind.EMAIL, email)):
        services.ask_for_topics(
            email=email,
            wanted=form.cleaned_data["topics"],
            language=form.cleaned_data["language"],
            gpc=sends_gpc(request),
            now=timezone.now(),
        )
    return render(request, "mailings/subscribe_asked.html", {"email": email})


@never_cache
@PAGE
@by_signed_link(stops_mail=False)
def confirm(request: HttpRequest, token: str = "") -> HttpResponse:
    """What a yes means, and one button; nothing happens before it is pressed."""
    wish = subscription_links.wish_of(token)
    wished = wished_topics(wish)
    if wished is None:
        return _wish_over(request, wish)
    if request.method != "POST":
        return render(request, "mailings/subscription_confirm.html", {"topics": wished})
    try:
        services.confirm_topics(wish_id=wish, language=get_language() or "en", now=timezone.now())
    except services.NoSuchWish:  # of two taps at once, the other one was heard
        return _wish_over(request, wish)
    return render(request, "mailings/subscription_confirmed.html", {"topics": wished})


@never_cache
@PAGE
@by_signed_link(stops_mail=True)
def unsubscribe(request: HttpRequest, token: str = "") -> HttpResponse:
    """Stop a topic, or all of them, without a log-in; opening the page changes nothing (RFC 8058)."""
    link = unsubscribe_links.read_link(token)
    left = _stop(request, link) if request.method == "POST" else _being_handed_over(link)
    page = unsubscribe_page(link, under_way=left, reader=getattr(request.user, "email", ""))
    return render(request, "mailings/unsubscribe.html", {"page": page})


def _wish_over(request: HttpRequest, wish: UUID) -> HttpResponse:
    """Whoever said yes, and presses or opens it again, hears that they have it; others that they are too late."""
    coming = topics_that_come(wish)
    if not coming:
        return render(request, "mailings/subscription_over.html")
    return render(request, "mailings/subscription_confirmed.html", {"topics": coming, "before": True})


def _stop(request: HttpRequest, link: Link) -> int:
    refused = list(topics()) if ALL in request.POST else [link.topic]
    return services.unsubscribe(link=link, refused=refused, language=get_language() or "en", now=timezone.now())


def _being_handed_over(link: Link) -> int:
    return in_flight(reader=link.reader, address=mailbox_of(link.reader) or "", topics=[link.topic])
