"""The languages that mail can be written in and wanted in, all that Django knows; and those that we speak ourselves."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

Choice = tuple[str, str]  # a code and a name


def language_choices() -> list[Choice]:
    """Codes with the name of each language in the reader's own and in itself, by name."""
    return sorted(_named(), key=lambda choice: choice[1].casefold())


def languages_of_mail() -> list[Any]:
    """The same for somebody who chooses one: those of our pages first, the others behind “More languages”."""
    return with_more(language_choices(), first=[code for code, _name in settings.LANGUAGES])


def with_more(choices: Sequence[Choice], *, first: Collection[str]) -> list[Any]:
    """Choices of a form's field: the first ones in their own order, the others in a group of their own."""
    names = dict(choices)
    others = [(code, name) for code, name in choices if code not in first]
    return [*((code, names[code]) for code in first if code in names), (_("More languages"), others)]


def what_comes_in_it() -> str:
    """What somebody who chooses a language of mail can expect, in a sentence or two."""
    pages = ", ".join(language_name(code) for code, _name in settings.LANGUAGES)
    own = language_name(settings.LANGUAGE_CODE)
    said = _("Mail comes in this language where somebody has written it; otherwise in %(own)s. Pages are in %(pages)s.")
    return said % {"own": own, "pages": pages}


def language_asked_for(accepted: str) -> str:
    """The first that can be chosen of those in an Accept-Language header (RFC 9110, 12.5.4); else the site's own."""
    for code, _weight in parse_accept_lang_header(accepted):
        for one in (code, *LANG_INFO.get(code, {}).get("fallback", ()), code.partition("-")[0]):
            if "name" in LANG_INFO.get(one, {}):
                return str(one)
    return settings.LANGUAGE_CODE


def with_forms(codes: Collection[str]) -> set[str]:
    """The languages and their forms of which we know: "pt" takes in "pt-br" (RFC 4647, 3.3.1), not the other way."""
    return {*codes, *(known for known in LANG_INFO for code in codes if known.startswith(f"{code}-"))}


def language_name(code: str) -> str:
    """The name in the language of the page; what nobody knows keeps its code."""
    name = LANG_INFO.get(code, {}).get("name")
    return _(name) if name else code


def own_name(code: str) -> str:
    """The name that its speakers give it, such as “Tiếng Việt”; what nobody knows keeps its code."""
    return str(LANG_INFO.get(code, {}).get("name_local", code))


def is_rtl(code: str) -> bool:
    """Whether it is written from right to left."""
    return bool(LANG_INFO.get(code, {}).get("bidi"))


def speaks(code: str) -> bool:
    """Whether our own sentences are translated into it or its parent; where they are not, they stay English."""
    spoken = {language for language, _name in settings.LANGUAGES}
    return not spoken.isdisjoint({code.lower(), code.lower().partition("-")[0]})


def _named() -> Iterator[Choice]:
    for code, about in LANG_INFO.items():
        if "name" in about:  # the others only say which language to take instead
            yield code, f"{_(about['name'])} · {about['name_local']}" if code != "en" else _(about["name"])
