"""What a message about a mail says, once read."""

from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    """What became of the mail."""

    FAILED = "failed"  # for good: nobody tries again (RFC 3464, 2.3.3)
    DELAYED = "delayed"  # somebody goes on trying
    COMPLAINT = "complaint"  # it arrived, and its receiver called it unwanted (RFC 5965)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the mail for one receiver."""

    said: Said
    addresses: tuple[str, ...]  # the receiver as the servers on the way knew them; empty where a report hides them
    status: str = ""  # “5.1.1”
    words: str = ""  # of the server


@dataclass(frozen=True, slots=True)
class Report:
    """A message about a mail of ours, or of somebody who pretends."""

    fates: tuple[Fate, ...]
    token: str  # what stands for the mail (mailings.returning.return_path), unproved; "" where nothing does
    key: str  # hexadecimal; equal for two copies of one message
