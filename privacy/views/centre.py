"""The privacy centre: what is held about the reader, who received it, and where to ask for more."""

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from privacy.selectors import centre as selectors
from privacy.selectors import disclosures
from privacy.selectors.own_rows import NoSuchPage, own_rows
from privacy.selectors.people import person_of
from privacy.selectors.receipts import own_receipts
from privacy.views.consents import consents_of

NUMBER = re.compile(r"[0-9]{0,18}")
MARK = re.compile(r"[-0-9A-Za-z]{0,40}")  # a row's number or random id


@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """A member's own centre; visitors learn what they can do without an account."""
    if request.user.is_authenticated:
        return _own_centre(request)
    return render(request, "privacy/centre_for_visitors.html")


@never_cache
def _own_centre(request: HttpRequest) -> HttpResponse:
    context = {
        "glance": selectors.glance(request.user),
        "entries": disclosures.newest(member=request.user),
        "standing": disclosures.standing_receivers(at=timezone.now()),
        "consents": consents_of(request),
    }
    return render(request, "privacy/centre.html", context)


@require_safe
@login_required
@never_cache
def data(request: HttpRequest, slug: str) -> HttpResponse:
    """The reader's own rows of one table; ?part= names another way of standing in it, ?after= the last row seen."""
    part, after = _number(request, "part") or 0, request.GET.get("after", "")
    if not MARK.fullmatch(after):
        raise Http404
    try:
        table = selectors.find_table(slug)
        rows = own_rows(table=table, part=part, person=person_of(request.user), after=after)
    except (LookupError, NoSuchPage) as error:
        raise Http404 from error
    context = {
        "page": rows,
        "label": table.label,
        "first_url": f"?part={part}" if after else "",
        "next_url": f"?part={part}&after={rows.after}" if rows.after else "",
    }
    return render(request, "privacy/data.html", context)


@require_safe
@login_required
@never_cache
def received(request: HttpRequest) -> HttpResponse:
    """Everybody who received the reader's data; ?before= names the last entry seen."""
    before = _number(request, "before")
    try:
        page = disclosures.received_page(member=request.user, before=before, at=timezone.now())
    except disclosures.NoSuchPage as error:
        raise Http404 from error
    context = {
        "page": page,
        "receipts": [] if before else own_receipts(member=request.user),
        "first_url": request.path if before else "",
        "next_url": f"?before={page.before}" if page.before else "",
    }
    return render(request, "privacy/received.html", context)


def _number(request: HttpRequest, name: str) -> int | None:
    asked = request.GET.get(name, "")
    if not NUMBER.fullmatch(asked):
        raise Http404
    return int(asked) if asked else None
