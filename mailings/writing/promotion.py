"""What has no place in a service announcement: words that sell, and links that lead elsewhere.

A list cannot know what a sentence means. It stops what is plainly an advertisement; the second reader stops the rest.
"""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings.models import Campaign, CampaignText
from mailings.writing.addresses import bare_addresses, bare_domains
from mailings.writing.markup import as_text, links_in
from mailings.writing.selling import selling_words, without_quotations

WHAT_TO_DO = gettext_lazy(
    "Take this out, or send it as marketing to those who asked for it. Put a link to elsewhere on a page of the market."
)


def may_quote(reason: str) -> bool:
    """Whether words within quotation marks count as quoted: a warning against fraud has to show the fraud."""
    return reason == Campaign.Reason.FRAUD


def promotion_in(words: CampaignText, *, reason: str = "") -> list[str]:
    """What of an announcement's text promotes something, as a person can find it there."""
    return list(dict.fromkeys(_found(words, reason)))


def _found(words: CampaignText, reason: str) -> Iterator[str]:
    text = f"{words.subject}\n{words.body}"
    said = without_quotations(text) if may_quote(reason) else text
    yield from (f"“{one}”" for one in selling_words(said))
    if words.has_offer:
        yield _("the block with an offer")
    shown = f"{words.subject}\n{as_text(words.body)}"
    bare = (address for _start, address in bare_addresses(shown))
    yield from (f"“{address}”" for address in _leading_away([*links_in(words.body), *bare, *bare_domains(shown)]))


def _leading_away(addresses: Iterable[str]) -> Iterator[str]:
    own = urlsplit(settings.SITE_URL).hostname
    return (one for one in addresses if urlsplit(one).scheme != "mailto" and _host_of(one) != own)


def _host_of(address: str) -> str | None:
    """None too for what is no address to us, though it may be one to a mail program."""
    try:
        return urlsplit(address if "://" in address else f"//{address}").hostname
    except ValueError:
        return None
