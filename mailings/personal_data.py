"""What the outbox holds about people."""

from django.utils.translation import gettext_lazy as _

from mailings.models import Delivery, MailPreference, MailReport, WaitingNotice
from privacy.datamap import (
    Held,
    as_long_as,
    days_after,
    declare,
    declare_place,
    mailbox,
    member,
    while_member,
)
from privacy.purposes import MAILING

YOURS_ALREADY = Held(withheld=_("you have the mail itself, and it may quote other people"))

declare(
    Delivery,
    what=_("Mails that we sent to you"),
    about=mailbox("to"),
    why=MAILING,
    keep=days_after(90, "ended_at", _("90 days after it was sent")),
    held="to language error",
    subject=YOURS_ALREADY,
    text=YOURS_ALREADY,
    html=YOURS_ALREADY,
    neutral="id kind template state attempts queued_at not_before lease_until ended_at",
)
declare(
    MailReport,
    what=_("What mail servers answered about mails to you: that they came back, or that you called them unwanted"),
    about=mailbox("delivery__to"),
    why=MAILING,
    keep=days_after(90, "received_at", _("90 days, at most as long as the mail itself")),
    source=_("the company that runs your mailbox"),
    held="words",
    neutral="id delivery kind doubt source status digest received_at",
)
declare(
    MailPreference,
    what=_("How often you want which mails"),
    about=member("member"),
    why=MAILING,
    keep=while_member(),
    held="member kind frequency due_at told_until",
    neutral="id",
)
declare(
    WaitingNotice,
    what=_("What we tell you with the next mail that gathers several things"),
    about=member("member"),
    why=MAILING,
    keep=days_after(14, "due_at", _("until that mail is written, at most 14 days after its time")),
    held="member kind key happened_at due_at",
    neutral="id",
)
declare_place(
    "returned_mail",
    what=_("Mails that came back to us, as mail servers sent them"),
    why=MAILING,
    keep=as_long_as(_("7 days")),
)
