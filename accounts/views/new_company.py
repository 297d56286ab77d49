"""Another company, and which of one's companies one acts for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.acting import MemberRequest, act_for
from accounts.forms.new_company import NewCompanyForm
from accounts.services.companies import TooManyCompanies, add_company
from directory.admission import WAITS
from directory.models import Company


@login_required
def new_company(request: MemberRequest) -> HttpResponse:
    """Bring a company into the market and act for it."""
    form = NewCompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            company = add_company(member=request.user, details=form.company_details(), now=timezone.now())
        except TooManyCompanies:
            form.add_error(None, _("You own as many companies as one person may. Write to us if you need more."))
        else:
            act_for(request, company)
            messages.success(request, _("You now act for %(company)s.") % {"company": company})
            if company.state == Company.State.DRAFT:
                messages.warning(request, WAITS)
            return redirect("accounts:my_company")
    return render(request, "accounts/new_company.html", {"form": form})


@require_POST
@login_required
def switch(request: MemberRequest) -> HttpResponse:
    """Act for another of one's own companies, and go on where one was."""
    chosen = request.POST.get("company", "")
    own = Company.objects.of_member(request.user.pk)
    company = get_object_or_404(
        own, pk=int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
    )
    act_for(request, company)
    messages.success(request, _("You now act for %(company)s.") % {"company": company})
    return redirect(_after_switch(request))


def _after_switch(request: MemberRequest) -> str:
    """Where one was, or its list: a single thing under /my/ belongs to the company one has just left."""
    target = request.POST.get("next", "")
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    ):
        return "accounts:my_company"
    parts = target.split("/")
    return "/".join([*parts[:3], ""]) if parts[:2] == ["", "my"] else target
