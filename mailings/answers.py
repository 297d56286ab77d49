"""What mail servers and this machine say when something goes wrong: in one line, and without whom they name."""

import re
from smtplib import SMTPResponseException

ADDRESS = r"[^\s<>()]+@[^\s<>(),;:]+"  # servers like to repeat whom they refuse; PostgreSQL reads it in the same way


def words_of(error: Exception) -> str:
    """What was said, without signs that cannot be stored.

    Only what is kept with the mail itself, and goes with it, may hold it as it is.
    """
    if isinstance(error, SMTPResponseException):
        said = error.smtp_error
        words = f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    else:
        words = str(error) or type(error).__name__
    return " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())


def without_addresses(said: str) -> str:
    """The same for what is no mail's own and stays when a person goes: campaigns, domains, our mail server."""
    return re.sub(ADDRESS, "…", said)
