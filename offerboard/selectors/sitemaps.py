"""The addresses that search engines are told, in files of bounded size.

Leads and companies are cut into ranges of their row numbers, which never move: a file is one walk along the primary
key over at most `LeadRange.WIDTH` rows, and a crawler that has read a range of old leads need not read it again.
Source: https://www.sitemaps.org/protocol.html (50,000 addresses and 50 MB a file; ours end below 20,000 and 6 MB).
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Max
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.html import escape

from directory.models import Category, Company
from offerboard.models import Lead, LeadCount, LeadRange
from offerboard.selectors.countries import country_address

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES = (
    "marketplace:home",
    "offerboard:board",
    "directory:companies",
    "directory:categories",
    "offerboard:countries",
    "marketplace:about",
    "marketplace:help",
    "moderation:contact",
    "privacy:policy",
    "privacy:cookies",
    "privacy:terms",
)
COMPANIES = "sitemap-companies"  # in the cache
KEPT = 3600  # seconds
Entry = tuple[str, datetime | None]  # an address without the host, and when it last changed if that is known


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One file: its entries and how they are written."""

    entries: list[Entry]
    is_index: bool = False

    @property
    def etag(self) -> str:
        """The same for the same entries."""
        digest = hashlib.sha256(settings.SITE_URL.encode())
        for address, changed_at in self.entries:
            digest.update(f"{address} {changed_at}\n".encode())
        return f'"{digest.hexdigest()[:32]}"'

    def lines(self) -> Iterator[str]:
        """The file, piece by piece."""
        whole, one = ("sitemapindex", "sitemap") if self.is_index else ("urlset", "url")
        yield f'{HEAD}<{whole} xmlns="{SCHEMA}">\n'
        for address, changed_at in self.entries:
            changed = f"<lastmod>{_w3c(changed_at)}</lastmod>" if changed_at else ""
            yield f"<{one}><loc>{escape(settings.SITE_URL + address)}</loc>{changed}</{one}>\n"
        yield f"</{whole}>\n"


def sitemap_index() -> Sitemap:
    """All files; which ranges hold public leads was noted by the last count. Two queries, one within the hour."""
    leads = LeadRange.objects.order_by("number").values_list("number", "changed_at")
    companies = cache.get_or_set(COMPANIES, _company_ranges, KEPT) or []
    plain = ("sitemap_pages", "sitemap_categories", "sitemap_countries") if leads else ("sitemap_pages",)
    entries: list[Entry] = [(reverse(f"offerboard:{name}"), None) for name in plain]
    for name, ranges in (("sitemap_companies", companies), ("sitemap_leads", leads)):
        entries += [(reverse(f"offerboard:{name}", args=[number]), changed_at) for number, changed_at in ranges]
    return Sitemap(entries, is_index=True)


def pages() -> Sitemap:
    """The pages that every market has. No query."""
    return Sitemap([(reverse(name), None) for name in PAGES])


def categories() -> Sitemap:
    """The categories that held leads at the last count. One query."""
    filled = LeadCount.objects.filter(kind="", country="", category__isnull=False)
    found = Category.objects.filter(pk__in=filled.values("category_id")).order_by("pk")
    return Sitemap([(category.get_absolute_url(), None) for category in found])


def countries() -> Sitemap:
    """The countries that held leads at the last count. One query."""
    filled = LeadCount.objects.filter(kind="", category=None).exclude(country="").order_by("country")
    return Sitemap([(country_address(code), None) for code in filled.values_list("country", flat=True)])


def companies(number: int) -> Sitemap:
    """The listed companies of one range. One query along the primary key."""
    rows = Company.objects.listed().filter(**rows_of(number)).order_by("pk").values_list("slug", "updated_at")
    return Sitemap(_addressed("directory:company", rows))


def leads(number: int, *, now: datetime) -> Sitemap:
    """The leads of one range that are public at this moment. One query along the primary key."""
    public = Lead.objects.public(at=now).filter(**rows_of(number)).order_by("pk")
    return Sitemap(_addressed("offerboard:lead", public.values_list("slug", Greatest("updated_at", "posted_at"))))


def _company_ranges() -> list[tuple[int, datetime]]:
    """The ranges that hold listed companies, with their last change. One query, which reads all companies."""
    ranges = Company.objects.listed().values(number=F("pk") / LeadRange.WIDTH).annotate(changed_at=Max("updated_at"))
    return list(ranges.order_by("number").values_list("number", "changed_at"))


def rows_of(number: int) -> dict[str, int]:
    """The rows of one range, as lookups."""
    return {"pk__gte": number * LeadRange.WIDTH, "pk__lt": (number + 1) * LeadRange.WIDTH}


def _addressed(name: str, rows: Iterable[tuple[str, datetime]]) -> list[Entry]:
    """The rows' pages; one look at the addresses for all of them."""
    start, end = reverse(name, args=["-"]).rsplit("-", 1)
    return [(f"{start}{slug}{end}", changed_at) for slug, changed_at in rows]


def _w3c(moment: datetime) -> str:
    """2026-11-22T12:00:00Z, as the protocol's source for dates has it: https://www.w3.org/TR/NOTE-datetime."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
