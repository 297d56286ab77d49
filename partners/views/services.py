"""Services of others that a member connects: what each gets and why comes first, and no is as near as yes."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partners.models import ConnectedService, Connection
from partners.selectors.services import onward_url, service_row, services_of
from partners.services.connections import AskedSomethingElse, NotOffered, connect, decline, version_of
from privacy.cookies import sends_gpc

LONGEST_STATE = 500  # characters that a service may have carried back to it


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
    found = _service(slug)
    connection = Connection.objects.filter(service=found, member=_member(request)).first()
    is_offered = ConnectedService.objects.offered(on=timezone.now().date()).filter(pk=found.pk).exists()
    state = _state(request.GET)
    return render(
        request,
        "partners/services/service.html",
        {
            "row": service_row(found, connection=connection),
            "asked": service_row(found, connection=None).gets,
            "is_offered": is_offered,
            "version": version_of(found),
            "state": state,
            "onward": onward_url(found, member=request.user, state=state) if connection or state else "",
        },
    )


@require_POST
@login_required
@never_cache
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Yes, no, or no more; the same page then says what holds."""
    found = _service(slug)
    said: dict[str, Any] = {
        "member": request.user,
        "language": get_language() or "en",
        "gpc": sends_gpc(request),
        "now": timezone.now(),
    }
    name = found.partner.receiver.name
    if request.POST.get("answer") != "yes":
        if decline(service=found, **said):
            messages.success(
                request,
                _("%(service)s gets nothing from now on, and is asked to delete what it has.") % {"service": name},
            )
        else:
            messages.info(request, _("Nothing was passed to %(service)s.") % {"service": name})
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
    return state if len(state) <= LONGEST_STATE else ""


def _service(slug: str) -> ConnectedService:
    return get_object_or_404(ConnectedService.objects.select_related("partner__receiver"), partner__slug=slug)
