"""What partners get, what we ask of them, and how to become one. Needs no cookie."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from partners.forms.applications import ApplicationForm
from partners.services import applications as services
from partners.sources import sources
from privacy.cookieless import cookieless

FORM = "partners"


@require_http_methods(["GET", "HEAD", "POST"])
@cookieless
def partners(request: HttpRequest) -> HttpResponse:
    """The page; its form becomes an application that staff decide about."""
    form = ApplicationForm(request.POST if request.method == "POST" else None, purpose=FORM)
    status = 200
    if form.is_valid():
        try:
            application = services.apply(
                applicant=form.applicant(),
                submission=form.cleaned_data["submission"],
                language=translation.get_language() or "en",
                now=timezone.now(),
            )
        except services.TooManyApplications:
            form.add_error("email", _("We have several applications from this address today. Please try tomorrow."))
            status = 429
        else:
            return render(request, "partners/applied.html", {"application": application})
    return render(request, "partners/partners.html", {"form": form, "sources": sources().values()}, status=status)
