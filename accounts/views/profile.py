"""Everything about oneself."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors
from accounts.acting import MemberRequest, acting_for
from accounts.forms.profile import ProfileForm
from accounts.services.profile import change_profile


@login_required
def profile(request: MemberRequest) -> HttpResponse:
    """See and change what is known about oneself; e-mail, password and sessions have pages of their own."""
    form = ProfileForm(request.POST or None, member=request.user)
    if request.method == "POST" and form.is_valid():
        change_profile(member=request.user, details=form.details())
        messages.success(request, _("Your profile is saved."))
        return redirect("accounts:profile")
    page = selectors.profile_page(member=request.user, at=timezone.now())
    return render(request, "accounts/profile.html", {"form": form, "page": page, "acting": acting_for(request)})
