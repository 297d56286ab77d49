"""How allauth behaves here."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Member
from accounts.notices import NOTICES, SECURITY, notice_words
from accounts.services.companies import list_confirmed_companies
from mailings.services import queue_mail
from mailings.services.moving import move_mail
from mailings.services.notifying import notify
from privacy.models import Suppression
from privacy.services.suppression import lift

# Mails of allauth's that ask for something, and our templates for them (templates/mail/).
LINKS = {
    "account/email/email_confirmation_signup": "confirm_sign_up",
    "account/email/email_confirmation": "confirm_address",
    "account/email/account_already_exists": "account_exists",
    "account/email/password_reset_key": "password_reset",
    "account/email/unknown_account": "account_unknown",
}
LONGEST_ADDRESS = 254  # characters
UNASKED = "account_unknown"  # answers whoever typed an address that has no account
LINK_WORDS = {"activate_url", "password_reset_url", "signup_url"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up, log-in and their mails in this market's way."""

    def clean_email(self, email: str) -> str:
        """Refuse what no table here can hold; RFC 5321 (4.5.3.1.3) allows no longer address."""
        if len(email) > LONGEST_ADDRESS:
            raise ValidationError(
                _("An e-mail address has at most %(most)s characters.") % {"most": LONGEST_ADDRESS}, code="max_length"
            )
        return str(super().clean_email(email))

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm the address, write to it again, and list the member's draft companies: all of it or nothing.

        Where it takes the place of another one, the member's mail follows.
        """
        before = email_address.user.email
        try:
            with transaction.atomic():
                confirmed: bool = super().confirm_email(request, email_address)
                if confirmed:
                    now = timezone.now()
                    if email_address.user.email != before:
                        move_mail(before=before, after=email_address.user.email)
                    lift(kind=Suppression.Kind.EMAIL, value=email_address.email, now=now)  # its holder has come back
                    list_confirmed_companies(member=email_address.user, now=now)
        except IntegrityError:  # somebody else's account got the address in the meantime
            self.add_message(
                request,
                messages.ERROR,
                "account/messages/email_confirmation_failed.txt",
                {"email": email_address.email},
            )
            return False
        return confirmed

    def login(self, request: HttpRequest, user: Member) -> None:
        """A session that nobody asked to keep ends with the browser; the log-in form may ask."""
        if "_session_expiry" not in request.session:
            request.session.set_expiry(0)
        super().login(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff go to their own pages, members to theirs; an explicit ?next= comes before this."""
        if isinstance(request.user, Member) and request.user.is_staff:
            return reverse("admin:index")
        return str(super().get_login_redirect_url(request))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Member,
        context: Mapping[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody what has happened to their account, in their own language, which allauth forgets on the way."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def send_mail(self, template_prefix: str, email: str, context: Mapping[str, Any]) -> None:
        """Queue allauth's mails like all others, in our words."""
        user = context.get("user")
        words = {key: _on_our_site(value) if key in LINK_WORDS else value for key, value in context.items()}
        if template_prefix in NOTICES:
            _notify(template_prefix, email, words, reader=context["user"])
            return
        queue_mail(
            template=LINKS[template_prefix],
            to=email,
            language=user.language if isinstance(user, Member) else (get_language() or settings.LANGUAGE_CODE),
            context=words,
            now=timezone.now(),
            asked_for=LINKS[template_prefix] != UNASKED,
        )


def _notify(template_prefix: str, email: str, words: Mapping[str, Any], *, reader: Member) -> None:
    """To the address that allauth names: of an account whose address was changed it is the one from before."""
    now = timezone.now()
    said = notice_words(template_prefix, words, reader=reader, at=now)
    notify(kind=SECURITY, readers=[reader], keys=[], context={**words, **said}, to=email, now=now)


def _on_our_site(url: str) -> str:
    # allauth builds links from the request's Host header, which whoever asks for the mail may have made up.
    return f"{settings.SITE_URL}{urlunsplit(('', '', *urlsplit(url)[2:]))}"
