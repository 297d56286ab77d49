"""What keys and the change feed hold about people."""

from django.utils.translation import gettext_lazy as _

from partners.models import (
    ApiKey,
    Change,
    ConnectedService,
    Connection,
    Feed,
    FeedReading,
    IdempotentCall,
    KeyUsage,
    Mark,
    PairwiseId,
    Partner,
    PartnerApplication,
    PartnerPage,
    Webhook,
    WebhookDelivery,
)
from privacy.datamap import (
    BLANK,
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
from privacy.purposes import PULLING, RIGHTS, STAFF_RECORD

NEVER_GIVEN = _("a secret that opens the market to a program is given to nobody")

declare(
    Partner,
    what=_("Your address for technical notices, if your company pulls listings"),
    about=mailbox("contact_email"),
    why=PULLING,
    keep=as_long_as(_("as long as the contract with the partner, and what claims from it need")),
    erase=BLANK,
    held="contact_email",
    neutral="id receiver slug website language scopes calls_a_minute",
)
declare(
    ApiKey,
    what=_("Keys for your programs"),
    about=member("member"),
    why=PULLING,
    keep=while_member(),
    held="member prefix name scopes created_at expires_at last_used_at revoked_at",
    digest=Held(withheld=NEVER_GIVEN),
    neutral="id partner follows submission",
)
declare(
    PartnerApplication,
    what=_("What you wrote when your company asked to become a partner"),
    about=mailbox("email"),
    why=PULLING,
    keep=days_after(730, "received_at", _("2 years")),
    held="company website contact_name email purpose reason",
    decided_by=Held(about=member("decided_by"), why=STAFF_RECORD, erase=UNLINK),
    neutral="id submission country scopes language state received_at decided_at partner",
)
declare(
    Webhook,
    what=_("Addresses of your programs that we call when something changes"),
    about=member("member"),
    why=PULLING,
    keep=while_member(),
    held="member url kinds state pause_reason state_since previous_until created_at",
    secret=Held(withheld=NEVER_GIVEN),
    previous_secret=Held(withheld=NEVER_GIVEN),
    neutral="id partner key place epoch position untold quiet_until",
)
declare(
    WebhookDelivery,
    what=_("What was sent to your programs, and how they answered"),
    part_of="webhook",
    neutral=(
        "id webhook event epoch after up_to kinds state attempts tried_from not_before lease_until last_status "
        "last_error took_ms created_at ended_at"
    ),
)
declare(
    IdempotentCall,
    what=_("What your programs were answered, for a day"),
    part_of="key",
    neutral="id key value digest number status answer begun_at",
)
declare(
    PairwiseId,
    what=_("Numbers by which partner sites and services know you, after you said yes to them"),
    about=member("member"),
    why=PULLING,
    keep=days_after(400, "gone_at", _("400 days after your yes ended")),
    erase=UNLINK,
    held="member",
    neutral="id partner given_at gone_at removal",  # a random number, which says nothing once it is nobody's
)
declare(
    Connection,
    what=_("Services that you connected, and what they get"),
    about=member("member"),
    why=PULLING,
    keep=as_long_as(_("until you end the connection")),
    held="member service fields begun_at",
    neutral="id terms",
)
declare(ConnectedService, named_by="about", neutral="id partner is_on about purpose fields privacy_url return_url")
declare(
    KeyUsage,
    what=_("How often your programs called on each day, and how they were answered, for 400 days"),
    part_of="key",
    neutral="id key day answered client_errors server_errors refused",
)
declare(
    FeedReading,
    what=_("How far your programs have read what changes on the market"),
    part_of="key",
    neutral="id key epoch position read_at",
)
# A thing's short name in addresses says nothing about a person by itself, but it is what partners know a page by: see
# the place below.
declare(Mark, neutral="id kind key is_gone removal")
declare(Change, neutral="id kind key position at removal")
declare(Feed, neutral="id epoch last forgotten")
# A company's name, words and mark on a public page; who reads it is noted nowhere.
declare(
    PartnerPage,
    neutral="id partner is_on title intro categories kind countries logo logo_width logo_height privacy_url",
)
declare_place(
    "tombstones",
    what=_(
        "The short name, as it stood in its address, of a page that was removed: partners learn by it what to remove"
    ),
    why=RIGHTS,
    keep=as_long_as(_("400 days after the removal")),
)
