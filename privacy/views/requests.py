"""Copies of one’s data: asking for one, and fetching it."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from privacy.selectors import requests as selectors
from privacy.services import requests as services

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@login_required
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """My copies: ask for one, see how far it is, fetch it; htmx asks again while one is being made."""
    page = selectors.export_page(member=request.user)
    template = "privacy/download.html#progress" if request.htmx else "privacy/download.html"  # type: ignore[attr-defined]
    return render(request, template, {"page": page})


@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is
def ask_for_export(request: HttpRequest) -> HttpResponse:
    """Have a copy made; the password was given a moment ago."""
    try:
        services.ask_for_export(member=request.user, now=timezone.now())
    except services.AlreadyAsked:
        messages.info(request, _("Your copy is being made already."))
    except services.TooManyExports:
        messages.error(request, _("You have asked for several copies today. Please ask again tomorrow."))
    return redirect("privacy:download")


@require_safe
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is
@never_cache
def fetch_export(request: HttpRequest, pk: Any) -> HttpResponseBase:
    """The file, for whom it is about and nobody else; 410 when its time is over."""
    export = selectors.own_export(pk=pk, member=request.user)
    if export is None:
        raise Http404
    if selectors.is_over(export, at=timezone.now()):
        return render(request, "privacy/export_over.html", status=410)
    if not export.file:
        raise Http404
    response = FileResponse(
        export.file.open("rb"), as_attachment=True, filename=f"my-data-{export.ready_at:%Y-%m-%d}.zip"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
