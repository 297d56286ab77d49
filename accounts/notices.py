"""The short mails that tell a member what has happened to their account."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from mailings.notices import NoticeKind, register_notices
from mailings.times import zone_of
from privacy.languages import site_language


@dataclass(frozen=True, slots=True)
class Notice:
    """A subject line, and the sentence that says what happened; %(…)s are filled from the mail's context."""

    subject: Promise
    happened: Promise


# By the name under which allauth sends each; those about keys are ours.
NOTICES = {
    "account/email/email_changed": Notice(
        _("Your e-mail address was changed"),
        _("The e-mail address of your account is now %(to_email)s. It was %(from_email)s."),
    ),
    "account/email/email_deleted": Notice(
        _("An e-mail address was removed"), _("The e-mail address %(deleted_email)s was removed from your account.")
    ),
    "account/email/password_changed": Notice(_("Your password was changed"), _("Your password was changed.")),
    "account/email/password_reset": Notice(_("Your password was changed"), _("Your password was set anew by mail.")),
    "account/email/password_set": Notice(_("Your password was set"), _("A password was set for your account.")),
    "mfa/email/totp_activated": Notice(
        _("An authenticator app was added"),
        _("Logging in to your account now asks for a code from an authenticator app."),
    ),
    "mfa/email/totp_deactivated": Notice(
        _("Your authenticator app was removed"),
        _("Logging in to your account no longer asks for a code from an authenticator app."),
    ),
    "mfa/email/recovery_codes_generated": Notice(
        _("You have new recovery codes"), _("New recovery codes were made. The old ones no longer work.")
    ),
    "mfa/email/webauthn_added": Notice(_("A passkey was added"), _("A passkey was added to your account.")),
    "company_key_made": Notice(
        _("A key for programs was made: %(key)s"),
        _("%(who)s made the key “%(key)s” (%(prefix)s…), with which a program acts for %(company)s."),
    ),
    "company_key_renewed": Notice(
        _("A key for programs was renewed: %(key)s"),
        _("%(who)s renewed the key “%(key)s” of %(company)s. The new one begins with %(prefix)s."),
    ),
    "company_key_revoked": Notice(
        _("A key for programs was revoked: %(key)s"),
        _("%(who)s revoked the key “%(key)s” (%(prefix)s…) of %(company)s. It opens nothing any more."),
    ),
    "mfa/email/webauthn_removed": Notice(_("A passkey was removed"), _("A passkey was removed from your account.")),
}

SECURITY = NoticeKind(
    key="security",
    template="account_notice",
    title=_("Security of your account"),
    hint=_(
        "Your password, your e-mail address, your second step or a key of your company was changed. Each time a mail "
        "of its own."
    ),
    is_owed=True,
)


def notice_words(name: str, facts: Mapping[str, Any], *, reader: Member, at: datetime) -> dict[str, str]:
    """Subject, sentence and time in the reader's language; the time by the reader's clock, whose zone it names."""
    notice, zone = NOTICES[name], zone_of(reader.time_zone)
    with translation.override(site_language(reader.language)):
        return {
            "subject": str(notice.subject) % facts,
            "happened": str(notice.happened) % facts,
            "when": f"{date_format(at.astimezone(zone), 'DATETIME_FORMAT')} ({zone.key})",
        }


def register() -> None:
    """Make it known to those who choose how often they are told of other things."""
    register_notices(SECURITY)
