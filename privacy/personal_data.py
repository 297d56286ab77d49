"""What privacy’s own tables, and the places outside of all tables, hold about people."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from privacy.datamap import (
    BLANK,
    UNLINK,
    About,
    Held,
    Keep,
    Person,
    as_long_as,
    days_after,
    declare,
    declare_place,
    either,
    found_by,
    kept,
    mailbox,
    member,
    number_in,
    while_member,
)
from privacy.digests import digests_of
from privacy.models import (
    DISCLOSURES_KEPT,
    Breach,
    BreachNotice,
    ConsentEvent,
    ConsentLink,
    ConsentWords,
    ContractEnd,
    Correction,
    Disclosure,
    Erasure,
    Export,
    LegalHold,
    PolicyAcceptance,
    PolicyDraft,
    PolicyNotice,
    PolicyVersion,
    Receipt,
    Receiver,
    Removal,
    SubjectRequest,
    Suppression,
    SweepReport,
)
from privacy.purposes import (
    AGREEMENTS,
    BREACHES,
    CLAIMS,
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


def _consent_members(events: Any) -> Any:
    return ConsentLink.objects.filter(key__in=events.values("subject")).values("member")


def consents_over(at: datetime) -> Q:
    """As the ledger’s trigger allows: overtaken three years ago, or said four years ago by whom nobody can find."""
    later = ConsentEvent.objects.filter(
        subject=OuterRef("subject"), purpose=OuterRef("purpose"), channel=OuterRef("channel"), at__gt=OuterRef("at")
    )
    linked = ConsentLink.objects.filter(key=OuterRef("subject"))
    forgotten = Q(~Exists(linked), ~Exists(later), at__lt=at - timedelta(days=4 * 366))
    return Q(Exists(later.filter(at__lt=at - timedelta(days=3 * 366)))) | forgotten


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
    about=found_by("subject", _consent_key, back=_consent_members),
    why=CONSENT_PROOF,
    keep=Keep(_("as long as it holds and 3 years more; 4 years where nothing leads to you"), over=consents_over),
    erase=kept(_("kept as proof under a random number; what led from it to you is deleted")),
    held="subject purpose channel given words policy method gpc at",
    neutral="id",
    words={"subject": _("random number"), "words": _("words that you were shown"), "policy": _("policy that held")},
)
declare(ConsentWords, named_by="text", neutral="digest language text")
LOOKED_AT_IT = found_by(
    "staff",
    lambda member_id: Q(receiver_kind="staff", receiver_key=f"member:{member_id}"),
    back=number_in("receiver_key", prefix="member:"),
)
declare(
    Disclosure,
    what=_("Who received your data"),
    about=member("member"),
    why=RIGHTS,
    keep=days_after(DISCLOSURES_KEPT.days, "at", _("3 years")),
    held="member receiver_kind receiver_name receiver_country purpose columns ground reason day at",
    receiver_key=Held(
        about=LOOKED_AT_IT,
        why=STAFF_RECORD,
        erase=kept(_("kept as a number, for the person whose data was looked at")),
    ),
    neutral="id",
)
declare(Receiver, neutral="id kind name country transfer task since until")
# About companies: the page on which staff write down a proof asks them to name nobody.
declare(
    ContractEnd,
    neutral="id reference receiver ended_on opened_at told_at due_at reminded_at confirmed_at proof went_on_at",
)
declare(
    SubjectRequest,
    what=_("What you asked about your data"),
    about=either(member("member"), mailbox("email")),
    why=RIGHTS,
    keep=days_after(3 * 365, "ended_at", _("3 years after the answer")),
    text=Held(erase=BLANK),
    answer=Held(erase=BLANK),
    extension=Held(erase=BLANK),
    email=Held(erase=BLANK),
    identity_proof=Held(erase=kept(_("kept without your name, as proof that we answered"))),
    member=Held(erase=UNLINK),
    neutral="id kind state received_at due_at ended_at",
)
declare(
    Correction,
    what=_("What you asked us to correct, and your evidence"),
    about=member("request__member"),
    why=RIGHTS,
    keep=days_after(3 * 365, "request__ended_at", _("3 years after the answer")),
    held="table columns",
    evidence=Held(keep=as_long_as(_("30 days after the answer; then the file is deleted"))),  # forget_evidence
    decided_by=Held(about=member("decided_by"), why=STAFF_RECORD, erase=UNLINK),
    neutral="request",
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

declare(
    Erasure,
    what=_("How far your wish to leave has come"),
    about=member("request__member"),
    why=RIGHTS,
    keep=days_after(3 * 365, "request__ended_at", _("3 years after it was done")),
    member_number=Held(erase=kept(_("kept as a number without a name, as proof that it was done"))),
    successors=Held(erase=BLANK),
    files=Held(erase=BLANK, withheld=_("names under which we store the files that are being deleted")),
    neutral="request leads to_bring_back is_prepared runs_at lease_until attempts erased kept writes_letter letter",
)
declare(
    Receipt,
    what=_("Who was told to correct or delete your data"),
    about=member("request__member"),
    why=RIGHTS,
    keep=days_after(3 * 365, "request__ended_at", _("3 years after it was done")),
    erase=kept(_("kept without your name, as proof that they were told")),
    held="receiver_kind receiver_name columns change told_at due_at reminded_at confirmed_at proof",
    person=Held(erase=kept(_("kept until the receiver has confirmed, since it must know whom it is about"))),
    reference=Held(withheld=_("a number by which the receiver knows our message")),
    receiver_key=Held(withheld=_("a number by which we tell receivers of one name apart")),
    neutral="id request",
)
declare(
    LegalHold,
    what=_("What must not be deleted for now, since a claim may need it"),
    about=member("member"),
    why=CLAIMS,
    keep=days_after(365, "ends_at", _("1 year after it has ended")),
    source=_("our staff"),
    held="member reason lift_reason",
    owner=Held(about=member("owner"), why=STAFF_RECORD, erase=UNLINK),
    neutral="id table key begun_at ends_at lifted_at",
)

declare(
    Removal,
    what=_("What you wanted to be removed when you had no account"),
    about=mailbox("request__email"),
    why=RIGHTS,
    keep=days_after(3 * 365, "request__ended_at", _("3 years after the answer")),
    erase=BLANK,
    held="who page",
    decided_by=Held(about=member("decided_by"), why=STAFF_RECORD, erase=UNLINK),
    neutral="request channel target_kind target_key language hidden_here",
)


def _suppressed(person: Person) -> Q:
    digests = [digest for address in person.addresses for digest in digests_of(Suppression.Kind.EMAIL, address)]
    return Q(kind=Suppression.Kind.EMAIL, digest__in=digests)


declare(
    Suppression,
    what=_("That you must not be written to or listed again"),
    about=About("digest", _suppressed),
    why=RIGHTS,
    keep=as_long_as(_("as long as this market runs, or until you join it again")),
    erase=kept(_("kept as a digest that nobody can read, so that nobody brings you back")),
    held="digest",
    neutral="id kind key_id reason at",
)
declare(
    Breach,
    neutral=(
        "id title happened began_at discovered_at risk tables rows_from rows_until consequences measures advice "
        "authority authority_told_at delay people_told_at people_done_at closed_at"
    ),
)
declare(
    BreachNotice,
    what=_("That you were told of an incident"),
    about=either(member("member"), mailbox("email")),
    why=BREACHES,
    keep=days_after(3 * 365, "queued_at", _("3 years")),
    member=Held(erase=UNLINK),
    email=Held(erase=BLANK),
    neutral="id breach delivery queued_at sent_at",
)
declare(SweepReport, derived="files", neutral="id started_at ended_at is_rehearsal counts held")

declare_place(
    "logs",
    what=_("Log lines: the kind of page, the time, how long it took. No address, no name"),
    why=RUNNING,
    keep=as_long_as(_("30 days")),
)
declare_place(
    "ledger",
    what=_("A file outside of the database: who has left, as numbers and digests that nobody can read"),
    why=RIGHTS,
    keep=as_long_as(_("as long as this market runs, or until you join it again")),
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
