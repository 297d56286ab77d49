"""What pages tell search engines, read as JSON-LD and held against the part of schema.org that they use.

The context (formats/schema_org.jsonld) maps each term as schema.org's own does, but without `@vocab`: that one turns
every misspelt property into one of schema.org's. What is not listed has to be looked up there and added here.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pyld import jsonld

CONTEXT = json.loads((Path(__file__).parent / "formats" / "schema_org.jsonld").read_text())
SCHEMA = "http://schema.org/"
NOWHERE = "nowhere://page/"  # to which whatever is not whole is added
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
OF_THINGS = "alternateName description image name url"
# Which properties each type has beside those of every thing: https://schema.org/Offer and so on.
PROPERTIES: Mapping[str, str] = {
    "BreadcrumbList": "itemListElement",
    "Brand": "logo",
    "Country": "",
    "Demand": (
        "areaServed deliveryLeadTime eligibleQuantity eligibleRegion itemCondition itemOffered priceSpecification "
        "seller validFrom validThrough"
    ),
    "ListItem": "item position",
    "Offer": (
        "areaServed category deliveryLeadTime eligibleQuantity eligibleRegion itemCondition itemOffered offeredBy "
        "price priceCurrency priceSpecification seller validFrom validThrough"
    ),
    "Organization": "address areaServed brand foundingDate knowsLanguage logo seeks",
    "PostalAddress": "addressCountry addressLocality addressRegion",
    "Product": "additionalProperty brand category countryOfOrigin logo model",
    "PropertyValue": "propertyID unitCode value",
    "QuantitativeValue": "unitCode value",
    "UnitPriceSpecification": "price priceCurrency referenceQuantity unitCode",
}


def blocks(page: str) -> list[dict[str, Any]]:
    """The blocks of data in a page."""
    return [json.loads(block) for block in BLOCK.findall(page)]


def broken_rules(block: dict[str, Any]) -> list[str]:
    """What schema.org would not understand in it, in sentences; nothing of a right one."""
    expanded = jsonld.expand(block, {"documentLoader": _load, "base": NOWHERE})
    lost = Counter(_properties(block)) - Counter(_properties(expanded))
    types = [*_types(expanded)]
    return [
        *(f"{name} is lost" for name in sorted(lost.elements())),
        *(f"{_word(kind)} is no type of schema.org" for kind in types if kind.removeprefix(SCHEMA) not in PROPERTIES),
        *(f"/{_word(address)} is no whole address" for address in _addresses(expanded) if address.startswith(NOWHERE)),
        *_misplaced(expanded),
    ]


def _load(url: str, _options: Any) -> dict[str, Any]:
    """The context of schema.org, from a file; nothing else is fetched."""
    assert url.rstrip("/") in {"https://schema.org", "http://schema.org"}, url
    return {"contextUrl": None, "documentUrl": url, "contentType": "application/ld+json", "document": CONTEXT}


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, from the outside in."""
    if isinstance(data, list):
        for one in data:
            yield from _nodes(one)
    elif isinstance(data, dict):
        yield data
        for name, value in data.items():
            if name != "@context":
                yield from _nodes(value)


def _properties(data: Any) -> Iterator[str]:
    for node in _nodes(data):
        yield from (name.removeprefix(SCHEMA) for name in node if not name.startswith("@"))


def _types(expanded: Any) -> Iterator[str]:
    for node in _nodes(expanded):
        if "@value" not in node:
            yield from node.get("@type", [])


def _addresses(expanded: Any) -> Iterator[str]:
    yield from (node["@id"] for node in _nodes(expanded) if "@id" in node)


def _word(address: str) -> str:
    return address.removeprefix(NOWHERE)


def _misplaced(expanded: Any) -> Iterator[str]:
    """Properties that their thing's type has not got; and things of no type that have any."""
    for node in _nodes(expanded):
        names = {name.removeprefix(SCHEMA) for name in node if name.startswith(SCHEMA)}
        kinds = [kind.removeprefix(SCHEMA) for kind in node.get("@type", [])] if "@value" not in node else []
        known = {name for kind in kinds for name in f"{OF_THINGS} {PROPERTIES.get(kind, '')}".split()}
        yield from (f"{' '.join(kinds) or 'nothing'} has no {name}" for name in sorted(names - known))
