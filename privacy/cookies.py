"""Which cookies there are, what this browser has agreed to, and the last word on what a response may set.

The answer of a browser stands in one signed cookie: what it said and on which day. While it says yes to something there
is a random number in it, under which the ledger keeps the proof; a refusal needs none, and is alike in all browsers.
Nothing in it names a person. A browser that has not answered gets no cookie at all.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.consents import Cookie, Question, browser_questions, purposes
from privacy.cookieless import shared_token

log = structlog.get_logger(__name__)
CHOICE, PREFERENCES = "choice", "preferences"
READERS = frozenset({CHOICE, PREFERENCES})  # cookies that say how a page looks, and nothing about who reads it
SALT = "privacy.cookies"
QUESTION = "cookie choice"  # names the form that every page may carry
YEAR = timedelta(days=365)
EPOCH = date(1970, 1, 1)
THEMES = ("light", "dark")


def necessary() -> dict[str, Cookie]:
    """Cookies that need no consent, being needed for what somebody asks us to do: directive 2002/58, art. 5(3)."""
    return {
        settings.SESSION_COOKIE_NAME: Cookie(
            settings.SESSION_COOKIE_NAME,
            _("keeps you logged in, and carries you through signing up"),
            _("until you close the browser, or 30 days if you chose to stay logged in"),
        ),
        settings.CSRF_COOKIE_NAME: Cookie(
            settings.CSRF_COOKIE_NAME, _("makes sure that a form you send comes from our page"), _("1 year")
        ),
        "messages": Cookie(
            "messages", _("carries one sentence, such as “Your changes are saved”"), _("until the next page")
        ),
        CHOICE: Cookie(CHOICE, _("remembers what you said on this page, so that you are not asked again"), _("1 year")),
    }


def optional() -> dict[str, str]:
    """The name of each other cookie, and the purpose that must have been granted."""
    return {cookie.name: purpose.key for purpose in purposes().values() for cookie in purpose.cookies}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a browser has said; a purpose in neither set was never asked for."""

    browser: uuid.UUID | None  # a number for as long as something is granted
    granted: frozenset[str]
    refused: frozenset[str]
    gpc: bool  # whether it sent Global Privacy Control while it said so
    day: int  # since 1970, UTC

    @property
    def said_on(self) -> date:
        """The day, UTC."""
        return EPOCH + timedelta(days=self.day)

    def written(self) -> str:
        """As the cookie holds it: “<number or nothing>.<day>.<signal>.+preferences.-measurement:<signature>”."""
        number = self.browser.hex if self.browser else ""
        said = [*(f"+{key}" for key in sorted(self.granted)), *(f"-{key}" for key in sorted(self.refused))]
        return signing.Signer(salt=SALT).sign(".".join([number, str(self.day), str(int(self.gpc)), *said]))


def sends_gpc(request: HttpRequest) -> bool:
    """Global Privacy Control: do not sell or share what you learn of me (https://w3c.github.io/gpc/)."""
    return request.headers.get("Sec-GPC") == "1"


def choice_of(request: HttpRequest) -> Choice | None:
    """What the browser has said within a year; a forged or broken cookie says nothing."""
    return _read(request.COOKIES.get(CHOICE, ""))


def _read(written: str) -> Choice | None:
    try:
        browser, day, gpc, *said = signing.Signer(salt=SALT).unsign(written).split(".")
        granted, refused = (frozenset(one[1:] for one in said if one[0] == sign) for sign in "+-")
        choice = Choice(uuid.UUID(browser) if browser else None, granted, refused, gpc == "1", int(day))
    except (signing.BadSignature, ValueError):
        return None
    return choice if _today() - choice.day <= YEAR.days else None


def _today() -> int:
    return int(timezone.now().timestamp()) // 86_400


