"""What accounts, log-ins and invitations hold about people; allauth’s and Django’s tables of log-ins included."""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, Member
from privacy.datamap import (
    UNLINK,
    Held,
    by_app,
    days_after,
    declare,
    found_by,
    mailbox,
    member,
    while_member,
)
from privacy.purposes import ACCOUNT, SECURITY

OPENS_ACCOUNT = _("a secret that opens your account is given to nobody")

declare(
    Member,
    what=_("Your name, e-mail, phone and settings"),
    about=member("pk"),
    why=ACCOUNT,
    keep=while_member(),
    erase=by_app(_("emptied; only the number of the account stays, so that no other account gets it")),
    held=(
        "email full_name display_name title gender country phone language time_zone "
        "adult_declared_at accuracy_declared_at joined_at state is_staff is_superuser"
    ),
    password=Held(why=SECURITY, withheld=OPENS_ACCOUNT),
    last_login=Held(why=SECURITY),
    derived="is_active",
    neutral="id",
)
declare(
    Member.groups.through,
    what=_("Your role among our staff"),
    about=member("member"),
    why=ACCOUNT,
    keep=while_member(),
    held="member group",
    neutral="id",
)
declare(
    Member.user_permissions.through,
    what=_("What you may do as staff"),
    about=member("member"),
    why=ACCOUNT,
    keep=while_member(),
    held="member permission",
    neutral="id",
)
declare(
    Invitation,
    what=_("Invitations into a team"),
    about=mailbox("email"),
    why=ACCOUNT,
    keep=days_after(30, "expires_at", _("30 days after it has run out")),
    source=_("a colleague who invited you"),
    held="email",
    invited_by=Held(about=member("invited_by"), erase=UNLINK),
    neutral="id company role token_hash invited_at expires_at accepted_at",
)
declare(
    EmailAddress,
    what=_("Your e-mail addresses"),
    about=member("user"),
    why=ACCOUNT,
    keep=while_member(),
    held="user email verified primary",
    neutral="id",
)
declare(
    EmailConfirmation,
    what=_("Links to confirm an e-mail address"),
    about=member("email_address__user"),
    why=ACCOUNT,
    keep=days_after(30, "created", _("30 days")),
    held="created sent",
    key=Held(withheld=OPENS_ACCOUNT),
    neutral="id email_address",
)
declare(
    Authenticator,
    what=_("Your passkeys and second steps"),
    about=member("user"),
    why=SECURITY,
    keep=while_member(),
    held="user type created_at last_used_at",
    data=Held(withheld=OPENS_ACCOUNT),
    neutral="id",
)
declare(
    UserSession,
    what=_("Where you are logged in"),
    about=member("user"),
    why=SECURITY,
    keep=days_after(30, "last_seen_at", _("30 days after you last used it")),
    held="user ip user_agent created_at last_seen_at data",
    session_key=Held(withheld=OPENS_ACCOUNT),
    neutral="id",
)


def _sessions(member_id: int) -> Q:
    return Q(session_key__in=UserSession.objects.filter(user=member_id).values("session_key"))


def _logged_in(sessions: Any) -> Any:
    return UserSession.objects.filter(session_key__in=sessions.values("session_key")).values("user")


declare(
    Session,
    what=_("What a browser’s session remembers"),
    about=found_by("session_key", _sessions, back=_logged_in),
    why=SECURITY,
    keep=days_after(0, "expire_date", _("until you log out, at most 30 days")),
    session_key=Held(withheld=OPENS_ACCOUNT),
    session_data=Held(
        withheld=_(
            "it is signed and unreadable; it holds who you are and which company you act for, and of staff, "
            "whose records they have opened"
        )
    ),
    expire_date=Held(),
)
