"""What personal data is used for, in the words in which people are told."""

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Purpose, ReceiverKind, Use, as_long_as

PUBLIC, TEAM, STAFF = ReceiverKind.PUBLIC, ReceiverKind.TEAM, ReceiverKind.STAFF

ACCOUNT = Purpose("account", _("Running your account"), Basis.CONTRACT, (TEAM, STAFF))
SECURITY = Purpose(
    "security",
    _("Keeping others out of your account"),
    Basis.INTERESTS,
    interest=_("accounts that nobody else can use"),
)
LISTING = Purpose("listing", _("Showing your company in the directory"), Basis.CONTRACT, (PUBLIC, TEAM, STAFF))
COMPANY_CONTACT = Purpose(
    "company_contact",
    _("Reaching your company, and checking that it is where it says"),
    Basis.CONTRACT,
    (TEAM, STAFF),
)
INVITING = Purpose(
    "inviting",
    _("Bringing an invitation into a team to the person who is invited"),
    Basis.INTERESTS,
    (ReceiverKind.MAIL, TEAM, STAFF),
    interest=_("companies that can ask their colleagues to join them here"),
)
PUBLISHING = Purpose("publishing", _("Publishing your leads"), Basis.CONTRACT, (PUBLIC, TEAM, STAFF))
IMPORTING = Purpose("importing", _("Taking in leads from your files"), Basis.CONTRACT, (TEAM, STAFF))
CONTACTING = Purpose(
    "contacting",
    _("Letting buyers and sellers reach each other"),
    Basis.CONTRACT,
    (ReceiverKind.COUNTERPARTY, TEAM, STAFF),
)
WATCHING = Purpose("watching", _("Remembering what you want to watch"), Basis.CONTRACT)
MAILING = Purpose(
    "mailing",
    _("Sending you mails about your account, your leads and your messages"),
    Basis.CONTRACT,
    (ReceiverKind.MAIL, STAFF),
)
SUPPORT = Purpose(
    "support",
    _("Answering those who write to us"),
    Basis.INTERESTS,
    interest=_("people who get an answer"),
)
MODERATION = Purpose(
    "moderation",
    _("Keeping fraud and forbidden goods off the market"),
    Basis.INTERESTS,
    (STAFF, ReceiverKind.AUTHORITY),
    interest=_("a market in which nobody is cheated"),
)
STAFF_RECORD = Purpose(
    "staff_record",
    _("Knowing what our staff did"),
    Basis.INTERESTS,
    interest=_("staff who answer for what they do"),
)
AGREEMENTS = Purpose(
    "agreements",
    _("Proving what was agreed"),
    Basis.INTERESTS,
    (STAFF, ReceiverKind.ADVISER, ReceiverKind.AUTHORITY),
    interest=_("being able to show what was agreed if it is disputed"),
)
CONSENT_PROOF = Purpose("consent_proof", _("Proving what you agreed to or refused"), Basis.LAW)
RIGHTS = Purpose("rights", _("Answering what you ask about your data, and showing who received it"), Basis.LAW)
CLAIMS = Purpose(
    "claims",
    _("Keeping what a legal claim may need"),
    Basis.INTERESTS,
    (STAFF, ReceiverKind.ADVISER, ReceiverKind.AUTHORITY),
    interest=_("being able to bring and to answer legal claims"),
)
BREACHES = Purpose("breaches", _("Telling you when something has happened to your data"), Basis.LAW)
RUNNING = Purpose(
    "running",
    _("Running the website and finding faults"),
    Basis.INTERESTS,
    interest=_("a website that works"),
)
EMERGENCY = Purpose(
    "emergency",
    _("Having a copy if everything is lost"),
    Basis.INTERESTS,
    interest=_("not losing the members’ data"),
)
PULLING = Purpose("pulling", _("Letting programs of members and partners read the market"), Basis.CONTRACT, (STAFF,))
PREFERENCES = Purpose("preferences", _("Remembering how you like the pages"), Basis.CONSENT, ())
MARKETING = Purpose(
    "marketing",
    _("Sending you what you asked for, such as a newsletter"),
    Basis.CONSENT,
    (ReceiverKind.MAIL, STAFF),
)
PARTNERS = Purpose("partners", _("Showing your contact on partner sites"), Basis.CONSENT, (ReceiverKind.PARTNER, STAFF))
CONNECTING = Purpose(
    "connecting",
    _("Passing your details to services that you connect to your account"),
    Basis.CONSENT,
    (ReceiverKind.CONNECTED, STAFF),
)

UNTIL_NO = as_long_as(_("until you say no"))
ADVERTISED_TO = Use(MARKETING, UNTIL_NO)  # by what members are reached who asked for it: see privacy.consents
SHOWN_BY_PARTNERS = Use(PARTNERS, UNTIL_NO)
PASSED_TO_SERVICES = Use(CONNECTING, as_long_as(_("until you end the connection")))
