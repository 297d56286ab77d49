"""The star on leads and companies, and the list of what a member watches."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.acting import MemberRequest
from directory.models import Company
from offerboard.models import Favourite, Lead
from offerboard.selectors.watching import watch_company_button, watch_lead_button, watching_page
from offerboard.services import watching as services


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def watch_lead(request: MemberRequest, slug: str) -> HttpResponse:
    """The star of a lead; whoever comes from the log-in (GET) is brought back to it."""
    lead = get_object_or_404(Lead.objects.public(at=timezone.now()).select_related("company"), slug=slug)
    if request.method != "POST":
        return _back(request, lead)
    _switch(request, lead)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(lead)
    button = watch_lead_button(slug, member_id=request.user.pk)
    return render(request, "components/watch.html", {"watch": button, "look": "hit small"})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def watch_company(request: MemberRequest, slug: str) -> HttpResponse:
    """The star of a company."""
    company = get_object_or_404(Company.objects.listed(), slug=slug)
    if request.method != "POST":
        return _back(request, company)
    _switch(request, company)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(company)
    return render(request, "components/watch.html", watch_company_button(company, request.user.pk) | {"look": "btn"})


@require_safe
@login_required
def watching(request: MemberRequest) -> HttpResponse:
    """Favourite leads, or with ?list=companies favourite companies."""
    page = watching_page(
        member=request.user,
        companies=request.GET.get("list") == "companies",
        after=request.GET.get("after", ""),
        now=timezone.now(),
    )
    return render(request, "offerboard/watching.html", {"page": page})


@require_POST
@login_required
def remove_favourite(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Take a row off the list, also one whose lead or company is no longer public. A second press finds it gone."""
    favourite = get_object_or_404(Favourite.objects.of_member(request.user.pk), pk=pk)
    favourite.delete()
    messages.success(request, _("Removed from your list."))
    return redirect("/my/watching/?list=companies" if favourite.company_id else "offerboard:watching")


def _back(request: MemberRequest, thing: Lead | Company) -> HttpResponse:
    if not Favourite.objects.of_member(request.user.pk).filter(**_which(thing)).exists():
        messages.info(request, _("You are logged in. Press “Watch” again to put this on your list."))
    return redirect(thing)


def _which(thing: Lead | Company) -> dict[str, Lead | Company]:
    return {"lead": thing} if isinstance(thing, Lead) else {"company": thing}


def _switch(request: MemberRequest, thing: Lead | Company) -> None:
    """`on` says what is wanted, so that pressing twice is pressing once."""
    if request.POST.get("on") == "0":
        services.unwatch(member=request.user, thing=thing)
        return
    try:
        services.watch(member=request.user, thing=thing, now=timezone.now())
    except services.ListFull:
        full = _("Your list is full: it holds %(most)d. Remove something you no longer need first.")
        messages.error(request, full % {"most": services.MOST_FAVOURITES})
    except services.NotActive as error:
        raise PermissionDenied from error
