"""Leaving: the page with the plan, the link of the mail, and the way back."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from privacy.cookieless import cookieless
from privacy.forms.leaving import LeavingForm
from privacy.selectors.leaving import leaving_page
from privacy.services import leaving as services
from privacy.services.requests import AlreadyAsked

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@PAGE
@login_required
@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    """Ask to be deleted, after reading what goes and what stays; later, see how far it is."""
    page = leaving_page(member=request.user, at=timezone.now())
    form = LeavingForm(request.POST if request.method == "POST" else None, estates=page.estates)
    if request.method == "POST" and form.is_valid():
        answer: HttpResponse = _ask_to_leave(request, form)  # what is missing is said before the password is asked for
        return answer
    return render(request, "privacy/delete.html", {"form": form, "page": page})


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is
def _ask_to_leave(request: HttpRequest, form: LeavingForm) -> HttpResponse:
    """With the password given a moment ago; else allauth asks for it, and sends the same form again."""
    try:
        services.ask_to_leave(
            member=request.user,
            leads=form.wanted_leads(),
            successors=form.successors(),
            text=form.cleaned_data["text"],
            now=timezone.now(),
        )
    except AlreadyAsked:
        messages.info(request, _("We have your request already."))
    return redirect("privacy:delete")


@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth is
def stay(request: HttpRequest) -> HttpResponse:
    """Change one's mind: one click and the password."""
    try:
        services.stay(member=request.user, now=timezone.now())
    except services.NotLeaving:
        messages.info(request, _("There is nothing to cancel."))
    else:
        messages.success(request, _("Welcome back. Your account stays, and everything is as it was."))
    return redirect("privacy:delete")


@cookieless
@PAGE
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail, perhaps on another device: a button. Only pressing it changes something."""
    try:
        if request.method == "POST":
            runs_at = services.confirm_leaving(token=token, now=timezone.now())
            return render(request, "privacy/leaving_confirm.html", {"runs_at": runs_at})
        services.waits_for_confirmation(token=token)
    except (services.NotOurLink, services.NotLeaving):
        return render(request, "privacy/leaving_confirm.html", {"is_over": True}, status=410)
    return render(request, "privacy/leaving_confirm.html")
