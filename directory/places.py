"""Countries and languages as words, and the regions that long lists of countries are sorted into."""

from functools import cache, lru_cache

from babel import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_countries import countries

# ISO 3166-1 codes by the regions of the UN's M49 standard; Antarctica stands with Oceania.
REGIONS = (
    (
        _("Africa"),
        (
            "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR "
            "MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW"
        ),
    ),
    (
        _("Americas"),
        (
            "AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY HN HT JM "
            "KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI"
        ),
    ),
    (
        _("Asia"),
        (
            "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY "
            "NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE"
        ),
    ),
    (
        _("Europe"),
        (
            "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC "
            "MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA"
        ),
    ),
    (
        _("Oceania"),
        "AQ AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
    ),
)
COUNTRIES = tuple(sorted(code for _region, codes in REGIONS for code in codes.split()))
# BCP 47: what trade is talked in.
SPOKEN = (
    "am ar az be bg bn bs ca cs da de el en es et fa fi fil fr gu ha he hi hr hu hy id ig it ja ka kk km kn ko ky lo "
    "lt lv mk ml mn mr ms my ne nl no pa pl ps pt ro ru rw si sk sl so sq sr sv sw ta te tg th ti tk tr uk ur uz vi "
    "xh yo zh zu"
)
LANGUAGES = tuple(SPOKEN.split())


def country_name(code: str) -> str:
    """The country of an ISO 3166-1 alpha-2 code in the reader's language; "" for an unknown one."""
    return _country_name(code, get_language())


@lru_cache(maxsize=4096)
def _country_name(code: str, language: str | None) -> str:  # noqa: ARG001  # the name is said in this language
    return str(countries.name(code))


def is_country(code: str) -> bool:
    """Whether this is an ISO 3166-1 alpha-2 code, in capitals."""
    return code in countries.countries


@cache
def language_name(code: str) -> str:
    """The language in its own words, such as "Tiếng Việt"; the code itself for one that is not on the list."""
    if code not in LANGUAGES:
        return code
    name = Locale.parse(code).get_display_name() or code
    return name[:1].upper() + name[1:]


def countries_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices for a form: each region with its countries by name, in the reader's language."""
    return [
        (str(region), sorted(((code, country_name(code)) for code in codes.split()), key=lambda pair: pair[1]))
        for region, codes in REGIONS
    ]
