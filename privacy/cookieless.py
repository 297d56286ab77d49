"""Forms that must work for people who accept no cookie: contact, report, removal.

A cross-site page could make a visitor's browser send such a form, but it cannot read our page to get the
signed token, and the browser tells us where the request came from.
"""

import time
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from allauth.core import ratelimit
from django import forms
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from privacy.signed_links import NotOurLink

View = Callable[..., HttpResponse]
MOST_SECONDS = 6 * 60 * 60
SALT = "privacy.cookieless"
LIMITED = "form_without_cookies"  # its rate stands in settings.ACCOUNT_RATE_LIMITS


class _FullHours(signing.TimestampSigner):
    """Signs the hour instead of the second."""

    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) // 3600 * 3600)


def shared_token(purpose: str) -> str:
    """A form's token that is the same for everybody within an hour, for pages that are kept; it lasts 5 to 6 hours."""
    return _FullHours(salt=SALT).sign_object(purpose)


class CookielessForm(forms.Form):
    """A form guarded by a signed, expiring token instead of a cookie, and by a field that only programs fill in."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
    homepage = forms.CharField(  # named to tempt programs; people never see it
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        self.fields["form_token"].initial = signing.dumps(purpose, salt=SALT)

    def clean(self) -> dict[str, Any]:
        """Refuse a stale or forged form, and one that a program filled in; what was typed stays on the page."""
        data = super().clean() or {}
        try:
            purpose = signing.loads(data.get("form_token", ""), salt=SALT, max_age=MOST_SECONDS)
        except signing.BadSignature:
            purpose = None
        if purpose != self.purpose or data.get("homepage"):
            # A fresh token goes out with the answer, so pressing the button again is enough.
            sent = cast("QueryDict", self.data).copy()
            sent[self.add_prefix("form_token")] = signing.dumps(self.purpose, salt=SALT)
            self.data = sent
            raise forms.ValidationError(
                _("This form was open too long. Please press the button once more."), code="stale"
            )
        return data


def same_origin(request: HttpRequest) -> bool:
    """Whether the browser says the request came from our own page; absent headers count as ours.

    Source: the Fetch Metadata request headers (Sec-Fetch-Site) and RFC 6454 (Origin).
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def cookieless(view: View) -> View:
    """Let a view's POST work without the CSRF cookie; its form must be a `CookielessForm`, or do little.

    Whoever sends too many from one network address gets 429: each leaves a row, and some rows stay for years.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not same_origin(request):
            raise PermissionDenied
        too_many: HttpResponse | None = ratelimit.consume_or_429(request, action=LIMITED)
        return too_many or view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def by_signed_link(*, stops_mail: bool) -> Callable[[View], View]:
    """Let a POST work whose address is itself the key, such as a mail program's button (RFC 8058).

    It is not limited: the buttons of a large mail provider's readers are all pressed from a few network addresses, and
    pressing one twice leaves no second row. A link that was cut or changed on the way (NotOurLink) is 404, with a page
    that says so, and how else to stop mails where that is what it was for.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not same_origin(request):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except NotOurLink:
                words = {"stops_mail": stops_mail}
                return render(request, "privacy/link_broken.html", words, status=HTTPStatus.NOT_FOUND)

        return csrf_exempt(guarded)

    return guard
