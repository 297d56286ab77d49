"""Behind the link in every mail: one button to stop it, a mail program's own (RFC 8058), and a choice of topics."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mailings.forms.subscribing import TopicsForm
from mailings.selectors.readers import mailbox_of
from mailings.selectors.subscribing import UnsubscribePage, titles_of, unsubscribe_page
from mailings.services import choosing
from mailings.services.subscriptions import unsubscribe as stop
from mailings.stopping.opting_out import in_flight
from mailings.stopping.unsubscribe_links import Link, read_link
from mailings.topics import topics
from mailings.views.asking import take_a_turn
from privacy.cookieless import by_signed_link
from privacy.cookies import sends_gpc

ALL, CHOOSE = "all", "choose"  # names of buttons; every other POST stops the topic of the link


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@by_signed_link(stops_mail=True)
def unsubscribe(request: HttpRequest, token: str = "") -> HttpResponse:
    """Stop a topic, all of them, or some, without a log-in or a cookie; opening the page changes nothing."""
    link = read_link(token)
    if request.method == "POST" and CHOOSE in request.POST:
        return _choose(request, link)
    left = _stop(request, link) if request.method == "POST" else _being_handed_over(link)
    page = _page(request, link, under_way=left)
    return _shown(request, page, _form(page))


def _choose(request: HttpRequest, link: Link) -> HttpResponse:
    page = _page(request, link)
    form = _form(page, request)
    if not form.is_valid():
        return _shown(request, page, form)
    chosen, again_at = form.cleaned_data["topics"], None
    try:
        address = choosing.mailbox_behind(link)
        if choosing.wanted_besides(address, chosen):
            again_at = take_a_turn(request, address)
        done = choosing.choose_topics(
            link=link,
            chosen=chosen,
            may_ask=again_at is None,
            language=form.cleaned_data["language"],
            page=_language(),
            gpc=sends_gpc(request),
            now=timezone.now(),
        )
    except choosing.NotTheirMailbox:  # it went between the page and the press
        return _shown(request, page, form, status=HTTPStatus.CONFLICT)
    words: dict[str, Any] = {
        "is_saved": True,
        "stopped": titles_of(done.stopped),
        "left": done.under_way,
        "asked": titles_of(done.asked),
        "again_at": again_at,
    }
    page = _page(request, link)
    return _shown(request, page, _form(page), **words)


def _page(request: HttpRequest, link: Link, *, under_way: int = 0) -> UnsubscribePage:
    reader = getattr(request.user, "email", "")
    return unsubscribe_page(link, under_way=under_way, reader=reader, now=timezone.now())


def _form(page: UnsubscribePage, request: HttpRequest | None = None) -> TopicsForm:
    return TopicsForm(
        request.POST if request else None,
        offered=[one.topic for one in page.choices],
        initial={
            "topics": [one.topic.key for one in page.choices if one.comes],
            "language": page.language or settings.LANGUAGE_CODE,
        },
    )


def _shown(
    request: HttpRequest, page: UnsubscribePage, form: TopicsForm, *, status: int = HTTPStatus.OK, **words: Any
) -> HttpResponse:
    return render(request, "mailings/unsubscribe.html", {"page": page, "form": form, **words}, status=status)


def _stop(request: HttpRequest, link: Link) -> int:
    refused = list(topics()) if ALL in request.POST else [link.topic]
    return stop(link=link, refused=refused, language=_language(), now=timezone.now())


def _being_handed_over(link: Link) -> int:
    return in_flight(reader=link.reader, address=mailbox_of(link.reader) or "", topics=[link.topic])


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
