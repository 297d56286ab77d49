"""What members are told by mail: higher apps register their kinds of notices here from their apps.py.

A member chooses how often each kind is told (`mailings.services.preferences`). Whatever has to tell something calls
`mailings.services.notifying.notify`, which mails it at once or lets it wait for a mail that gathers such things.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from mailings.times import Frequency

Words = Any  # text that is translated when it is shown
DIGEST = "digest"  # the template of the mail that gathers several things


class Reader(Protocol):
    """A member, as far as mail needs to know."""

    @property
    def pk(self) -> Any:
        """By which preferences and waiting notices know the member."""

    @property
    def name(self) -> str:
        """How the person is addressed."""

    @property
    def email(self) -> str:
        """Where mail goes."""

    @property
    def language(self) -> str:
        """In which it is written: BCP 47."""

    @property
    def time_zone(self) -> str:
        """By which it is day or night: an IANA name."""

    @property
    def gets_news(self) -> bool:
        """Whether more is mailed than the person has a right to know."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a mail that gathers several things; it may stand for some of them, such as messages of a thread."""

    words: str
    url: str = ""  # whole; "" where there is nothing to open
    text: str = ""  # what stands below, such as a date
    quote: str = ""  # what somebody wrote, such as a statement of reasons
    things: int = 1


@dataclass(frozen=True, slots=True)
class Gathering:
    """How a kind is told when several of it go in one mail."""

    # “3 new messages”, in the language of the moment.
    count: Callable[[int], str]
    # What became of the things with these keys, in the language and the time zone of the moment. What this reader may
    # not see any more, or has seen, is left out.
    lines: Callable[[Sequence[str], Reader, datetime], Sequence[Line]]
    page: str = ""  # the name of the address at which all of them stand; with none, a mail names every one
    note: Words = ""  # below the lines, with a link
    note_page: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class NoticeKind:
    """One kind of thing that members are told."""

    key: str  # small letters
    template: str  # the mail that tells of one
    title: Words  # on the page of preferences
    hint: Words
    frequencies: tuple[Frequency, ...] = (Frequency.INSTANT,)  # to choose from; one alone cannot be changed
    default: Frequency = Frequency.INSTANT
    is_owed: bool = False  # people have a right to know it, also while they are suspended or leave
    gathering: Gathering | None = None  # None: each is a mail of its own, however many there are
    seeks: bool = False  # nobody calls `notify`: a sweep looks for what is new when a member's time has come

    def __post_init__(self) -> None:
        waits = {Frequency.DAILY, Frequency.WEEKLY} & set(self.frequencies)
        if self.default not in self.frequencies or (waits and not (self.gathering or self.seeks)):
            message = f"{self.key} cannot be told as often as it says"
            raise ValueError(message)

    @property
    def is_choice(self) -> bool:
        """Whether members choose how often it is told."""
        return len(self.frequencies) > 1


_kinds: dict[str, NoticeKind] = {}


def register_notices(*kinds: NoticeKind) -> None:
    """Add kinds; another one of the same key is a programming error."""
    for kind in kinds:
        if _kinds.setdefault(kind.key, kind) is not kind:
            message = f"{kind.key} is registered twice"
            raise ValueError(message)


def notice_kinds() -> dict[str, NoticeKind]:
    """All registered kinds by their keys, in the order in which the page shows them."""
    return dict(sorted(_kinds.items(), key=lambda item: not item[1].is_choice))
