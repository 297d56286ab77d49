"""Django's admin, branded, behind a second factor outside the demo."""

import time
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.decorators import secure_admin_login
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models.base import ModelBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace import desk
from marketplace.mail_desk import mail_desk
from marketplace.privacy_desk import privacy_desk

WORKING_DAY = 10 * 60 * 60  # seconds; a remembered session must not open the admin for a month


class MarketAdminSite(AdminSite):
    """Staff log in on the site's own page, with its limits, and prove a second factor."""

    site_header = gettext_lazy("Market administration")
    site_title = gettext_lazy("Administration")
    index_title = gettext_lazy("Work")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take an app's page, but none of allauth's: other people's secrets and sessions are nobody's to browse."""
        models: list[Any] = [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else list(model_or_iterable)
        ours = [model for model in models if not model.__module__.startswith("allauth.")]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff who used a second factor in this session; the demo asks for none."""
        return super().has_permission(request) and (settings.DEMO or used_second_factor(request))

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        """Send staff without a factor to set one up, and everybody else through the site's log-in."""
        if request.user.is_authenticated and request.user.is_staff:
            if not is_mfa_enabled(request.user):
                messages.warning(request, _("Staff need a second factor. Please set one up."))
                return redirect("mfa_index")
            messages.warning(request, _("Please log out and log in again with your second factor."))
            return redirect("mfa_index")
        shown: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return shown

    def password_change(  # type: ignore[override]  # a redirect is an answer too
        self,
        request: HttpRequest,  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        """On the site's own page, which asks for the present password and tells the person by mail."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Begin with what waits for this person."""
        now, queues = timezone.now(), desk.work(request.user)
        deadlines = privacy_desk(request.user, now=now)
        shown = {"work": queues, "week": desk.week(now=now) if queues else [], "deadlines": deadlines}
        shown["mail"] = mail_desk(request.user, now=now)
        return super().index(request, {**shown, **(extra_context or {})})


def used_second_factor(request: HttpRequest) -> bool:
    """Whether a code or a passkey was used in this session, and not longer ago than a working day."""
    since = time.time() - WORKING_DAY
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" and record.get("at", 0) > since for record in records)
