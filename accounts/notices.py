"""The short mails that tell a member what has happened to their account."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailings.notices import NoticeKind, register_notices


@dataclass(frozen=True, slots=True)
class Notice:
    """A subject line, and the sentence that says what happened; %(…)s are filled from the mail's context."""

    subject: Promise
    happened: Promise


# By the name under which allauth sends each.
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
    "mfa/email/webauthn_removed": Notice(_("A passkey was removed"), _("A passkey was removed from your account.")),
}

SECURITY = NoticeKind(
    key="security",
    template="account_notice",
    title=_("Security of your account"),
    hint=_("Your password, your e-mail address or your second step was changed. Each time a mail of its own."),
    is_owed=True,
)


def register() -> None:
    """Make it known to those who choose how often they are told of other things."""
    register_notices(SECURITY)
