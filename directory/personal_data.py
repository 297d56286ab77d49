"""What the directory holds about people: a company’s profile is about its owners, as a small one often is a person."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Category, Company, HsName, TeamMember, Verification
from privacy.datamap import UNLINK, Held, Keep, as_long_as, by_app, declare, member, while_member
from privacy.purposes import ACCOUNT, ADVERTISED_TO, COMPANY_CONTACT, LISTING, SHOWN_BY_PARTNERS, STAFF_RECORD

AS_LONG_AS_COMPANY = as_long_as(_("as long as the company is here"))


def _left_for_good(at: datetime) -> Q:
    """What is left of a company that closed a year ago is there for its threads, and goes after the last of them."""
    year_ago = at - timedelta(days=365)
    return Q(state=Company.State.CLOSED, updated_at__lt=year_ago, inquiries_sent=None, inquiries_received=None)


IF_IT_CLOSES = by_app(_("emptied, if nobody else owns the company: then it closes"))
NOT_PUBLIC = Held(why=COMPANY_CONTACT)  # pages say that there is one, and of a phone number the area

declare(Category, named_by="name", neutral="id parent slug name position hs_codes hs_edition")
declare(HsName, derived="search", neutral="id edition code name")
declare(
    Company,
    what=_("Your company’s profile"),
    named_by="legal_name",
    about=member("team__member", team__role=TeamMember.Role.OWNER),
    why=LISTING,
    keep=Keep(AS_LONG_AS_COMPANY.words, over=_left_for_good),
    erase=IF_IT_CLOSES,
    held=(
        "slug legal_name trade_name description country region city logo "
        "year_established business_types turnover_band headcount_band main_markets languages"
    ),
    postal_code=NOT_PUBLIC,
    address=NOT_PUBLIC,
    phone=NOT_PUBLIC,
    fax=NOT_PUBLIC,
    website=NOT_PUBLIC,
    # By post and by fax; and to choose whom a mail concerns.
    also={ADVERTISED_TO: "legal_name country region city postal_code address fax business_types"},
    derived="search",
    neutral="id state suspended_from created_at updated_at",
)
declare(
    Company.industries.through,
    what=_("Your company’s industries"),
    about=member("company__team__member", company__team__role=TeamMember.Role.OWNER),
    why=LISTING,
    keep=AS_LONG_AS_COMPANY,
    erase=IF_IT_CLOSES,
    held="company category",
    also={ADVERTISED_TO: "category"},
    neutral="id",
)
declare(
    TeamMember,
    what=_("The companies you act for"),
    about=member("member"),
    why=ACCOUNT,
    keep=while_member(),
    held="member company role joined_at",
    also={SHOWN_BY_PARTNERS: "company"},
    neutral="id",
)
declare(
    Verification,
    what=_("What was checked about your company"),
    about=member("company__team__member", company__team__role=TeamMember.Role.OWNER),
    why=LISTING,
    keep=AS_LONG_AS_COMPANY,
    source=_("our staff, who looked at your papers or at a public register"),
    erase=by_app(_("deleted, if nobody else owns the company")),
    held="method",
    verifier=Held(about=member("verifier"), why=STAFF_RECORD, erase=UNLINK),
    neutral="id company claim checked_at valid_until",
)
