"""Words and patterns that sell, in the languages that most of the market's members read.

A trade lead is an “offer” too and goods are “for sale”, so those words alone are none; nor is an upgrade of servers.
"""

import re
from collections.abc import Iterator

WORDS = (
    *("discount", "special offer", "limited offer", "exclusive offer", "promotional", "promo code"),
    *("coupon", "voucher"),
    *("buy now", "order now", "shop now", "save up to", "free trial", "upgrade now", "upgrade today", "best price"),
    *("black friday", "cyber monday", "clearance sale", "giveaway", "cashback", "win a "),
    *("earn rewards", "last chance", "save money"),
    *("rabatt", "gutschein", "sonderangebot", "jetzt kaufen", "gratis testen", "sonderaktion", "jetzt upgraden"),
    *("schlussverkauf", "sommerschlussverkauf", "winterschlussverkauf", "geld sparen", "sparen sie bis zu"),
    *("code promo", "offre spéciale", "achetez maintenant", "essai gratuit", "soldes", "en solde", "passez à l’offre"),
    *("passez au premium", "passez à premium", "économisez"),
    *("descuento", "oferta especial", "cupón", "compre ahora", "prueba gratuita", "rebajas", "ahorre", "ahorra"),
    *("pásese a premium", "pásate a premium", "mejore su plan", "mejora tu plan"),
    *("desconto", "oferta especial", "cupom", "compre agora", "teste grátis", "liquidação", "economize", "poupe"),
    *("faça upgrade", "faça o upgrade"),
    *("giảm giá", "khuyến mãi", "mua ngay", "dùng thử miễn phí", "tiết kiệm tiền", "tiết kiệm đến"),
    *("nâng cấp ngay", "nâng cấp tài khoản"),
    *("скидк", "купон", "промокод", "распродаж", "акция", "сэкономьте", "экономьте"),
    *("перейдите на премиум", "улучшите тариф"),
    *("خصم", "عرض خاص", "كوبون", "اشتر الآن", "تخفيضات", "وفر المال", "وفّر المال", "وفر حتى", "وفّر حتى", "قم بالترقية"),
    *("折扣", "优惠", "促销", "立即购买", "免费试用", "特卖", "大减价", "省钱", "立即升级", "升级会员", "升级为"),
    *("특가", "할인", "쿠폰", "세일", "업그레이드하세요", "割引", "クーポン", "セール", "お得"),
)
# A sale is one of a season, of a shop: not a point of sale, terms of sale, goods for sale or a law on sale of goods.
SALE = re.compile(
    r"(?<!\w)(?:on|spring|summer|autumn|fall|winter|seasonal|holiday|christmas|easter|ramadan|weekend|anniversary|annual"
    r"|flash|big|mega|super|huge|great|special|exclusive|final|season|year)[ -]sale(?! of\b)(?!\w)"
    r"|(?<!\w)sale (?:ends|starts|begins|prices?|now on)(?!\w)",
    re.IGNORECASE,
)
# Said to the reader, and about what is paid for; servers, and the reader's browser, are upgraded too.
UPGRADE = re.compile(
    r"(?<!\w)(?<!\bthe )(?<!\ban )(?<!\bour )(?<!\bthis )(?<!\bwe )(?<!\bwill )upgrade (?:to|your)(?!\w)"
    r"(?! (?:[\w.-]+ ){0,2}(?:browsers?|software|servers?|versions?|database|password|apps?|system|tls|https)(?!\w))",
    re.IGNORECASE,
)
PER_CENT = re.compile(
    r"\d{1,9}\s?%\s?(?:off|less|cheaper|rabatt|günstiger|de remise|de descuento|de desconto)|[-−]\s?\d{1,2}\s?%"
    r"|(?<!\w)(?:save|spare|sparen|ahorr[ae]|economize|poupe|tiết kiệm)(?!\w)[^.!?\n%]{0,20}?\d{1,9}\s?%",
    re.IGNORECASE,
)
PATTERNS = (SALE, UPGRADE, PER_CENT)
# What stands within quotation marks of one paragraph is somebody else's words. Bounded, so that a text of nothing but
# opening marks is read quickly.
_SAID = 1_000
QUOTED = re.compile(
    rf"“[^”\n]{{0,{_SAID}}}”|\"[^\"\n]{{0,{_SAID}}}\"|«[^»\n]{{0,{_SAID}}}»|„[^“”\n]{{0,{_SAID}}}[“”]|「[^」\n]{{0,{_SAID}}}」"
)


def selling_words(text: str) -> Iterator[str]:
    """What of a text sells something, as it stands in the list or in the text."""
    small = text.casefold()
    yield from (one.strip() for one in WORDS if _is_word(one, small))
    yield from (one.group().strip() for pattern in PATTERNS for one in pattern.finditer(text))


def without_quotations(text: str) -> str:
    """What the writer says, without what the writer quotes."""
    return QUOTED.sub(" ", text)


def _is_word(wanted: str, text: str) -> bool:
    """At the beginning of a word where a language parts its words."""
    return re.search(rf"(?<!\w){re.escape(wanted)}", text) is not None if wanted[0].isascii() else wanted in text
