"""Subscribing without an account: asked for on a page, confirmed behind the link of a mail."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mailings.forms.subscribing import SubscribeForm
from mailings.selectors.subscribing import Outcome, offered_topics, past_question, topics_that_come, wished_topics
from mailings.services import subscriptions as services
from mailings.subscription_links import Question, question_in
from mailings.views.asking import take_a_turn
from privacy.cookieless import by_signed_link, cookieless
from privacy.cookies import sends_gpc

FORM = "subscribe"
PAGE = require_http_methods(["GET", "HEAD", "POST"])


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
    if (again_at := take_a_turn(request, email)) is not None:
        words = {"email": email, "again_at": again_at}
        return render(request, "mailings/subscribe_later.html", words, status=HTTPStatus.TOO_MANY_REQUESTS)
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
    asked = question_in(token)
    wished = wished_topics(asked.wish, at=timezone.now())
    if wished is None:
        return _over(request, asked)
    if request.method != "POST":
        return render(request, "mailings/subscription_confirm.html", {"topics": wished})
    try:
        services.confirm_topics(wish_id=asked.wish, language=get_language() or "en", now=timezone.now())
    except services.NoSuchWish:  # of two taps at once, the other one was heard
        return _over(request, asked)
    coming = topics_that_come(asked.wish) or wished
    return render(request, "mailings/subscription_confirmed.html", {"topics": coming})


def _over(request: HttpRequest, asked: Question) -> HttpResponse:
    """Whoever said yes, and presses or opens it again, hears that they have it; others why it cannot be answered."""
    past = past_question(asked, at=timezone.now())
    if past.outcome == Outcome.AGREED:
        return render(request, "mailings/subscription_confirmed.html", {"topics": past.coming, "before": True})
    is_replaced = past.outcome == Outcome.REPLACED
    return render(request, "mailings/subscription_over.html", {"topics": past.coming, "is_replaced": is_replaced})
