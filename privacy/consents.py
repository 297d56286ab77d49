"""What people are asked to agree to. What is not here is not asked, and what is not agreed to does not happen.

A higher app adds a purpose from its apps.py when it has something to ask for, with all that it needs in a browser:

    register_purpose(
        ConsentPurpose(
            "measurement", _("Count my visits"), _("One daily number, no profile."), MEASURING, (Channel.BROWSER,),
            cookies=(Cookie("visit", _("a number for today"), _("1 day")),),
            sources={"connect-src": ("'self'",)},
        )
    )

Its scripts, if it has any, live in static/optional/measurement/; no other purpose lets a browser load them.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Purpose, ReceiverKind, Words
from privacy.models import ConsentEvent
from privacy.purposes import MARKETING, PARTNERS, PREFERENCES

Channel = ConsentEvent.Channel
DIRECT = (Channel.EMAIL, Channel.PHONE, Channel.POST, Channel.FAX)
BY = {  # how a question names its channel
    Channel.EMAIL: _("By e-mail"),
    Channel.PHONE: _("By telephone"),
    Channel.POST: _("By post"),
    Channel.FAX: _("By fax"),
    Channel.BROWSER: _("In this browser"),
    Channel.PARTNERS: _("On partner sites"),
    Channel.SERVICE: _("What you agree to"),
}


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie, in the words in which the settings page lists it."""

    name: str
    what: Words
    lasts: Words


@dataclass(frozen=True, slots=True, eq=False)
class ConsentPurpose:
    """One thing that somebody can agree to, asked once for each channel; two are the same only if they are one."""

    key: str
    title: Words
    words: Words  # what saying yes means, in a sentence or two
    why: Purpose
    channels: tuple[Channel, ...]
    is_whole: bool = False  # a yes holds for these very words: other words are asked again
    named: ReceiverKind | None = None  # asked only while the register has such receivers, and with their names
    cookies: tuple[Cookie, ...] = ()
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the content security policy

    def __post_init__(self) -> None:
        if self.why.basis != Basis.CONSENT:
            message = f"{self.key} does not rest on consent, so nobody can be asked for it"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Question:
    """One purpose on one channel: what gets one yes or no; `names` are those who would receive something."""

    purpose: ConsentPurpose
    channel: Channel
    names: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """As the ledger keeps it."""
        return self.purpose.key, self.channel.value

    @property
    def name(self) -> str:
        """Of its field in a form; an answer to a page that showed other names is no answer."""
        name = f"{self.purpose.key}-{self.channel}"
        shown = "\n".join(self.names)
        return f"{name}-{digest_of_words(text=shown, language='')[:8]}" if shown else name

    @property
    def by(self) -> Words:
        """The channel in words."""
        return BY[self.channel]

    @property
    def words(self) -> Words:
        """What a yes means, with a line for each name."""
        if not self.names:
            return self.purpose.words
        return format_lazy("{}\n{}\n{}", self.purpose.words, _("Today these are:"), "\n".join(map(line_of, self.names)))

    @property
    def text(self) -> Words:
        """All the words that a page shows when it asks; the ledger keeps them."""
        return format_lazy("{}\n{}\n{}", self.purpose.title, self.words, self.by)

    def says_no_more_than(self, text: str) -> bool:
        """Whether a yes to words that were shown before is a yes to this."""
        if self.purpose.is_whole and text != str(self.text):
            return False
        return set(map(line_of, self.names)) <= set(text.splitlines())


def line_of(name: str) -> str:
    """How words in any language name a receiver, in a line of its own."""
    return f"– {name}"


def name_in(line: str) -> str:
    """Whom a line of such words names; "" where it names nobody."""
    return line.removeprefix("– ") if line.startswith("– ") else ""


def digest_of_words(*, text: str, language: str) -> str:
    """SHA-256 of language and text, hexadecimal."""
    return hashlib.sha256(f"{language}\n{text}".encode()).hexdigest()


_purposes: dict[str, ConsentPurpose] = {}
_families: dict[str, Purpose] = {}


def register_purpose(purpose: ConsentPurpose) -> None:
    """Ask for one purpose more; two of one key are a programming error."""
    if _purposes.setdefault(purpose.key, purpose) is not purpose:
        message = f"two purposes are called {purpose.key}"
        raise ValueError(message)


def register_family(prefix: str, why: Purpose) -> None:
    """Let an app ask a question of its own for each receiver: the keys of its purposes begin with “prefix:”."""
    if _families.setdefault(prefix, why) is not why:
        message = f"two families are called {prefix}"
        raise ValueError(message)


def why_of(key: str) -> Purpose | None:
    """On which purpose a question rests, by its key as the ledger keeps it; None of one that is asked no more."""
    if key in _purposes:
        return _purposes[key].why
    return _families.get(key.partition(":")[0])


def is_asked_for(why: Purpose) -> Q:
    """Those consent events that are about something which rests on this purpose."""
    found = Q(purpose__in=[key for key, asked in _purposes.items() if asked.why is why])
    for prefix, family in _families.items():
        if family is why:
            found |= Q(purpose__startswith=f"{prefix}:")
    return found


def purposes() -> Mapping[str, ConsentPurpose]:
    """Everything that is asked for, by key."""
    return _purposes


def questions() -> Iterator[Question]:
    """Each purpose on each of its channels."""
    return (Question(purpose, channel) for purpose in _purposes.values() for channel in purpose.channels)


def browser_questions() -> list[Question]:
    """What a browser is asked; its answers concern nobody else's."""
    return [question for question in questions() if question.channel == Channel.BROWSER]


def personal_questions() -> list[Question]:
    """What a member may be asked, whatever browser they use; `selectors.consents.asked_of_members` says what is now."""
    return [question for question in questions() if question.channel != Channel.BROWSER]


for _asked in (
    ConsentPurpose(
        "newsletter", _("Newsletter"), _("News of the market, about once a month."), MARKETING, channels=DIRECT
    ),
    ConsentPurpose(
        "product_updates",
        _("What is new here"),
        _("New functions, services and fees of this market."),
        MARKETING,
        channels=DIRECT,
    ),
    ConsentPurpose("events", _("Trade fairs and events"), _("Where you can meet us."), MARKETING, channels=DIRECT),
    ConsentPurpose(
        "partner_offers",
        _("Offers of our partners"),
        _("We send them ourselves: your address stays here, and the partner does not learn it."),
        MARKETING,
        channels=DIRECT,
    ),
    ConsentPurpose(
        "partners",
        _("Show my contact to partner sites"),
        _("Sites that list our companies may show your name, e-mail and telephone beside your company."),
        PARTNERS,
        channels=(Channel.PARTNERS,),
        named=ReceiverKind.PARTNER,
    ),
    ConsentPurpose(
        "preferences",
        _("Remember my theme"),
        _("One cookie, 1 year. It keeps pages light or dark, as you choose at the foot of a page, and nothing else."),
        PREFERENCES,
        channels=(Channel.BROWSER,),
        cookies=(Cookie("preferences", _("“light” or “dark”"), _("1 year")),),
    ),
):
    register_purpose(_asked)
