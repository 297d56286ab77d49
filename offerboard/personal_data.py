"""What leads, threads, imports and saved searches hold about people.

Trade facts, such as a price, say nothing about a person and are neutral; what somebody typed freely is held.
"""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offerboard.models import (
    Block,
    BoardEntry,
    ExpiryNotice,
    Favourite,
    ImportDay,
    Inquiry,
    Lead,
    LeadCount,
    LeadDocument,
    LeadImport,
    LeadPicture,
    LeadRange,
    LeadRevision,
    Message,
    NewLead,
    Notice,
    PriceTier,
    ReadMark,
    RefusedRow,
    SavedSearch,
    SearchKey,
    SeenRow,
    SentFile,
    Word,
)
from privacy.datamap import (
    UNLINK,
    Held,
    Keep,
    as_long_as,
    by_app,
    days_after,
    declare,
    either,
    kept,
    member,
    replaced_by,
    while_member,
)
from privacy.purposes import CONTACTING, IMPORTING, PUBLISHING, WATCHING

REMOVED = _("[removed by its author]")
WITH_LEAD = as_long_as(_("as long as the lead"))
WITH_THREAD = as_long_as(_("as long as the thread"))
POSTER = member("lead__posted_by")
WITH_LEAVING = by_app(_("deleted, unless you leave your leads to your company"))


def _long_over(at: datetime) -> Q:
    """A lead that was never on the board has no day of expiry."""
    forgotten = Q(expires_at=None, updated_at__lt=at - timedelta(days=730))
    return Q(expires_at__lt=at - timedelta(days=365)) | forgotten


# --- leads
declare(
    Lead,
    what=_("Your leads"),
    about=member("posted_by"),
    why=PUBLISHING,
    keep=Keep(_("1 year after it was last public; a draft, 2 years after it was last changed"), over=_long_over),
    erase=WITH_LEAVING,
    held="slug title description brand model place packaging rejection posted_by",
    neutral=(
        "id company submission kind category category_path hs_code hs_edition quantity unit price price_on_request "
        "currency incoterm payment_terms condition origin destinations samples lead_time_days country language "
        "valid_days state holds created_at updated_at posted_at expires_at rank renewals"
    ),
    derived="hidden",
)
declare(
    BoardEntry,
    derived="search ballast",
    neutral=("lead rank posted_at expires_at company category kind country condition incoterm currency price quantity"),
)
declare(
    LeadDocument,
    what=_("Documents of your leads"),
    about=POSTER,
    why=PUBLISHING,
    keep=WITH_LEAD,
    erase=WITH_LEAVING,
    held="file name",
    derived="digest",
    neutral="id lead kind size position",
)
declare(
    LeadPicture,
    what=_("Pictures of your leads"),
    about=POSTER,
    why=PUBLISHING,
    keep=WITH_LEAD,
    erase=WITH_LEAVING,
    held="image caption",
    derived="thumbnail digest",
    neutral="id lead width height position",
)
declare(
    PriceTier, what=_("Prices of your leads by quantity"), part_of="lead", neutral="id lead place min_quantity price"
)
declare(
    LeadRevision,
    what=_("What of your leads was public, and when"),
    about=POSTER,
    why=PUBLISHING,
    keep=days_after(730, "expires_at", _("2 years after it was public")),
    erase=kept(_("kept until its time is over, without your name: what was offered may be disputed")),
    held="facts",
    derived="public_until",
    neutral="id lead public_from closed_at expires_at",
)
declare(LeadCount, neutral="id kind category country leads companies")
declare(LeadRange, neutral="number changed_at")
declare(ExpiryNotice, neutral="id lead expires_at")
declare(Word, derived="text", neutral="leads")  # counted anew from the leads every ten minutes

# --- threads
declare(
    Inquiry,
    what=_("The titles of your leads above threads, and the subjects that you gave to threads"),
    about=either(POSTER, member("begun_by")),
    why=CONTACTING,
    keep=days_after(730, "last_message_at", _("2 years after the last message")),
    erase=by_app(_("replaced by a note; titles of leads stay if you leave your leads to your company")),
    held="subject begun_by",
    words={"begun_by": _("who began it")},
    context=False,  # who asks a company is its business, also after the poster has left its team
    neutral="id sender recipient lead is_general started_at last_message_at",
)
declare(
    Message,
    what=_("Messages that you wrote"),
    about=member("author"),
    why=CONTACTING,
    keep=days_after(730, "sent_at", _("2 years")),
    author=Held(erase=UNLINK),
    text=Held(erase=replaced_by(REMOVED)),
    neutral="id inquiry company submission sent_at",
)
declare(
    ReadMark,
    what=_("How far you have read a thread"),
    about=member("member"),
    why=CONTACTING,
    keep=WITH_THREAD,
    held="member read_at",
    neutral="id inquiry",
)
declare(
    Block,
    what=_("Companies that your company does not want to hear from"),
    part_of="company",
    neutral="id company blocked blocked_at",
)

# --- files of leads
SENDER = member("lead_import__member")
declare(
    LeadImport,
    what=_("Files of leads that you sent"),
    about=member("member"),
    why=IMPORTING,
    keep=days_after(30, "ended_at", _("30 days after it was taken in")),
    held="member file name shape mapping unknown_categories failure",
    words={"name": _("file’s name"), "shape": _("how the file is built"), "mapping": _("which column is what")},
    derived="table",
    neutral=(
        "id company by_command state rows_read offset line imported repeated refused fallen shortened masked attempts "
        "lease_until waits_until created_at started_at ended_at"
    ),
)
declare(
    RefusedRow,
    what=_("Rows of your files that did not become leads"),
    about=SENDER,
    why=IMPORTING,
    keep=days_after(30, "lead_import__ended_at", _("30 days")),
    held="columns reasons cells",
    neutral="id lead_import line",
)
declare(SeenRow, derived="content", neutral="id lead_import line first_line")
declare(ImportDay, neutral="id company day leads")
declare(
    SentFile,
    what=_("That you sent a file"),
    about=member("member"),
    why=IMPORTING,
    keep=days_after(1, "sent_at", _("1 day")),
    held="member sent_at",
    neutral="id",
)

# --- what members keep for themselves
declare(
    Favourite,
    what=_("Leads and companies that you watch"),
    about=member("member"),
    why=WATCHING,
    keep=while_member(),
    held="member lead company created_at",
    neutral="id",
)
declare(
    SavedSearch,
    what=_("Your saved searches"),
    about=member("member"),
    why=WATCHING,
    keep=while_member(),
    held=(
        "member name words kind categories countries company price_from price_to currency quantity unit conditions "
        "incoterms verified frequency created_at"
    ),
    derived="fingerprint query",
    neutral="id",
)
declare(SearchKey, derived="lexeme category country kind", neutral="id search")
declare(NewLead, neutral="lead since")
declare(
    Notice,
    what=_("New leads that your searches found"),
    about=member("search__member"),
    why=WATCHING,
    keep=days_after(90, "found_at", _("90 days")),
    held="search lead found_at due_at mailed_at",
    neutral="id",
)
