"""Who may open a page: decorators for views that act for a company."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.acting import Acting, acting_for

View = Callable[..., HttpResponse]


def company_required(view: View) -> View:
    """For members who act for a company, in any role; a person without one is sent to make or join one."""
    return _guard(view, allowed=lambda _acting: True)


def editor_required(view: View) -> View:
    """For owners and editors; a viewer is told so with 403 and nothing is changed."""
    return _guard(view, allowed=lambda acting: acting.can_edit)


def owner_required(view: View) -> View:
    """For owners; others are told so with 403 and nothing is changed."""
    return _guard(view, allowed=lambda acting: acting.is_owner)


def _guard(view: View, *, allowed: Callable[[Acting], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acting = acting_for(request)
        if acting is None:
            messages.info(request, _("First tell us about your company, or ask a colleague to invite you."))
            return redirect("accounts:new_company")
        if not allowed(acting):
            return render(request, "403.html", {"role": acting.role}, status=403)
        request.acting = acting  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return login_required(guarded)
