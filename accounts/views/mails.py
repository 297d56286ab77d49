"""Which mails one gets, and how often."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.acting import MemberRequest
from accounts.forms.mails import MailsForm
from mailings.selectors.preferences import preferences_of
from mailings.services.preferences import choose_frequencies


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mails(request: MemberRequest) -> HttpResponse:
    """See and choose how often one is told of what."""
    preferences = preferences_of(request.user.pk)
    form = MailsForm(request.POST if request.method == "POST" else None, preferences=preferences)
    if form.is_valid():
        choose_frequencies(
            member_id=request.user.pk, time_zone=request.user.time_zone, chosen=form.chosen(), now=timezone.now()
        )
        messages.success(request, _("Your mail preferences are saved."))
        return redirect("accounts:mails")
    fixed = [one.kind for one in preferences if not one.kind.is_choice]
    return render(request, "accounts/mails.html", {"form": form, "fixed": fixed})
