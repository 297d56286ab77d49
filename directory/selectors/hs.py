"""Finding a code of the Harmonized System: the page /hs/, the suggestions of a form, the words beside a code."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from directory import hs
from directory.models import Category, HsName

MOST = 100  # names found by words; the best of them
SUGGESTED = 8
MOST_WORDS = 8
WORD = re.compile(r"[^\W_]+")
KEPT = 3600  # seconds a name stays in the cache; loading names takes those away that it changes


@dataclass(frozen=True, slots=True)
class HsLine:
    """A chapter, heading or subheading in a list."""

    code: str  # digits
    shown: str  # "0901.11"
    name: str  # a chapter's is our own, the others' are official; "" where none is loaded
    filed: str  # instead of a heading's name: our categories whose goods go under it
    chapter: str  # the name of its chapter
    url: str  # of what is inside
    level: int  # 1 chapter, 2 heading, 3 subheading
    found: bool  # else it only stands above what was found


@dataclass(frozen=True, slots=True)
class HsPage:
    """The page: a list in the order of the codes."""

    q: str
    lines: list[HsLine]
    heading: str
    crumbs: list[tuple[str, str]]
    is_cut: bool  # more was found than is shown
    has_names: bool  # the official names are loaded
    unnamed: str  # "0901.11": what was asked for, where only its heading is known
    meant: tuple[str, str] | None  # "901" may lack the nought of 0901: the code and its address
    edition: str
    canonical: str
    indexed: bool  # chapters and codes are worth finding, words are without number


@dataclass(frozen=True, slots=True)
class HsSuggestions:
    """What stands below a form's field while somebody types."""

    lines: list[HsLine]
    has_names: bool  # the official names are loaded
    unnamed: str  # as on the page
    about: str  # what its heading or chapter holds


def hs_page(q: str) -> HsPage:
    """All chapters; or what is inside the code `q`; or what the words `q` find. At most four queries."""
    digits = _digits(q)
    has_names = HsName.objects.of_edition(hs.EDITION).exists()
    is_cut = False
    if digits:
        found = set(_inside(digits, has_names=has_names))
    elif q:
        best = _best(q)
        found, is_cut = set(best[:MOST]), len(best) > MOST
    else:
        found = set(hs.CHAPTERS)
    lines = _lines(found) if found else []
    known = bool(digits) and any(line.code == digits for line in lines)
    return HsPage(
        q=q,
        lines=lines,
        heading=_heading(q, digits, lines),
        crumbs=[(_("HS codes"), reverse("directory:hs")), *_crumbs(digits)] if q else [],
        is_cut=is_cut,
        has_names=has_names,
        unnamed=_unnamed(digits, has_names=has_names),
        meant=_meant(digits),
        edition=str(hs.EDITION),
        canonical=settings.SITE_URL + (_url(digits) if known else reverse("directory:hs")),
        indexed=not q or known,
    )


def hs_suggestions(q: str) -> HsSuggestions:
    """The codes that a person who types this may mean, for a form; chapters if there is nothing else. Four queries.

    A whole code whose name is not loaded stays as it is typed: its heading in its place would say less.
    """
    digits = _digits(q)
    has_names = HsName.objects.of_edition(hs.EDITION).exists()
    unnamed = _unnamed(digits, has_names=has_names)
    codes = sorted(_inside(digits, has_names=has_names, deep=True)) if digits else _best(q)
    chosen = ([code for code in codes if len(code) > 2] or codes)[:SUGGESTED]
    lines = {line.code: line for line in _lines(set(chosen), with_above=False)} if chosen else {}
    return HsSuggestions(
        lines=[] if unnamed else [lines[code] for code in chosen],
        has_names=has_names,
        unnamed=unnamed,
        about=(lines[digits[:4]].filed or str(hs.chapter_of(digits).name)) if unnamed else "",
    )


def hs_words(code: str, edition: int) -> str:
    """What a lead's code is about, as closely as names are known; "" without a code. From the cache, or one query."""
    if not code:
        return ""
    asked = code[:6]

    def find() -> str:
        above = [asked[:digits] for digits in (6, 4, 2) if digits <= len(asked)]
        names = dict(HsName.objects.of_edition(edition).filter(code__in=above).values_list("code", "name"))
        return next((names[one] for one in above if one in names), "")

    official = str(cache.get_or_set(cache_key(asked, edition), find, KEPT))
    return official or (str(hs.CHAPTERS[asked[:2]].name) if asked[:2] in hs.CHAPTERS else "")


def hs_note(code: str, edition: int) -> str:
    """What stands beside a lead's code: "HS 2022 · Coffee; not roasted"; "" without a code."""
    if not code:
        return ""
    year = _("HS %(year)s") % {"year": edition}
    words = hs_words(code, edition)
    return f"{year} · {words}" if words else year


def cache_key(code: str, edition: int) -> str:
    """Under which the name of a code is kept."""
    return f"hs-name:{edition}:{code}"


# --- what is found ------------------------------------------------------------------------------------------------


