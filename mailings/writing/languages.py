"""The languages that a campaign can be written in, all that Django knows; and those that our own sentences are in."""

from collections.abc import Iterator

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _


def language_choices() -> list[tuple[str, str]]:
    """Codes with the name of each language in the reader's own and in itself, by name."""
    return sorted(_named(), key=lambda choice: choice[1].casefold())


def language_name(code: str) -> str:
    """As the reader calls it; what nobody knows keeps its code."""
    name = LANG_INFO.get(code, {}).get("name")
    return _(name) if name else code


def own_name(code: str) -> str:
    """As those who speak it call it."""
    return str(LANG_INFO.get(code, {}).get("name_local", code))


def is_rtl(code: str) -> bool:
    """Whether it is written from right to left."""
    return bool(LANG_INFO.get(code, {}).get("bidi"))


def speaks(code: str) -> bool:
    """Whether our own sentences are translated into it or its parent; where they are not, they stay English."""
    spoken = {language for language, _name in settings.LANGUAGES}
    return not spoken.isdisjoint({code.lower(), code.lower().partition("-")[0]})


def _named() -> Iterator[tuple[str, str]]:
    for code, about in LANG_INFO.items():
        if "name" in about:  # the others only say which language to take instead
            yield code, f"{_(about['name'])} · {about['name_local']}" if code != "en" else _(about["name"])
