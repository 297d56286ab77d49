"""Complaints: feedback reports (RFC 5965) of mailbox providers whose user pressed “this is spam”."""

from collections.abc import Iterable

from mailings.returning.reading.notice import Fate, Said
from mailings.returning.reading.parts import Mail, address_in, children, field, fields

UNWANTED = {"abuse", "opt-out", "opt-out-list"}  # “not-spam” says the opposite, “virus” and “fraud” are for staff
HIDDEN = ("*", "redacted")


def read_complaint(part: Mail, originals: Iterable[Mail]) -> list[Fate]:
    """Who complained, as far as the provider says so."""
    report = next(iter(children(part)), None)
    if report is None or field(report, "Feedback-Type").lower() not in UNWANTED:
        return []
    told = [*fields(report, "Original-Rcpt-To"), *fields(report, "Removal-Recipient")]
    told += [field(mail, "To") for mail in originals]
    shown = [one for one in map(address_in, told) if one and not _is_hidden(one)]
    return [Fate(Said.COMPLAINT, tuple(dict.fromkeys(shown)), "", field(report, "Feedback-Type").lower())]


def _is_hidden(address: str) -> bool:
    """Many providers blot out who complained."""
    return any(mark in address.lower() for mark in HIDDEN)