@dataclass(frozen=True, slots=True)
class Reader:
    """All that a page may know of its reader without a session. Equal readers get equal pages."""

    granted: frozenset[str] = frozenset()
    is_asked: bool = True
    gpc: bool = False
    theme: str = ""  # light, dark, or "" for what the system says

    @property
    def remembers(self) -> bool:
        """Whether the theme may be kept in the browser."""
        return PREFERENCES in self.granted

    @property
    def token(self) -> str:
        """Guards the form in which the page asks; the same for everybody within an hour."""
        return shared_token(QUESTION)

    @property
    def questions(self) -> list[Question]:
        """What the page asks."""
        return browser_questions()


def reader_of(request: HttpRequest) -> Reader:
    """Read from headers alone."""
    gpc = sends_gpc(request)
    if not request.COOKIES:
        return Reader(is_asked=not gpc, gpc=gpc)
    choice = choice_of(request)
    granted = _holding(choice, gpc=gpc)
    said = choice.granted | choice.refused if choice else frozenset()
    theme = request.COOKIES.get(PREFERENCES, "") if PREFERENCES in granted else ""
    return Reader(granted, not gpc and not _asked() <= said, gpc, theme if theme in THEMES else "")


def _asked() -> frozenset[str]:
    return frozenset(question.purpose.key for question in browser_questions())


def _holding(choice: Choice | None, *, gpc: bool) -> frozenset[str]:
    """What is granted now: of what is still asked; under the signal only what was agreed to while it was sent."""
    if choice is None or (gpc and not choice.gpc):
        return frozenset()
    return choice.granted & _asked()


def answered(request: HttpRequest, said: Mapping[str, bool]) -> Choice:
    """The browser's choice after these answers by purpose; what they leave out stays as it is."""
    before, gpc = choice_of(request), sends_gpc(request)
    yes = frozenset(key for key, given in said.items() if given)
    no = frozenset(said) - yes
    granted = (_holding(before, gpc=gpc) | yes) - no
    number = (before.browser if before else None) or uuid.uuid4()
    return Choice(
        browser=number if granted else None,
        granted=granted,
        refused=(before.refused if before else frozenset()) - yes | no,
        gpc=gpc,
        day=_today(),
    )


def keep_choice(response: HttpResponseBase, choice: Choice) -> None:
    """Have the browser remember its answer."""
    _set(response, CHOICE, choice.written())


def keep_theme(response: HttpResponseBase, theme: str) -> None:
    """Have the browser remember the theme; anything but a theme is forgotten instead. The gate asks whether it may."""
    if theme in THEMES:
        _set(response, PREFERENCES, theme)
    else:
        response.delete_cookie(PREFERENCES, samesite="Lax")


def _set(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


class CookieGate:
    """The last word on every response: what is not declared, or not agreed to, does not leave the server."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Stop what may not be set, and take back what the browser holds without a grant."""
        response = self.get_response(request)
        if "Set-Cookie" in response.headers:  # past Django's own jar
            log.error("cookie_stopped", cookie="", why="a header of its own")
            del response.headers["Set-Cookie"]
        if request.COOKIES or response.cookies:
            self._sort_out(request, response)
        return response

    def _sort_out(self, request: HttpRequest, response: HttpResponseBase) -> None:
        needed, purpose_of = necessary(), optional()
        granted = self._granted(request, response)
        for name in [name for name in response.cookies if name not in needed]:
            if purpose_of.get(name) in granted:
                continue
            if response.cookies[name]["max-age"] != 0:
                why = "refused" if name in purpose_of else "not declared"
                log.error("cookie_stopped", cookie=name, why=why)
            del response.cookies[name]
        for name, purpose in purpose_of.items():
            if name in request.COOKIES and purpose not in granted:
                response.delete_cookie(name, samesite="Lax")

    def _granted(self, request: HttpRequest, response: HttpResponseBase) -> frozenset[str]:
        """By the answer that this very response carries to the browser, else by the one that came."""
        sent = response.cookies.get(CHOICE)
        choice = _read(sent.value) if sent else choice_of(request)
        return _holding(choice, gpc=sends_gpc(request))
