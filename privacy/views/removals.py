"""Removal for people without an account: a form that needs no cookie, and the link that proves the mailbox."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from privacy.cookieless import CookielessForm, cookieless
from privacy.digests import normalised
from privacy.forms.removals import LONGEST, PAGE, RemovalForm
from privacy.models import SubjectRequest, Suppression
from privacy.selectors.removals import removal_by_link
from privacy.services import removals as services

FORM, LINK = "removal", "removal link"
METHODS = require_http_methods(["GET", "HEAD", "POST"])


@METHODS
@cookieless
def ask(request: HttpRequest) -> HttpResponse:
    """Say what should go; the answer is the same whoever is known here. ?page= is where the reader comes from."""
    page = request.GET.get("page", "")[:LONGEST]
    known = {"page": page, "about": PAGE} if page else {}
    form = RemovalForm(request.POST if request.method == "POST" else None, purpose=FORM, initial=known)
    if not form.is_valid():
        return render(request, "privacy/removal.html", {"form": form})
    asked = form.asked(language=get_language() or "en")
    if ratelimit.consume(request, action="removal", key=normalised(Suppression.Kind.EMAIL, asked.email)):
        services.ask_for_removal(asked=asked, submission=form.cleaned_data["submission"], now=timezone.now())
    return render(request, "privacy/removal_asked.html", {"email": asked.email})


@never_cache
@METHODS
@cookieless
def prove(request: HttpRequest, token: str) -> HttpResponse:
    """What the link is for, and one button; nothing happens before it is pressed."""
    now = timezone.now()
    found = removal_by_link(token, at=now)
    if found is None:
        return _closed(request)
    form = CookielessForm(request.POST if request.method == "POST" else None, purpose=LINK)
    if not form.is_valid():
        waits = found.state == SubjectRequest.State.RECEIVED
        template = "privacy/removal_prove.html" if waits else "privacy/removal_proved.html"
        return render(request, template, {"form": form, "asked": found})
    try:
        proved = services.prove_mailbox(token=token, now=now)
    except services.BelongsToMember:
        return render(request, "privacy/removal_of_member.html")
    except services.LinkClosed:
        return _closed(request)
    return render(request, "privacy/removal_proved.html", {"asked": proved})


def _closed(request: HttpRequest) -> HttpResponse:
    # One answer for links that are too old, over or invented.
    return render(request, "privacy/removal_closed.html", status=404)