def _digits(q: str) -> str:
    """The digits of what is or may become a code, at most six; "" for words."""
    plain = "".join(character for character in q if character not in ". -\u00a0\u202f")
    if not plain.isdecimal():
        return ""
    return "".join(str(unicodedata.decimal(character)) for character in plain)[:6]


def _unnamed(digits: str, *, has_names: bool) -> str:
    """A whole code as it is printed, where its heading exists and no names are loaded that could tell more; or ""."""
    is_whole = len(digits) == hs.SUBHEADING and hs.heading_exists(digits[:4])
    return hs.display(digits) if is_whole and not has_names else ""


def _meant(digits: str) -> tuple[str, str] | None:
    """The code that spreadsheets make so many digits of: they take the first nought away."""
    whole = f"0{digits}"
    return (hs.display(whole), _url(whole)) if len(digits) in (3, 5) and hs.heading_exists(whole[:4]) else None


def _inside(digits: str, *, has_names: bool, deep: bool = False) -> list[str]:
    """The code and what is inside: of a chapter its headings, of a heading its subheadings. Also of half a code."""
    shipped = [
        *(code for code in hs.CHAPTERS if code.startswith(digits)),
        *(
            f"{code}{number:02d}"
            for code, chapter in hs.CHAPTERS.items()
            if len(digits) >= 2 and digits[:2] == code
            for number in range(1, chapter.last + 1)
            if chapter.has_heading(number) and f"{code}{number:02d}".startswith(digits[:4])
        ),
    ]
    if not has_names or (len(digits) <= 2 and not deep):
        return shipped
    loaded = HsName.objects.of_edition(hs.EDITION).under(digits).values_list("code", flat=True)
    return [*loaded] or [code for code in shipped if code.startswith(digits)]


def _best(q: str) -> list[str]:
    """Codes whose names hold all the words, the best first; then those of our categories, in traders' words.

    A category may have headings of several chapters: first come those whose chapter holds the words too.
    """
    words = WORD.findall(q)[:MOST_WORDS]
    if not words:
        return []
    official = HsName.objects.of_edition(hs.EDITION).holding(words).values_list("code", flat=True)[: MOST + 1]
    traders = [code for name, codes in _category_codes() for code in codes if _holds(name, words)]
    ours = [code for code, chapter in hs.CHAPTERS.items() if _holds(str(chapter.name), words)]
    traders.sort(key=lambda code: code[:2] not in ours)
    return list(dict.fromkeys([*official, *traders, *ours]))


def _category_codes() -> list[tuple[str, list[str]]]:
    return list(Category.objects.filter(hs_edition=hs.EDITION).exclude(hs_codes=[]).values_list("name", "hs_codes"))


def _holds(name: str, words: Iterable[str]) -> bool:
    """Whether each of the words begins a word of the name."""
    beginnings = WORD.findall(_plain(name))
    return all(any(one.startswith(_plain(word)) for one in beginnings) for word in words)


def _plain(text: str) -> str:
    """Without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


# --- in words -----------------------------------------------------------------------------------------------------


def _lines(codes: set[str], *, with_above: bool = True) -> list[HsLine]:
    above = {code[:digits] for code in codes for digits in (2, 4) if digits < len(code)} if with_above else set()
    names = _names(codes | above | {code[:2] for code in codes})
    filed = _filed({code for code in codes | above if len(code) == 4 and code not in names})
    return [
        HsLine(
            code=code,
            shown=hs.display(code),
            name=names.get(code, ""),
            filed=", ".join(filed.get(code, [])),
            chapter=names.get(code[:2], ""),
            url=_url(code),
            level=len(code) // 2,
            found=code in codes,
        )
        for code in sorted(codes | above)
    ]


def _names(codes: set[str]) -> Mapping[str, str]:
    """The official names of headings and subheadings; chapters have names of our own."""
    names = dict(HsName.objects.of_edition(hs.EDITION).filter(code__in=codes).values_list("code", "name"))
    return names | {code: str(hs.CHAPTERS[code].name) for code in codes if code in hs.CHAPTERS}


def _filed(headings: set[str]) -> Mapping[str, list[str]]:
    """Our categories under each of the headings. One query, none without headings."""
    found: dict[str, list[str]] = {}
    for name, own in _category_codes() if headings else []:
        for code in headings.intersection(own):
            found.setdefault(code, []).append(name)
    return found


def _heading(q: str, digits: str, lines: list[HsLine]) -> str:
    if not q:
        return _("HS codes")
    own = next((line for line in lines if line.code == digits), None)
    if own:
        return _("HS %(code)s") % {"code": own.shown}
    return _("HS codes for “%(words)s”") % {"words": q}


def _crumbs(digits: str) -> list[tuple[str, str]]:
    return [(hs.display(digits[:n]), _url(digits[:n])) for n in (2, 4) if n < len(digits) and digits[:2] in hs.CHAPTERS]


def _url(code: str) -> str:
    return f"{reverse('directory:hs')}?{urlencode({'q': hs.display(code)})}"
