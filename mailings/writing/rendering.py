"""A mail's words in the reader's language, twice: as text, and as HTML that any mail program can show."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from css_inline import CSSInliner
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from mailings.writing.languages import speaks

PREVIEW = 140  # characters that an inbox shows beside the subject; most show fewer
GAPS = re.compile(r"\n(?:[^\S\n]*\n){2,}")  # what a condition or a loop leaves behind in a text
LINK_LINE = re.compile(r"https?://\S+")
IN_ENGLISH = SafeString(' lang="en" dir="ltr"')  # of our own sentences, in a mail whose language we do not speak


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mail that is ready to be sent; `text` says all that `html` says."""

    subject: str
    text: str
    html: str


def render_mail(*, template: str, language: str, context: Mapping[str, Any]) -> Rendered:
    """Render the pair mail/<template>.txt and .html; the text's first line is the subject.

    A paragraph of the text is one line, which each program breaks to its own width. `ours` says, in the HTML, what
    language our own sentences are in where they have no translation.
    """
    words = {
        **context,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "operator": settings.OPERATOR,
        "ours": "" if speaks(language) else IN_ENGLISH,
    }
    with translation.override(language):
        first_line, _newline, rest = render_to_string(f"mail/{template}.txt", words).strip().partition("\n")
        subject, text = " ".join(first_line.split()), GAPS.sub("\n\n", rest.strip())
        html = render_to_string(f"mail/{template}.html", {**words, "subject": subject, "preview": _preview(text)})
    return Rendered(subject=subject, text=text, html=_inliner().inline(html))


def _preview(text: str) -> str:
    """How the text begins, in one line and without its links: they may be keys."""
    lines = (line.strip().removeprefix("> ") for line in text.partition("\n-- \n")[0].splitlines())
    words = " ".join(" ".join(line for line in lines if not LINK_LINE.match(line)).split())
    return words if len(words) <= PREVIEW else words[:PREVIEW].rsplit(" ", 1)[0] + " …"


@cache
def _inliner() -> CSSInliner:
    """Writes the one sheet into the elements' style attributes, where all programs find it; it fetches nothing.

    Media queries stay in a style element: who wants the dark or has a phone has a program that reads them there.
    """
    sheet = render_to_string("mail/style.css")
    return CSSInliner(extra_css=sheet, keep_at_rules=True, load_remote_stylesheets=False)
