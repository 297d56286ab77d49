"""How the offerboard says prices, quantities, terms and times, in the reader's language."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language, ngettext, pgettext, to_locale
from django.utils.translation import gettext as _

from directory.models import Company
from directory.places import country_name
from directory.selectors.trust import badge
from offerboard.codes import UNITS, Condition, PaymentTerms, minor_digits
from offerboard.models import Lead, LeadPicture

SOON = timedelta(days=3)  # from here on a card says when its lead ends


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def reader_locale() -> Locale:
    """The locale of the language this request is answered in."""
    return _locale_of(get_language() or "en")


# --- numbers ------------------------------------------------------------------------------------------------------


def number(value: Decimal | int) -> str:
    """A number of up to four decimals as the reader writes it: 1,284 or 19.2."""
    return format_decimal(value, format="#,##0.####", locale=reader_locale())


def count_words(found: int, *, cap: int, is_complete: bool = True) -> str:
    """A count that is exact up to `cap`; anything above it is "5,000+", and "37+" what was not counted to its end."""
    if found > cap:
        return f"{number(cap)}+"
    return number(found) + ("" if is_complete else "+")


def money(amount: Decimal, currency: str) -> str:
    """An amount behind its ISO 4217 code: "USD 4,180", "USD 31.50", "USD 0.0125". Whole amounts go without decimals."""
    pattern = "#,##0"
    if amount % 1:
        digits = minor_digits(currency)
        pattern += "." + "0" * digits + "#" * (4 - digits)
    return f"{currency} {format_decimal(amount, format=pattern, locale=reader_locale())}"


def quantity(amount: Decimal | None, unit: str) -> str:
    """An amount of a unit of UN/ECE Recommendation 20: "19.2 t", "3 pieces"; a draft may lack either."""
    if amount is None or not unit:
        return not_stated()
    return f"{number(amount)} {UNITS[unit].beside(amount)}"


# --- days ---------------------------------------------------------------------------------------------------------


def day(moment: datetime) -> str:
    """22 Dec 2026, in UTC."""
    # Translators: a date pattern of Unicode CLDR.
    return format_date(moment.astimezone(UTC).date(), pgettext("day", "d MMM y"), locale=reader_locale())


def full_time(moment: datetime) -> str:
    """22 November 2026, 09:10 UTC."""
    # Translators: a date pattern of Unicode CLDR.
    pattern = pgettext("full time", "d MMMM y, HH:mm 'UTC'")
    return format_datetime(moment.astimezone(UTC), pattern, locale=reader_locale())


def ago(moment: datetime, *, now: datetime) -> str:
    """3 hours ago, 2 days ago."""
    if now - moment < timedelta(minutes=1):
        return _("just now")
    return _ago(int((now - moment).total_seconds()) // HALF_MINUTE, get_language())


HALF_MINUTE = 30  # seconds; words change only on its multiples, whatever the unit


@lru_cache(maxsize=8192)
def _ago(half_minutes: int, language: str | None) -> str:  # noqa: ARG001  # the words are those of this language
    passed = timedelta(seconds=half_minutes * HALF_MINUTE + HALF_MINUTE / 2)
    # Rounded down: a lead of 23 hours is of today.
    return format_timedelta(-passed, add_direction=True, threshold=1, locale=reader_locale())


def time_left(until: datetime, *, now: datetime) -> str:
    """30 days left, 5 hours left; "" once it is over."""
    left = until - now
    if left <= timedelta(0):
        return ""
    if left >= timedelta(days=1):
        return ngettext("%(n)s day left", "%(n)s days left", left.days) % {"n": number(left.days)}
    hours = max(1, left // timedelta(hours=1))
    return ngettext("%(n)s hour left", "%(n)s hours left", hours) % {"n": hours}


def ends_soon(until: datetime, *, now: datetime) -> str:
    """Ends in 2 days; "" while there is more time than `SOON`."""
    left = until - now
    if not timedelta(0) < left <= SOON:
        return ""
    if left >= timedelta(days=1):
        return ngettext("Ends in %(n)s day", "Ends in %(n)s days", left.days) % {"n": left.days}
    hours = max(1, left // timedelta(hours=1))
    return ngettext("Ends in %(n)s hour", "Ends in %(n)s hours", hours) % {"n": hours}


# --- a lead's own words -------------------------------------------------------------------------------------------


def price_words(lead: Lead) -> str:
    """The price with its currency first; "" when it is on request."""
    return "" if lead.price is None else money(lead.price, lead.currency).strip()


def price_unit(lead: Lead) -> str:
    """What the price is for: "per tonne"; "" while a draft has no unit."""
    return _("per %(unit)s") % {"unit": UNITS[lead.unit].singular} if lead.unit else ""


def price_note(lead: Lead) -> str:
    """What stands behind the price: "per tonne", on a buy inquiry "target, per tonne"."""
    per_unit = price_unit(lead)
    if per_unit and lead.kind == Lead.Kind.BUY_INQUIRY:
        return _("target, %(per_unit)s") % {"per_unit": per_unit}
    return per_unit


def card_note(lead: Lead, *, lowest: Decimal | None, lowest_from: Decimal | None) -> str:
    """The same on a card: "per tonne, from 50 t: USD 4,060" where a larger quantity costs less (decision 11)."""
    note = price_note(lead)
    if lead.price is None or lowest is None or lowest >= lead.price:
        return note
    words = {"quantity": quantity(lowest_from, lead.unit), "price": money(lowest, lead.currency).strip()}
    together = {name: said.replace(" ", "\u00a0") for name, said in words.items()}  # narrow columns break between them
    return _("%(note)s, from %(quantity)s: %(price)s") % {"note": note, **together}


def price_missing(lead: Lead) -> str:
    """What stands in the price's place when there is none."""
    return _("Open to offers") if lead.kind == Lead.Kind.BUY_INQUIRY else _("Price on request")


