"""My company's team."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import selectors
from accounts.access import company_required, owner_required
from accounts.acting import MemberRequest
from accounts.forms.team import InviteForm, RoleForm
from accounts.services import team as services
from directory.models import TeamMember


@require_safe
@company_required
def team(request: MemberRequest) -> HttpResponse:
    """Who acts for the company, and who is invited."""
    return team_page(request, InviteForm())


def team_page(request: MemberRequest, form: InviteForm) -> HttpResponse:
    """The page, with the invitation's form as it was filled in."""
    page = selectors.team_page(company=request.acting.company, at=timezone.now())
    context = {"page": page, "form": form, "acting": request.acting, "roles": TeamMember.Role.choices}
    return render(request, "accounts/team.html", context)


@require_POST
@owner_required
def change_role(request: MemberRequest, pk: int) -> HttpResponse:
    """Give somebody in the team another role."""
    form = RoleForm(request.POST)
    get_object_or_404(TeamMember, company=request.acting.company, pk=pk)
    if not form.is_valid():
        messages.error(request, _("Choose one of the roles."))
        return redirect("accounts:team")
    role = form.cleaned_data["role"]
    try:
        changed = services.change_role(company=request.acting.company, actor=request.user, team_member_id=pk, role=role)
    except services.NotInTeam as error:
        raise Http404 from error
    except (services.NotAnOwner, services.LastOwner) as error:
        messages.error(request, _why_not(error))
    else:
        told = {"name": changed.member.name, "role": changed.get_role_display()}
        messages.success(request, _("%(name)s now has the role: %(role)s.") % told)
    return redirect("accounts:team")


@require_POST
@company_required
def remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Remove somebody from the team (owners), or leave it oneself (everybody)."""
    try:
        removed = services.remove_from_team(company=request.acting.company, actor=request.user, team_member_id=pk)
    except services.NotInTeam as error:
        raise Http404 from error
    except services.NotAnOwner:
        return render(request, "403.html", {"role": request.acting.role}, status=403)
    except services.LastOwner as error:
        messages.error(request, _why_not(error))
        return redirect("accounts:team")
    if removed.member_id == request.user.pk:
        messages.success(request, _("You have left the team of %(company)s.") % {"company": request.acting.company})
        return redirect("accounts:profile")
    messages.success(request, _("%(name)s is no longer in the team.") % {"name": removed.member.name})
    return redirect("accounts:team")


def _why_not(error: Exception) -> str:
    if isinstance(error, services.LastOwner):
        return _("A company needs an owner. Make somebody else an owner first.")
    return _("You are no longer an owner of this company.")
