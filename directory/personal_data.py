"""What the directory holds about people: a company’s profile is about its owners, as a small one often is a person."""

from django.utils.translation import gettext_lazy as _

from directory.models import Category, Company, HsName, TeamMember, Verification
from privacy.datamap import UNLINK, Erase, Held, as_long_as, declare, member, while_member
from privacy.purposes import ACCOUNT, LISTING, STAFF_RECORD

AS_LONG_AS_COMPANY = as_long_as(_("as long as the company is here"))

declare(Category, named_by="name", neutral="id parent slug name position hs_codes hs_edition")
declare(HsName, derived="search", neutral="id edition code name")
declare(
    Company,
    what=_("Your company’s profile"),
    named_by="legal_name",
    about=member("team__member", team__role=TeamMember.Role.OWNER),
    why=LISTING,
    keep=AS_LONG_AS_COMPANY,
    erase=Erase("delete", _("deleted, if nobody else owns the company")),
    held=(
        "slug legal_name trade_name description country region city postal_code address phone fax website logo "
        "year_established"
    ),
    derived="search",
    neutral=(
        "id business_types turnover_band headcount_band main_markets languages state suspended_from "
        "created_at updated_at"
    ),
)
declare(
    Company.industries.through, what=_("Your company’s industries"), part_of="company", neutral="id company category"
)
declare(
    TeamMember,
    what=_("The companies you act for"),
    about=member("member"),
    why=ACCOUNT,
    keep=while_member(),
    held="member company role joined_at",
    neutral="id",
)
declare(
    Verification,
    what=_("What was checked about your company"),
    about=member("company__team__member", company__team__role=TeamMember.Role.OWNER),
    why=LISTING,
    keep=AS_LONG_AS_COMPANY,
    source=_("our staff, who looked at your papers or at a public register"),
    held="method",
    verifier=Held(about=member("verifier"), why=STAFF_RECORD, erase=UNLINK),
    neutral="id company claim checked_at valid_until",
)
