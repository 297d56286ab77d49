"""Services of others that a member connects: what each gets and why comes first, and no is as near as yes."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from partners.models import ConnectedService
from partners.selectors.services import service_page, services_of
from partners.services.connections import AskedSomethingElse, Ended, NotOffered, connect, decline
from privacy.cookies import sends_gpc

SAID = {  # after a no
    Ended.NOTHING: (messages.INFO, gettext_lazy("%(service)s is not connected.")),
    Ended.UNREAD: (messages.SUCCESS, gettext_lazy("%(service)s gets nothing from now on. It had read nothing.")),
    Ended.TO_DELETE: (
        messages.SUCCESS,
        gettext_lazy("%(service)s gets nothing from now on, and is asked to delete what it has."),
    ),
}
LONGEST_STATE = 500  # characters of an address that a service may have carried back to it


@require_safe
@login_required
@never_cache
def services(request: HttpRequest) -> HttpResponse:
    """Those that are connected, with the day on which each last read something, and those that can be."""
    rows = services_of(member=_member(request), at=timezone.now())
    return render(request, "partners/services/services.html", {"rows": rows})


@require_safe
@login_required
@never_cache
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """What it gets and what for, and the two buttons; or, once it is connected, the way on and the way out."""
    state = _state(request.GET)
    page = service_page(_service(slug), member=_member(request), state=state, at=timezone.now())
    if page is None:
        raise Http404
    return render(request, "partners/services/service.html", {"page": page, "row": page.row, "state": state})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Yes, no, or no more; the same page then says what holds. Who had to log in first comes here without an answer."""
    found = _service(slug)
    if request.method != "POST":
        return redirect("partners:service", slug)
    said: dict[str, Any] = {
        "member": request.user,
        "language": get_language() or "en",
        "gpc": sends_gpc(request),
        "now": timezone.now(),
    }
    name = f"\u2068{found.partner.receiver.name}\u2069"  # apart from the words around it, whichever way it is written
    if request.POST.get("answer") != "yes":
        level, words = SAID[decline(service=found, **said)]
        messages.add_message(request, level, words % {"service": name})
        return _back(request, slug)
    try:
        connect(service=found, version=request.POST.get("version", ""), **said)
    except NotOffered:
        messages.error(request, _("%(service)s cannot be connected now. Nothing was passed on.") % {"service": name})
    except AskedSomethingElse:
        messages.warning(request, _("The service asks for something else by now. Please read it again."))
    else:
        messages.success(request, _("%(service)s is connected.") % {"service": name})
    return _back(request, slug)


def _member(request: HttpRequest) -> Any:
    return request.user  # behind login_required there is one


def _back(request: HttpRequest, slug: str) -> HttpResponse:
    state = _state(request.POST)
    return redirect(reverse("partners:service", args=[slug]) + (f"?{urlencode({'state': state})}" if state else ""))


def _state(given: Any) -> str:
    """What the service wants to have back; one that is too long would not fit into an address, and is left out."""
    state: str = given.get("state", "")
    return state if len(quote(state)) <= LONGEST_STATE else ""


def _service(slug: str) -> ConnectedService:
    return get_object_or_404(ConnectedService.objects.select_related("partner__receiver"), partner__slug=slug)
