"""What search engines are told of a lead: schema.org as JSON-LD, never a contact detail.

Sources: https://schema.org/Offer, https://schema.org/Demand, https://schema.org/Product. Units are the codes of UN/ECE
Recommendation 20, which schema.org's unitCode takes as they are; countries are ISO 3166-1 alpha-2.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString

from directory import hs
from directory.structured import breadcrumb_list, json_ld
from offerboard.codes import Condition
from offerboard.models import Lead

CONDITIONS: Mapping[str, str] = {
    Condition.NEW: "https://schema.org/NewCondition",
    Condition.REFURBISHED: "https://schema.org/RefurbishedCondition",
    Condition.USED: "https://schema.org/UsedCondition",
}


def structured(lead: Lead, *, images: Iterable[str], path: Iterable[tuple[str, str]], now: datetime) -> SafeString:
    """The lead and the way to it; "" while it is not public. `images` and the steps of `path` carry no host."""
    if not lead.is_public(at=now) or lead.quantity is None:
        return SafeString("")
    company = {
        "@type": "Organization",
        "name": lead.company.legal_name,
        "url": settings.SITE_URL + lead.company.get_absolute_url(),
    }
    terms = _terms(lead) | {"itemOffered": _goods(lead, images)}
    if lead.kind == Lead.Kind.SELL_OFFER:
        deal = {"@type": "Offer"} | terms | {"offeredBy": company, "seller": company}
    else:  # a demand does not name who demands; whoever seeks names the demand
        deal = company | {"seeks": {"@type": "Demand"} | terms}
    return json_ld({"@graph": [deal, breadcrumb_list([*path, (lead.title, lead.get_absolute_url())])]})


def _terms(lead: Lead) -> dict[str, Any]:
    """What a sell offer and a buy inquiry have in common."""
    is_offer = lead.kind == Lead.Kind.SELL_OFFER
    region = "eligibleRegion" if is_offer else "areaServed"
    return _filled(
        {
            "url": settings.SITE_URL + lead.get_absolute_url(),
            "name": lead.title,
            "category": lead.category.name if is_offer and lead.category else "",  # a demand has none, its goods have
            "validFrom": lead.posted_at.isoformat() if lead.posted_at else "",
            "validThrough": lead.expires_at.isoformat() if lead.expires_at else "",
            "eligibleQuantity": _amount(lead.quantity, lead.unit),
            "priceSpecification": _price(lead),
            "itemCondition": CONDITIONS.get(lead.condition, ""),
            "deliveryLeadTime": _amount(lead.lead_time_days, "DAY"),
            region: [{"@type": "Country", "name": code} for code in lead.destinations],
        }
    )


def _goods(lead: Lead, images: Iterable[str]) -> dict[str, Any]:
    made_here = lead.kind == Lead.Kind.SELL_OFFER and lead.origin  # on a buy inquiry it is a wish
    return _filled(
        {
            "@type": "Product",
            "name": lead.title,
            "description": lead.description,
            "category": lead.category.name if lead.category else "",
            "brand": {"@type": "Brand", "name": lead.brand} if lead.brand else None,
            "model": lead.model,
            "image": [settings.SITE_URL + image for image in images],
            "countryOfOrigin": {"@type": "Country", "name": str(lead.origin)} if made_here else None,
            "additionalProperty": {
                "@type": "PropertyValue",
                "propertyID": f"HS {lead.hs_edition}",
                "value": hs.display(lead.hs_code),
            }
            if lead.hs_code
            else None,
        }
    )


def _price(lead: Lead) -> dict[str, Any] | None:
    """Of one unit."""
    if lead.price is None:
        return None
    return {
        "@type": "UnitPriceSpecification",
        "price": f"{lead.price.normalize():f}",
        "priceCurrency": lead.currency,
        "referenceQuantity": _amount(1, lead.unit),
    }


def _amount(value: Decimal | int | None, unit: str) -> dict[str, Any] | None:
    return None if value is None else {"@type": "QuantitativeValue", "value": float(value), "unitCode": unit}


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the lead leaves open."""
    return {name: value for name, value in values.items() if value}
