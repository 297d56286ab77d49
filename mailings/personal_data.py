"""What the outbox holds about people."""

from django.utils.translation import gettext_lazy as _

from mailings.models import (
    ANSWERED_WITHIN,
    Campaign,
    CampaignText,
    CampaignWriter,
    Delivery,
    DomainBudget,
    MailPreference,
    MailReport,
    Outage,
    Subscriber,
    SubscriptionWish,
    WaitingNotice,
)
from privacy.datamap import (
    UNLINK,
    Held,
    as_long_as,
    days_after,
    declare,
    declare_place,
    mailbox,
    member,
    while_member,
)
from privacy.purposes import MAILING, MARKETING, STAFF_RECORD

YOURS_ALREADY = Held(withheld=_("you have the mail itself, and it may quote other people"))

declare(
    Delivery,
    what=_("Mails that we sent to you"),
    about=mailbox("to"),
    why=MAILING,
    keep=days_after(90, "ended_at", _("90 days after it was sent")),
    held="to domain language name gathered reader digest error",
    subject=YOURS_ALREADY,
    text=YOURS_ALREADY,
    html=YOURS_ALREADY,
    neutral="id kind template asked_for campaign state attempts unknown_ends queued_at not_before lease_until ended_at",
)
declare(
    Campaign,
    what=_("Mails to many that you wrote or released as staff"),
    about=member("written_by"),
    why=STAFF_RECORD,
    keep=as_long_as(_("as long as the mail is in our archive")),
    erase=UNLINK,
    held="written_by",
    approved_by=Held(about=member("approved_by")),
    neutral=(
        "id kind title topic reason default_language countries industries business_types tiers languages starts_at "
        "is_archived slug state written_at approved_at began_at ended_at cancelled_at halt failures cursor audience "
        "sent bounced suppressed uncertain withdrawn"
    ),
)
declare(
    CampaignWriter,
    what=_("Mails to many that you wrote in as staff"),
    about=member("member"),
    why=STAFF_RECORD,
    keep=as_long_as(_("as long as the mail is in our archive")),
    held="member",
    neutral="id campaign",
)
declare(CampaignText, neutral="id campaign language subject body offer_title offer_text offer_button offer_link")
declare(DomainBudget, neutral="domain per_minute minute taken put_off answer")
declare(Outage, neutral="id since tries ask_again_at said")
declare(
    SubscriptionWish,
    what=_("What you asked us to send you, until you confirm it"),
    about=mailbox("email", by_lower=True),
    why=MARKETING,
    keep=days_after(ANSWERED_WITHIN.days, "asked_at", _("30 days, if you do not confirm it")),
    held="email topics language gpc asked_at",
    neutral="id",
)
declare(
    Subscriber,
    what=_("Your subscription to our mails without an account"),
    about=mailbox("email", by_lower=True),
    why=MARKETING,
    keep=days_after(1, "stopped_at", _("until you say no, and a day")),
    held="key email language confirmed_at stopped_at",
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
