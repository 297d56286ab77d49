"""The part of an address that names a thing: readable, and not to be guessed from another one."""

import secrets
import unicodedata

from django.utils.text import slugify

RANDOM_LETTERS = "bcdfghjkmnpqrstvwxyz23456789"  # no vowels, so no words; no look-alikes
RANDOM_LENGTH = 6
READABLE_LENGTH = 60
# Letters that Unicode does not take apart into a plain letter and a mark.
PLAIN = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e"}
)


def public_slug(name: str, *, fallback: str) -> str:
    """The name in plain letters, at most 60 of them, and six random ones; `fallback` for names in other scripts.

    "Công ty Đắk Hòa" gives "cong-ty-dak-hoa-x7k2qd".
    """
    plain = unicodedata.normalize("NFKD", name.lower().translate(PLAIN))
    readable = slugify(plain)[:READABLE_LENGTH].strip("-") or fallback
    return f"{readable}-{''.join(secrets.choice(RANDOM_LETTERS) for _ in range(RANDOM_LENGTH))}"
