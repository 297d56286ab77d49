"""The topics of marketing mail: what people are asked to agree to (privacy.consents), as far as it comes by e-mail."""

from collections.abc import Mapping

from privacy.consents import Channel, ConsentPurpose, Question, purposes
from privacy.purposes import MARKETING


def topics() -> Mapping[str, ConsentPurpose]:
    """Every topic by its key, in the order in which they are asked."""
    return {key: one for key, one in purposes().items() if one.why is MARKETING and Channel.EMAIL in one.channels}


def question_of(topic: str) -> Question:
    """What somebody who gets its mails has said yes to. Raises KeyError."""
    return Question(topics()[topic], Channel.EMAIL)


def line_of(topic: str, address: str) -> str:
    """A topic for an address, as suppressions keep it: privacy.digests makes a digest of it."""
    return f"{topic} {address}"
