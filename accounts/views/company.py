"""My company: its profile, its logo, and whether the world sees it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import company_required, editor_required, owner_required
from accounts.acting import MemberRequest
from accounts.forms.company import CompanyForm, LogoForm
from directory import services
from directory.admission import WAITS
from directory.selectors.company import own_profile


@require_http_methods(["GET", "HEAD", "POST"])
@company_required
def my_company(request: MemberRequest) -> HttpResponse:
    """Viewers read; owners and editors change. Each form on the page names its part in `part`."""
    if request.method != "POST":
        return _page(request)
    return PARTS.get(request.POST.get("part", ""), save_profile)(request)


@editor_required
def save_profile(request: MemberRequest) -> HttpResponse:
    """All of the profile at once; with a mistake the page comes back as it was typed."""
    now = timezone.now()
    form = CompanyForm(request.POST, company=request.acting.company, now=now)
    logo_form = LogoForm(request.POST, request.FILES) if "logo" in request.FILES else None
    if logo_form and logo_form.is_valid():  # a good picture is kept whatever is wrong with the rest
        services.set_logo(company=request.acting.company, logo=logo_form.cleaned_data["logo"], now=now)
        messages.success(request, _("Your logo is saved."))
    if not form.is_valid() or (logo_form and logo_form.errors):
        return _page(request, form=form, logo_form=logo_form if logo_form and logo_form.errors else None)
    stays = services.update_company(
        company=request.acting.company, profile=form.profile(), industries=form.chosen_industries(), now=now
    )
    messages.success(request, _("Your company’s profile is saved."))
    if not stays:
        messages.warning(request, WAITS)
    return redirect("accounts:my_company")


@editor_required
def save_logo(request: MemberRequest) -> HttpResponse:
    """The logo, and the profile as far as it was typed."""
    if request.FILES and "company_name" in request.POST:
        return save_profile(request)
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        typed = CompanyForm(request.POST, company=request.acting.company, now=timezone.now())
        return _page(request, form=typed if "company_name" in request.POST else None, logo_form=form)
    services.set_logo(company=request.acting.company, logo=form.cleaned_data["logo"], now=timezone.now())
    messages.success(request, _("Your logo is saved."))
    return redirect("accounts:my_company")


@editor_required
def remove_logo(request: MemberRequest) -> HttpResponse:
    """Initials stand in its place."""
    services.set_logo(company=request.acting.company, logo=None, now=timezone.now())
    messages.success(request, _("Your logo is removed."))
    return redirect("accounts:my_company")


@owner_required
def hide(request: MemberRequest) -> HttpResponse:
    """Page and leads vanish at once."""
    try:
        services.hide_company(company=request.acting.company, now=timezone.now())
    except services.StateConflict:
        messages.error(request, _("The company was not listed any more, so there was nothing to hide."))
    else:
        messages.success(request, _("Your company is hidden. Its page and its leads are no longer public."))
    return redirect("accounts:my_company")


@owner_required
def show(request: MemberRequest) -> HttpResponse:
    """Page and leads come back."""
    try:
        listed = services.show_company(company=request.acting.company, now=timezone.now())
    except services.StateConflict:
        messages.error(request, _("Only a hidden company can be listed again."))
    except services.Closing:
        messages.error(request, _("Its owners wish to leave the market. Who stays can list it again."))
    else:
        if listed:
            messages.success(request, _("Your company is listed again."))
        else:
            messages.warning(request, WAITS)
    return redirect("accounts:my_company")


PARTS: dict[str, Callable[[MemberRequest], HttpResponse]] = {
    "profile": save_profile,
    "logo": save_logo,
    "remove_logo": remove_logo,
    "hide": hide,
    "show": show,
}


def _page(
    request: MemberRequest, *, form: CompanyForm | None = None, logo_form: LogoForm | None = None
) -> HttpResponse:
    acting = request.acting
    if acting.can_edit and form is None:
        form = CompanyForm(company=acting.company, now=timezone.now())
    context = {
        "acting": acting,
        "form": form,
        "logo_form": logo_form or LogoForm(),
        "page": own_profile(acting.company),
    }
    return render(request, "accounts/my_company.html", context)
