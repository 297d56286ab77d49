"""What a browser may keep: the settings page, which also takes the answers of the question on every page."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy.consents import Question, browser_questions
from privacy.cookieless import cookieless, shared_token
from privacy.cookies import (
    QUESTION,
    answered,
    choice_of,
    keep_choice,
    keep_theme,
    necessary,
    reader_of,
    sends_gpc,
)
from privacy.forms.consents import CookieChoicesForm
from privacy.models import ConsentEvent
from privacy.selectors.consents import browser_answers, topics
from privacy.services.consent import record_choices

NOT_KEPT = "#not-kept"  # shown by the page if it has to ask again, which means that the cookie was not kept


@require_http_methods(["GET", "HEAD", "POST"])
@cookieless
def cookie_settings(request: HttpRequest) -> HttpResponse:
    """What each purpose needs, and yes or no to it."""
    data = request.POST if request.method == "POST" else None
    form = CookieChoicesForm(data, purpose=QUESTION, questions=browser_questions())
    in_place = "HX-Request" in request.headers
    if form.is_valid():
        in_passing = form.cleaned_data["in_passing"]
        back = reverse("privacy:cookie_answer") if in_place else in_passing and came_from(request)
        response = redirect((back or reverse("privacy:cookie_settings")) + NOT_KEPT)
        method = ConsentEvent.Method.BANNER if in_passing else ConsentEvent.Method.COOKIE_PAGE
        record_for_browser(request, response, form.choices(), method)
        return response
    if in_place:
        asked_anew = {"form": form, "token": shared_token(QUESTION), "questions": browser_questions()}
        return render(request, "components/cookie_question.html", asked_anew)
    reader, choice = reader_of(request), choice_of(request)
    found = browser_answers(choice=choice, granted=reader.granted, gpc=reader.gpc, at=timezone.now())
    page = {"form": form, "topics": topics(found), "necessary": necessary().values(), "choice": choice}
    return render(request, "privacy/cookie_settings.html", page)


@require_safe
def cookie_answer(request: HttpRequest) -> HttpResponse:
    """What stands in the place of the question once it is answered: whether the browser kept the answer."""
    return render(request, "components/cookie_answered.html")


@require_POST
@cookieless
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark pages, if this browser may; a script asks for no answer, others return to their page."""
    response = redirect(came_from(request) or "/")
    if reader_of(request).remembers:
        keep_theme(response, request.POST.get("theme", ""))
    return response


@require_safe
def gpc(request: HttpRequest) -> JsonResponse:
    """That this site obeys the signal: https://w3c.github.io/gpc/#gpc-support-resource."""
    return JsonResponse({"gpc": True, "lastUpdate": "2026-11-27"})


def record_for_browser(
    request: HttpRequest, response: HttpResponse, choices: Mapping[Question, bool], method: ConsentEvent.Method
) -> None:
    """Have the browser keep the answers; a yes, and one that is taken back, are written down under its number.

    A first no is proof of nothing that we do, so it is nowhere but in the browser.
    """
    if not choices:
        return
    before = choice_of(request)
    choice = answered(request, {question.purpose.key: given for question, given in choices.items()})
    held = before.granted if before else frozenset()
    to_prove = {question: given for question, given in choices.items() if given or question.purpose.key in held}
    number = (before.browser if before else None) or choice.browser
    if number and to_prove:
        record_choices(
            subject=number,
            choices=to_prove,
            method=method,
            language=get_language() or "en",
            gpc=sends_gpc(request),
            now=timezone.now(),
        )
    keep_choice(response, choice)


def browser_of(request: HttpRequest) -> UUID | None:
    """The number under which this browser's yes is kept, if it says one."""
    choice = choice_of(request)
    return choice.browser if choice else None


def came_from(request: HttpRequest) -> str:
    """The page of this site on which a form was sent, as far as the browser says so; else nothing."""
    own = f"{request.scheme}://{request.get_host()}"
    page = request.headers.get("Referer", "")
    address = page.removeprefix(own).partition("#")[0]
    is_ours = page.startswith(f"{own}/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else ""
