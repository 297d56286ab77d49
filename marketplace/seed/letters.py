"""What the invented mails to many say."""

from django.conf import settings

ANNOUNCEMENT = {
    "subject": "The market is closed for two hours on Sunday",
    "body": (
        "On Sunday from 02:00 to 04:00 UTC we renew the servers. In these two hours the board, your inquiries and your "
        "account cannot be reached.\n\n"
        "## What you need to do\n\n"
        "- Nothing. Leads that end in these hours are shown two hours longer.\n"
        "- Letters that you have begun are kept as drafts.\n\n"
        "If something is not as it was on Monday, please tell us through the contact page."
    ),
}
OFFER_LINK = f"{settings.SITE_URL}/leads/?kind=sell_offer"
NEWSLETTER = {
    "en": {
        "subject": "Coffee, sesame and a better search",
        "body": (
            "The harvest in the Central Highlands has begun, and the first lots of robusta are on the board.\n\n"
            "## New on the board\n\n"
            "- **Incoterms:** choose FOB or CIF beside the price.\n"
            "- **HS codes:** the form proposes one while you type.\n"
            "- **Saved searches:** a mail each morning, or at once.\n\n"
            f"Tell us what you miss: [write to us]({settings.SITE_URL}/contact/)."
        ),
        "offer_title": "Samples without freight until December",
        "offer_text": "Eleven verified sellers send samples of up to two kilos, and pay the courier.",
        "offer_button": "See their offers",
        "offer_link": OFFER_LINK,
    },
    "ar": {
        "subject": "البن والسمسم وبحث أفضل",
        "body": (
            "بدأ موسم الحصاد في المرتفعات الوسطى، وأولى دفعات الروبوستا معروضة الآن على اللوحة.\n\n"
            "## الجديد على اللوحة\n\n"
            "- **شروط التسليم:** اختر FOB أو CIF بجانب السعر.\n"
            "- **رموز النظام المنسق:** يقترح النموذج رمزًا أثناء الكتابة.\n"
            "- **عمليات البحث المحفوظة:** رسالة كل صباح، أو فورًا.\n\n"
            f"أخبرنا بما ينقصك: [اكتب إلينا]({settings.SITE_URL}/contact/)."
        ),
        "offer_title": "عينات بلا أجور شحن حتى ديسمبر",
        "offer_text": "أحد عشر بائعًا موثّقًا يرسلون عينات حتى كيلوغرامين، ويدفعون أجرة البريد السريع.",
        "offer_button": "شاهد عروضهم",
        "offer_link": OFFER_LINK,
    },
}
