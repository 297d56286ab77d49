"""What accounts, log-ins and invitations hold about people; allauth’s and Django’s tables of log-ins included."""

from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import CompanyKey, Invitation, Member
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
from privacy.purposes import ACCOUNT, ADVERTISED_TO, INVITING, PASSED_TO_SERVICES, SECURITY, SHOWN_BY_PARTNERS

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
    also={
        ADVERTISED_TO: "email full_name display_name phone language",
        SHOWN_BY_PARTNERS: "email full_name phone",
        PASSED_TO_SERVICES: "email full_name phone language",
    },
    derived="is_active",
    neutral="id",
    words={"is_superuser": _("administrator"), "last_login": _("last log-in at")},
)
declare(
    Member.groups.through,
    what=_("Your role among our staff"),
    about=member("member"),
    why=ACCOUNT,
    keep=while_member(),
    held="member group",
    neutral="id",
    words={"group": _("role")},
)
declare(
    Member.user_permissions.through,
    what=_("What you may do as staff"),
    about=member("member"),
    why=ACCOUNT,
    keep=while_member(),
    held="member permission",
    neutral="id",
    words={"permission": _("what you may do")},
)
declare(
    Invitation,
    what=_("Invitations into a team"),
    about=mailbox("email"),
    why=INVITING,  # who is invited has no agreement with us
    keep=days_after(30, "expires_at", _("30 days after it has run out")),
    source=_("a colleague who invited you"),
    held="email",
    invited_by=Held(about=member("invited_by"), why=ACCOUNT, erase=UNLINK),
    neutral="id company role token_hash invited_at expires_at accepted_at",
)
declare(CompanyKey, neutral="id key company")  # whose key it is stands with the key
declare(
    EmailAddress,
    what=_("Your e-mail addresses"),
    about=member("user"),
    why=ACCOUNT,
    keep=while_member(),
    held="user email verified primary",
    neutral="id",
    words={
        "user": _("member"),
        "email": _("e-mail address"),
        "verified": _("whether you confirmed it"),
        "primary": _("whether it is your main one"),
    },
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
    words={"created": _("link made at"), "sent": _("link sent at"), "key": _("the link’s secret")},
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
    words={
        "user": _("member"),
        "type": _("which kind"),
        "created_at": _("added at"),
        "last_used_at": _("last used at"),
        "data": _("its secret"),
    },
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
    words={
        "user": _("member"),
        "ip": _("network address"),
        "user_agent": _("browser and device, as the browser calls them"),
        "created_at": _("logged in at"),
        "last_seen_at": _("last used at"),
        "data": _("notes on the log-in"),
        "session_key": _("the session’s secret"),
    },
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
    words={
        "session_key": _("the session’s secret"),
        "session_data": _("what is remembered"),
        "expire_date": _("ends at"),
    },
)
