"""A member's consents: what holds now, what was said before, and a receipt."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from itertools import chain
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from privacy.consents import Channel, Question
from privacy.cookies import choice_of, reader_of, sends_gpc
from privacy.forms.consents import ChoicesForm
from privacy.hearing import under_way
from privacy.models import ConsentEvent
from privacy.selectors.consents import MOST_EVENTS, ConsentsPage, consents_page, key_of, ledger, whole_ledger
from privacy.services.consent import consent_key, record_choices
from privacy.views.cookies import browser_of, record_for_browser

METHOD = ConsentEvent.Method.PRIVACY_CENTRE


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def consents(request: HttpRequest) -> HttpResponse:
    """Each purpose and channel with its answer; what is not answered stays as it was."""
    page = consents_of(request)
    questions = [answer.question for answer in page.answers]
    form = ChoicesForm(request.POST if request.method == "POST" else None, questions=questions)
    if form.is_valid():
        if too_many := ratelimit.consume_or_429(request, action="consents", user=request.user):
            return cast("HttpResponse", too_many)  # each answer is a row that stays for years
        response = redirect("privacy:consents")
        _record(request, response, form.choices())
        return response
    return render(request, "privacy/consents.html", {"form": form, "consents": page})


@require_safe
@login_required
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    """What I said and when, newest first."""
    entries = ledger(subjects=_subjects(request), most=MOST_EVENTS + 1)
    page = {"entries": entries[:MOST_EVENTS], "is_cut": len(entries) > MOST_EVENTS}
    return render(request, "privacy/consent_history.html", page)


@require_safe
@login_required
@never_cache
def receipt(request: HttpRequest) -> StreamingHttpResponse:
    """The whole history with the words that were shown, as a text to keep, sent while it is written."""
    now = timezone.now()
    head = {"now": now, "subject": key_of(_member(request))}
    begin = render_to_string("privacy/consent_receipt.txt", head, request)
    response = StreamingHttpResponse(chain([begin], _pieces(request)), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="consents-{now:%Y-%m-%d}.txt"'
    return response


def consents_of(request: HttpRequest) -> ConsentsPage:
    """What templates/privacy/consents_section.html shows, as `consents`."""
    reader = reader_of(request)
    return consents_page(
        subject=key_of(_member(request)),
        choice=choice_of(request),
        granted=reader.granted,
        gpc=reader.gpc,
        at=timezone.now(),
    )


def _pieces(request: HttpRequest) -> Iterator[str]:
    """What follows the heading of a receipt, written when the view has ended: still in its language and time zone."""
    return _written(_subjects(request), language=get_language(), zone=timezone.get_current_timezone())


def _written(subjects: Sequence[Any], *, language: str | None, zone: tzinfo) -> Iterator[str]:
    for entries in whole_ledger(subjects=subjects):
        with translation.override(language), timezone.override(zone):
            piece = render_to_string("privacy/consent_receipt_entries.txt", {"entries": entries})
        yield piece


def _member(request: HttpRequest) -> AbstractBaseUser:
    """Behind login_required there is one."""
    return cast("AbstractBaseUser", request.user)


def _record(request: HttpRequest, response: HttpResponse, choices: Mapping[Question, bool]) -> None:
    """A browser's answers go under its number, a person's under theirs; a message says that they hold."""
    of_browser = {one: given for one, given in choices.items() if one.channel == Channel.BROWSER}
    record_for_browser(request, response, of_browser, METHOD)
    personal = {one: given for one, given in choices.items() if one.channel != Channel.BROWSER}
    if not (personal and _is_under_way(request, personal)):
        messages.success(request, _("Your choices are saved. They hold from now on."))
        return
    messages.warning(
        request, _("Your choices are saved. A mail that was being handed over at this moment may still arrive.")
    )


def _is_under_way(request: HttpRequest, choices: Mapping[Question, bool]) -> bool:
    """Write the answers down, and see whether something that they forbid has left already."""
    subject = consent_key(member=_member(request))
    record_choices(
        subject=subject,
        choices=choices,
        method=METHOD,
        language=get_language() or "en",
        gpc=sends_gpc(request),
        now=timezone.now(),
    )
    return under_way(subject=subject, refused=[one for one, given in choices.items() if not given]) > 0


def _subjects(request: HttpRequest) -> list[Any]:
    return [key_of(_member(request)), browser_of(request)]
