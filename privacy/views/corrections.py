"""Asking for a correction of what one cannot change alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from privacy.forms.corrections import CorrectionForm
from privacy.selectors.corrections import correction_page, own_choices
from privacy.services import corrections as services
from privacy.services.requests import AlreadyAsked


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def correct(request: HttpRequest) -> HttpResponse:
    """The form, and what was asked before; ?which= comes from the page that shows the wrong data."""
    is_sent = request.method == "POST"
    form = CorrectionForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"which": request.GET.get("which", "")},
        data_of_mine=own_choices(member=request.user),
    )
    if is_sent and form.is_valid():
        try:
            services.ask_for_correction(
                member=request.user,
                table=form.cleaned_data["which"],
                text=form.cleaned_data["text"],
                evidence=form.cleaned_data["evidence"],
                now=timezone.now(),
            )
            messages.success(request, _("We have your request and answer within one month."))
        except AlreadyAsked:
            messages.info(request, _("We have your request already."))
        return redirect("privacy:correct")
    return render(request, "privacy/correct.html", {"form": form, "page": correction_page(member=request.user)})
