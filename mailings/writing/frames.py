"""A mail's HTML in a frame of a page of ours, with its own styles and with nothing else."""

import re

from django.http import HttpResponse

# Nothing is loaded from elsewhere, no script runs, links open in the reader's tab.
MAIL_CSP = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)


def framed(html: str) -> HttpResponse:
    """What the frame loads; the page around it allows frames of its own site (`frame-src`)."""
    headers = {"Content-Security-Policy": MAIL_CSP, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(_opening_in_the_tab(html), headers=headers)


def _opening_in_the_tab(html: str) -> str:
    """Links leave the frame: the pages they lead to refuse to be framed."""
    base = '<base target="_top">'
    opened, found = re.subn(r"(<head[^>]*>)", rf"\1{base}", html, count=1, flags=re.IGNORECASE)
    return opened if found else base + html
