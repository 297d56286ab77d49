"""Inviting people into a team, and being invited."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import selectors
from accounts.access import owner_required
from accounts.acting import MemberRequest, act_for
from accounts.forms.team import InviteForm
from accounts.services import invitations as services
from accounts.views.team import team_page
from directory.models import TeamMember


@require_POST
@owner_required
def invite(request: MemberRequest) -> HttpResponse:
    """Invite somebody into the acting company's team."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return team_page(request, form)
    now = timezone.now()
    email, role = form.cleaned_data["email"], form.cleaned_data["role"]
    try:
        sent = services.invite(company=request.acting.company, inviter=request.user, email=email, role=role, now=now)
    except services.AlreadyInTeam:
        form.add_error("email", _("This person is in the team already."))
    except services.CompanySuspended:
        form.add_error(None, _("Your company is suspended, so it cannot invite anybody. Write to us under Contact."))
    except services.TooManyInvitations:
        form.add_error(None, _("That is enough for one day. Try again tomorrow."))
    else:
        if sent.invited_at == now:
            messages.success(request, _("We have sent an invitation to %(email)s.") % {"email": sent.email})
        else:
            messages.info(
                request,
                _("%(email)s has a mail from us less than an hour old. Its link works.") % {"email": sent.email},
            )
        return redirect("accounts:team")
    return team_page(request, form)


@require_POST
@owner_required
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an open invitation back."""
    try:
        services.withdraw_invitation(company=request.acting.company, invitation_id=pk, now=timezone.now())
    except services.InvitationClosed as error:
        raise Http404 from error
    messages.success(request, _("The invitation is withdrawn. Its link no longer works."))
    return redirect("accounts:team")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites into which team; only pressing the button accepts."""
    found = selectors.invitation_page(
        token_hash=services.token_hash(token), reader_id=request.user.pk, at=timezone.now()
    )
    if found is None or not (found.is_open or found.reader_is_in_team):
        return _closed(request)
    if not found.is_open:
        company = found.invitation.company
        messages.info(request, _("You are in the team of %(company)s.") % {"company": company})
        return redirect("accounts:team")
    if request.method == "POST":
        return _accept(request, token=token, page=found)
    return render(request, "accounts/invitation.html", {"page": found})


def _accept(request: HttpRequest, *, token: str, page: selectors.InvitationPage) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    try:
        joined = services.accept_invitation(token=token, member=request.user, now=timezone.now())
    except services.InvitationClosed:
        return _closed(request)
    except services.OtherAddress:
        return render(request, "accounts/invitation.html", {"page": page}, status=403)
    return _joined(request, joined)


@require_POST
@login_required
def accept_waiting(request: MemberRequest, pk: int) -> HttpResponse:
    """Accept an invitation from one's account page."""
    try:
        joined = services.accept_waiting_invitation(invitation_id=pk, member=request.user, now=timezone.now())
    except services.InvitationClosed as error:
        raise Http404 from error
    return _joined(request, joined)


@require_POST
@login_required
def decline(request: MemberRequest, pk: int) -> HttpResponse:
    """Say no to an invitation from one's account page."""
    try:
        services.decline_invitation(invitation_id=pk, member=request.user, now=timezone.now())
    except services.InvitationClosed as error:
        raise Http404 from error
    messages.success(request, _("The invitation is declined."))
    return redirect("accounts:profile")


def _joined(request: HttpRequest, joined: TeamMember) -> HttpResponse:
    act_for(request, joined.company)
    messages.success(request, _("You are now in the team of %(company)s.") % {"company": joined.company})
    return redirect("accounts:team")


def _closed(request: HttpRequest) -> HttpResponse:
    # One answer for expired, used, withdrawn and invented links: a stranger learns nothing.
    return render(request, "accounts/invitation_closed.html", status=404)
