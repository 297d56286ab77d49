"""Contact details that people type into free text are masked before they are stored.

What is never stored cannot leak through search, feeds, exports or partners.
"""

import re

import phonenumbers
from django.utils.translation import gettext as _

# “name@host.tld”, also spelt “name (at) host (dot) tld”. Every part is bounded (RFC 5321, 4.5.3.1), so that a long text
# without an address is read once.
_AT = r"\s?(?:[@＠]|[(\[]at[)\]])\s?"
_DOT = r"(?:\.|\s?[(\[]dot[)\]]\s?)"
EMAIL = re.compile(
    rf"[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,5}}{_DOT}[a-z]{{2,24}}\b", re.IGNORECASE
)
# A number somebody could dial: a plus or 00 in front, or a word that announces it.
DIALLED = re.compile(r"(?:\+|\b00)\s?\d[\d\s().\-/]{6,18}\d")
_ANNOUNCING = "tel|phone|mobile|cell|call|whatsapp|wechat|viber|telegram|fax|number is"
ANNOUNCED = re.compile(rf"(\b(?:{_ANNOUNCING})\b[\s.:#]{{0,5}})(\(?\d[\d\s().\-/]{{5,18}}\d)", re.IGNORECASE)


# Without one of these the slower patterns cannot match: most texts hold none, and an import has a million texts.
AT = re.compile(r"[@＠]|[(\[]at[)\]]", re.IGNORECASE)
PLUS = ("+", "＋")


# Signs that nobody sees part an address for a program and not for a reader. Joiners stay: Persian and Indic words need
# them; line breaks and tabs stay too.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)


# Joiners, fillers and a Braille cell without dots: they belong into words, and alone look like nothing.
BLANK = frozenset("\u034f\u115f\u1160\u200c\u200d\u2800\u3164\uffa0")


def visible(text: str) -> str:
    """What a reader sees of a text; "" where that is nothing."""
    seen = UNSEEN.sub("", text).strip()
    return "" if BLANK.issuperset("".join(seen.split())) else seen


def visible_line(text: str) -> str:
    """The same in one line, where white space counts once."""
    return " ".join(visible(" ".join(text.split())).split())


def mask_contacts(text: str) -> str:
    """The text without unseen signs, and with e-mail addresses and telephone numbers replaced by words that say so."""
    text = UNSEEN.sub("", text)
    if AT.search(text):
        text = EMAIL.sub(f"[{_('e-mail hidden')}]", text)
    hidden = f"[{_('telephone hidden')}]"
    if any(plus in text for plus in PLUS):  # for numbers of no particular country, phonenumbers asks for one
        for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, None))):
            text = text[: match.start] + hidden + text[match.end :]
    text = DIALLED.sub(hidden, text)
    return ANNOUNCED.sub(lambda found: found[1] + hidden, text)


def holds_contacts(text: str) -> bool:
    """Whether masking would change the text."""
    return mask_contacts(text) != UNSEEN.sub("", text)


def split_masked(text: str) -> list[tuple[str, bool]]:
    """A masked text in pieces, so that pages can set apart what was hidden: words, and whether they hide a contact."""
    marks = [f"[{_('e-mail hidden')}]", f"[{_('telephone hidden')}]"]
    pieces = re.split("(" + "|".join(map(re.escape, marks)) + ")", text)
    return [(piece.strip("[]"), True) if piece in marks else (piece, False) for piece in pieces if piece]
