"""What makes the product write each of its mails, so that tests look at what people really get."""

from tests.mailings.occasions import accounts, many, privacy, programs, trade
from tests.mailings.occasions.cast import ARABIC, HOSTILE, OCCASIONS, READER, TEMPLATES, Cast, written

__all__ = [
    "ARABIC",
    "HOSTILE",
    "OCCASIONS",
    "READER",
    "TEMPLATES",
    "Cast",
    "accounts",
    "many",
    "privacy",
    "programs",
    "trade",
    "written",
]
