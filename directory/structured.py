"""Data about a page for search engines, in the page (schema.org as JSON-LD)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# No text inside may end the element or begin another: https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def json_ld(data: Mapping[str, Any]) -> SafeString:
    """A data block that no browser runs; empty values are left out, the context is schema.org."""
    filled = {"@context": "https://schema.org"} | {key: value for key, value in data.items() if value}
    text = json.dumps(filled, ensure_ascii=False).translate(ESCAPED)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308  # escaped above


def breadcrumb_list(path: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The way to a page from the start, its own name last; names and addresses without the host.

    Source: https://schema.org/BreadcrumbList.
    """
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": settings.SITE_URL + url}
            for place, (name, url) in enumerate(path, start=1)
        ],
    }
