"""What privacy’s own tables, and the places outside of all tables, hold about people."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap import (
    UNLINK,
    Held,
    as_long_as,
    days_after,
    declare,
    declare_place,
    found_by,
    kept,
    member,
    while_member,
)
from privacy.models import (
    ConsentEvent,
    ConsentLink,
    ConsentWords,
    Disclosure,
    Export,
    PolicyAcceptance,
    PolicyDraft,
    PolicyNotice,
    PolicyVersion,
    Receiver,
    SubjectRequest,
)
from privacy.purposes import (
    AGREEMENTS,
    CONSENT_PROOF,
    EMERGENCY,
    PREFERENCES,
    RIGHTS,
    RUNNING,
    SECURITY,
    STAFF_RECORD,
)

declare(
    PolicyAcceptance,
    what=_("Which terms you accepted, and when"),
    about=member("member"),
    why=AGREEMENTS,
    keep=while_member(),
    held="member version accepted_at",
    neutral="id",
)
declare(
    PolicyNotice,
    what=_("That you were told of a new policy"),
    about=member("member"),
    why=AGREEMENTS,
    keep=while_member(),
    held="member version queued_at",
    neutral="id delivery",
)
declare(
    PolicyVersion,
    named_by="number",
    neutral="id kind number body published_at effective_at data_map digest material changes notices_done_at",
)
declare(PolicyDraft, neutral="id kind body effective_at changed_at")


def _consent_key(member_id: int) -> Q:
    return Q(subject__in=ConsentLink.objects.filter(member=member_id).values("key"))


declare(
    ConsentLink,
    what=_("The key under which your consents are kept"),
    about=member("member"),
    why=CONSENT_PROOF,
    keep=while_member(),
    held="member key",
    neutral="id",
    words={"key": _("random number")},
)
declare(
    ConsentEvent,
    what=_("What you agreed to or refused"),
    about=found_by("subject", _consent_key),
    why=CONSENT_PROOF,
    keep=days_after(7 * 365, "at", _("7 years, or 3 years after you changed your mind")),
    erase=kept(_("kept as proof under a random number; what led from it to you is deleted")),
    held="subject purpose channel given words policy method gpc at",
    neutral="id",
    words={"subject": _("random number"), "words": _("words that you were shown"), "policy": _("policy that held")},
)
declare(ConsentWords, named_by="text", neutral="digest language text")
declare(
    Disclosure,
    what=_("Who received your data"),
    about=member("member"),
    why=RIGHTS,
    keep=days_after(3 * 365, "at", _("3 years")),
    held="member receiver_kind receiver_name receiver_country purpose columns ground reason day at",
    receiver_key=Held(
        about=found_by("staff", lambda member_id: Q(receiver_kind="staff", receiver_key=f"member:{member_id}")),
        why=STAFF_RECORD,
        erase=kept(_("kept as a number, for the person whose data was looked at")),
    ),
    neutral="id",
)
declare(Receiver, neutral="id kind name country transfer task since until")
declare(
    SubjectRequest,
    what=_("What you asked about your data"),
    about=member("member"),
    why=RIGHTS,
    keep=days_after(3 * 365, "ended_at", _("3 years after the answer")),
    held="text answer identity_proof",
    member=Held(erase=UNLINK),
    neutral="id kind state received_at due_at ended_at",
)
declare(
    Export,
    what=_("Copies of your data that were made for you"),
    about=member("request__member"),
    why=RIGHTS,
    keep=days_after(7, "ready_at", _("7 days; then the file is deleted")),
    file=Held(withheld=_("it is the copy itself")),
    digest=Held(withheld=_("it is the copy itself")),
    neutral="request size rows rows_done attempts lease_until ready_at expires_at",
)

declare_place(
    "logs",
    what=_("Log lines: the kind of page, the time, how long it took. No address, no name"),
    why=RUNNING,
    keep=as_long_as(_("30 days")),
)
declare_place(
    "attempts",
    what=_("Counts of failed log-ins and sent forms, by network address and by e-mail address"),
    why=SECURITY,
    keep=as_long_as(_("minutes, at most a day")),
)
declare_place(
    "preferences",
    what=_("The cookie “preferences” in your browser: light or dark pages"),
    why=PREFERENCES,
    keep=as_long_as(_("1 year, or until you say no")),
)
declare_place(
    "choice",
    what=_("The cookie “choice” in your browser: what you said about cookies, when, and with a yes a random number"),
    why=CONSENT_PROOF,
    keep=as_long_as(_("1 year")),
)
declare_place(
    "backups",
    what=_("Copies of the whole database"),
    why=EMERGENCY,
    keep=as_long_as(_("30 days; what was erased is erased again when one is used")),
)
