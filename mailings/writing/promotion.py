"""What has no place in a service announcement: words that sell, and links that lead elsewhere.

A list cannot know what a sentence means. It stops what is plainly an advertisement; the second reader stops the rest.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from mailings.models import CampaignText
from mailings.writing.addresses import bare_addresses
from mailings.writing.markup import as_text, links_in

# In the languages that most of the market's members read. A trade lead is an “offer” too, so that word alone is none.
SELLING = (
    *("discount", "special offer", "limited offer", "exclusive offer", "promotional", "promo code"),
    *("coupon", "voucher"),
    *("buy now", "order now", "shop now", "save up to", "free trial", "upgrade now", "upgrade today", "best price"),
    *("black friday", "cyber monday", "clearance sale", "giveaway", "cashback", "win a "),
    *("earn rewards", "last chance"),
    *("rabatt", "gutschein", "sonderangebot", "jetzt kaufen", "gratis testen", "sonderaktion"),
    *("code promo", "offre spéciale", "achetez maintenant", "essai gratuit", "soldes"),
    *("descuento", "oferta especial", "cupón", "compre ahora", "prueba gratuita", "rebajas"),
    *("desconto", "oferta especial", "cupom", "compre agora", "teste grátis"),
    *("giảm giá", "khuyến mãi", "mua ngay", "dùng thử miễn phí"),
    *("скидк", "купон", "промокод", "распродаж", "акция"),
    *("خصم", "عرض خاص", "كوبون", "اشتر الآن", "تخفيضات"),
    *("折扣", "优惠", "促销", "立即购买", "免费试用", "특가", "할인", "쿠폰", "割引", "クーポン", "セール"),
)
PER_CENT = re.compile(
    r"\d+\s?%\s?(off|less|rabatt|de remise|de descuento|de desconto)|[-−]\s?\d{1,2}\s?%", re.IGNORECASE
)


def promotion_in(words: CampaignText) -> list[str]:
    """What of a text promotes something, as a person can find it there."""
    return list(dict.fromkeys(_found(words)))


def _found(words: CampaignText) -> Iterator[str]:
    text = f"{words.subject}\n{words.body}"
    small = text.casefold()
    yield from (f"“{one.strip()}”" for one in SELLING if _is_word(one, small))
    yield from (f"“{one.group().strip()}”" for one in PER_CENT.finditer(text))
    if words.has_offer:
        yield _("the block with an offer")
    bare = (address for _start, address in bare_addresses(f"{words.subject}\n{as_text(words.body)}"))
    yield from (f"“{address}”" for address in _leading_away([*links_in(words.body), *bare]))


def _is_word(wanted: str, text: str) -> bool:
    """At the beginning of a word where a language parts its words."""
    return re.search(rf"(?<!\w){re.escape(wanted)}", text) is not None if wanted[0].isascii() else wanted in text


def _leading_away(addresses: Iterable[str]) -> Iterator[str]:
    own = urlsplit(settings.SITE_URL).hostname
    return (one for one in addresses if urlsplit(one).scheme != "mailto" and _host_of(one) != own)


def _host_of(address: str) -> str | None:
    """None too for what is no address to us, though it may be one to a mail program."""
    try:
        return urlsplit(address if "://" in address else f"//{address}").hostname
    except ValueError:
        return None
