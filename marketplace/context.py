"""What every page knows about the site and its reader."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.acting import acting_for
from offerboard.selectors.inquiries import unread_count

# Which entry of the main menu a page belongs to, by its address.
PLACES = {
    "/leads/new/": "my_leads",
    "/leads/": "leads",
    "/companies/": "companies",
    "/categories/": "categories",
    "/countries/": "categories",
    "/my/inquiries/": "inquiries",
    "/my/leads/": "my_leads",
    "/my/watching/": "watching",
    "/my/searches/": "searches",
    "/my/company/": "account",
    "/my/mails/": "account",
    "/account/": "account",
}


def market(request: HttpRequest) -> dict[str, Any]:
    """The operator's name for the market, and who the operator is."""
    return {
        "market": {
            "name": settings.SITE_NAME,
            "operator": settings.OPERATOR,
            "dpo": settings.OPERATOR_DPO,
            "url": settings.SITE_URL,
            "demo": settings.DEMO,
        }
    }


def nav(request: HttpRequest) -> dict[str, Any]:
    """The header: where the reader is, and for members their company and unread inquiries (asked for lazily)."""
    return {"nav": SimpleLazyObject(lambda: _nav(request))}


def _nav(request: HttpRequest) -> dict[str, Any]:
    current = next((place for start, place in PLACES.items() if request.path.startswith(start)), "")
    acting = acting_for(request)
    if not request.user.is_authenticated:
        return {"current": current, "unread": 0, "name": "", "company_name": "", "companies": []}
    if acting is None:
        return {"current": current, "unread": 0, "name": request.user.name, "company_name": "", "companies": []}
    return {
        "current": current,
        "unread": unread_count(company_id=acting.company.pk, member_id=request.user.pk),
        "name": request.user.name,
        "company_name": acting.company.legal_name,
        "companies": [
            (acting.company.pk, acting.company.legal_name, True),
            *((other.pk, other.legal_name, False) for other in acting.others),
        ],
    }