def not_stated() -> str:
    """What stands in the place of anything a lead leaves open; unknown is shown, never blank."""
    return _("Not stated")


def terms(lead: Lead) -> str:
    """The Incoterms 2020 rule and its named place: "FOB Hồ Chí Minh City"."""
    return f"{lead.incoterm} {lead.place}".strip() or not_stated()


def origin(lead: Lead) -> tuple[str, str]:
    """Label and value: where the goods come from, or where a buyer wants them from."""
    if lead.kind == Lead.Kind.BUY_INQUIRY:
        return _("Wanted from"), country_name(str(lead.origin)) or _("Any country")
    return _("Origin"), country_name(str(lead.origin)) or not_stated()


def payment_in_short(lead: Lead) -> str:
    """How the buyer pays, in words that fit a card."""
    if lead.payment_terms == PaymentTerms.TT_DEPOSIT:
        return _("T/T, 30 % deposit")
    return lead.get_payment_terms_display().split(",")[0] or not_stated()


def lead_time(lead: Lead) -> str:
    """How long it takes from the order until the goods are ready; "" where that is left open."""
    days = lead.lead_time_days
    if days is None:
        return ""
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": number(days)} if days else _("In stock")


def facts(lead: Lead) -> list[tuple[str, str]]:
    """The four facts by which traders sift: quantity, terms, origin or condition, payment."""
    second_hand = lead.condition not in ("", Condition.NEW)
    return [
        (_("Quantity"), quantity(lead.quantity, lead.unit)),
        (_("Terms"), terms(lead)),
        (_("Condition"), lead.get_condition_display()) if second_hand else origin(lead),
        (_("Payment"), payment_in_short(lead)),
    ]


@dataclass(frozen=True, slots=True)
class LeadCard:
    """A lead among others, ready to be drawn by components/lead_card.html and lead_link.html."""

    url: str
    is_sell: bool
    kind_label: str
    title: str
    category: str
    posted_at: datetime | None
    posted_ago: str
    posted_full: str
    ends_soon: str  # "" unless it ends within days
    image_url: str  # "" without a picture
    price: str  # "" when on request
    price_note: str
    price_missing: str
    facts: tuple[tuple[str, str], ...]
    company_url: str  # "" hides the by-line
    company_name: str
    company_country: str
    verified: str  # "" without a current claim


class CardWords(NamedTuple):
    """What the words of a card are made of, as PostgreSQL gives it; equal ones make equal cards.

    A name that is a field of Lead is read from it; offerboard.selectors.cards says where the others come from.
    """

    slug: str
    kind: str
    title: str
    posted_at: datetime | None
    expires_at: datetime | None
    price: Decimal | None
    currency: str
    quantity: Decimal | None
    unit: str
    incoterm: str
    place: str
    origin: str
    country: str
    condition: str
    payment_terms: str
    company_slug: str
    company_name: str
    category: str | None
    thumbnail: str | None  # names a file of the picture storage
    lowest: Decimal | None  # price of one unit in a large quantity, where prices fall with it
    lowest_from: Decimal | None  # the smallest quantity at that price
    verified_at: datetime | None

    def lead(self) -> Lead:
        """A lead that is not stored, and says what this one says on its card."""
        beside = {"company_slug", "company_name", "category", "thumbnail", "lowest", "lowest_from", "verified_at"}
        return Lead(**{name: value for name, value in self._asdict().items() if name not in beside})


def card_of(words: CardWords, *, now: datetime, by_line: bool = True) -> LeadCard:
    """The card as it reads now: what time changes is said anew, the rest as it was said before."""
    return _card(
        words,
        by_line=by_line,
        posted_ago=ago(words.posted_at, now=now) if words.posted_at else "",
        ends_soon=ends_soon(words.expires_at, now=now) if words.expires_at else "",
        said_for=(get_language(), get_current_timezone_name()),
    )


@lru_cache(maxsize=4096)
def _card(
    words: CardWords,
    *,
    by_line: bool,
    posted_ago: str,
    ends_soon: str,
    said_for: tuple[str | None, str],  # noqa: ARG001  # language and zone, in which the words below are said
) -> LeadCard:
    lead = words.lead()
    return LeadCard(
        url=lead.get_absolute_url(),
        is_sell=lead.kind == Lead.Kind.SELL_OFFER,
        kind_label=lead.get_kind_display(),
        title=lead.title or _("No title yet"),
        category=words.category or "",
        posted_at=lead.posted_at,
        posted_ago=posted_ago,
        posted_full=full_time(lead.posted_at) if lead.posted_at else "",
        ends_soon=ends_soon,
        image_url=LeadPicture.thumbnail.field.storage.url(words.thumbnail) if words.thumbnail else "",
        price=price_words(lead),
        price_note=card_note(lead, lowest=words.lowest, lowest_from=words.lowest_from),
        price_missing=price_missing(lead),
        facts=tuple(facts(lead)),
        company_url=Company(slug=words.company_slug).get_absolute_url() if by_line else "",
        company_name=words.company_name,
        company_country=country_name(words.country),
        verified=badge(words.verified_at),
    )
