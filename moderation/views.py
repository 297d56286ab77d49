"""Pages for everyone: report something, write to the operator. Neither needs a cookie."""

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from moderation import services
from moderation.forms import ContactForm, ReportForm
from moderation.models import Report
from moderation.registry import moderatable
from privacy.cookieless import cookieless

HIDING_FROM, HIDING_BY = "hide_from_address", "hide_by_member"  # their rates: settings.ACCOUNT_RATE_LIMITS


@require_http_methods(["GET", "HEAD", "POST"])
@cookieless
def report(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Report a lead, a company or a thread that the reader can see."""
    known = moderatable(kind)
    subject = known.find(key, request.user.pk) if known else None
    if known is None or subject is None or not subject.url:
        raise Http404
    member = request.user if request.user.is_authenticated else None
    form = ReportForm(request.POST if request.method == "POST" else None, purpose="report")
    if member:
        del form.fields["email"]
    if form.is_valid():
        services.file_report(
            subject=subject,
            reporter=member,
            email=form.cleaned_data.get("email", ""),
            reason=form.cleaned_data["reason"],
            text=form.cleaned_data["text"],
            submission=form.cleaned_data["submission"],
            may_hide=_may_hide(request),
            now=timezone.now(),
        )
        return render(request, "moderation/reported.html", {"subject": subject, "label": known.label})
    return render(request, "moderation/report.html", {"form": form, "subject": subject, "label": known.label})


def _may_hide(request: HttpRequest) -> bool:
    """Whether a report on a child by this member or network address still hides something; only such reports count."""
    if request.POST.get("reason") != Report.Reason.CHILD:
        return False
    limits = [HIDING_FROM, HIDING_BY] if request.user.is_authenticated else [HIDING_FROM]
    return all(ratelimit.consume(request, action=limit) for limit in limits)


@require_http_methods(["GET", "HEAD", "POST"])
@cookieless
def contact(request: HttpRequest) -> HttpResponse:
    """Who runs this market and how to reach them; a message becomes a numbered ticket."""
    member = request.user if request.user.is_authenticated else None
    known = {"name": member.full_name, "email": member.email} if member else {}
    form = ContactForm(request.POST if request.method == "POST" else None, purpose="contact", initial=known)
    status = 200
    if form.is_valid():
        try:
            ticket = services.open_ticket(
                kind=form.cleaned_data["kind"],
                name=form.cleaned_data["name"],
                email=form.cleaned_data["email"],
                text=form.cleaned_data["text"],
                member=member,
                submission=form.cleaned_data["submission"],
                language=translation.get_language() or "en",
                now=timezone.now(),
            )
        except services.TooManyTickets:
            form.add_error("email", _("We have several messages from this address today. Please write again tomorrow."))
            status = 429
        else:
            return render(request, "moderation/ticket_opened.html", {"ticket": ticket})
    return render(request, "moderation/contact.html", {"form": form}, status=status)
