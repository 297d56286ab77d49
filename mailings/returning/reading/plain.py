"""Two old forms of bounces that cannot be taken for anything else; no other text is guessed at.

qmail's (QSBMF, https://cr.yp.to/proto/qsbmf.txt) begins with fixed words and names each receiver in a paragraph. Exim
before 4.8 names them in a header of its own.
"""

import re
from collections.abc import Iterable

from mailings.returning.reading.notice import Fate, Said
from mailings.returning.reading.parts import Mail, address_in, fields, plain, text_of
from mailings.returning.statuses import code_in

QMAIL = re.compile(r"\s*Hi\. This is the [\w -]{1,60} at [^\s]{1,200}\n")
PARAGRAPH = re.compile(r"^<([^<>\s]{3,254})>:\n(.{1,2000}?)(?=\n\n|\n--- |\Z)", re.MULTILINE | re.DOTALL)
MOST_TEXT = 20_000  # signs before the copy of the mail
EXIM = "X-Failed-Recipients"
ADDRESSES = 20


def read_plain(message: Mail, parts: Iterable[Mail]) -> list[Fate]:
    """The receivers that such a text says the mail did not reach."""
    text = next((text_of(part) for part in parts if part.get_content_type() == "text/plain"), "")
    text = text[:MOST_TEXT].replace("\r\n", "\n")
    if QMAIL.match(text):
        return [_failed(address, words) for address, words in PARAGRAPH.findall(text)[:ADDRESSES] if "@" in address]
    named = [one for value in fields(message, EXIM) for one in map(address_in, value.split(",")) if one]
    said = text.partition("------")[0]
    return [_failed(address, said if len(named) == 1 else "") for address in named[:ADDRESSES]]


def _failed(address: str, words: str) -> Fate:
    return Fate(Said.FAILED, (address,), code_in(words), plain(words))
