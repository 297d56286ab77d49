"""What the directory's pages are asked for."""

from collections.abc import Callable

from django.http import QueryDict

from directory.codes import BusinessType, HeadcountBand
from directory.places import is_country
from directory.selectors.search import BY_NAME, NEWEST, CompanySearch

MOST_LETTERS = 120  # of the words searched for; more is no search
MOST_CHOICES = 30  # of one filter


def read_company_search(query: QueryDict) -> CompanySearch:
    """The search that an address asks for; values that mean nothing are left out, whatever they are.

    Addresses are typed, cut off by mail programs and made up by machines, so nothing here is an error.
    """
    words = " ".join(_clean(query.get("q", ""))[:MOST_LETTERS].split())
    return CompanySearch(
        q=words,
        country=_chosen(query, "country", is_country),
        industry=_chosen(query, "industry", _is_slug),
        business_type=_chosen(query, "business_type", lambda code: code in BusinessType.values),
        headcount=_chosen(query, "headcount", lambda code: code in HeadcountBand.values),
        sort=BY_NAME if query.get("sort") == BY_NAME else NEWEST,
        after=query.get("after", "") if _is_slug(query.get("after", "")) else "",
    )


def read_hs_words(text: str) -> str:
    """A code or words as they were typed; what nobody can type is left out."""
    return " ".join(_clean(text[:MOST_LETTERS]).split())


def _chosen(query: QueryDict, name: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """The known values of one filter, each once."""
    return tuple(dict.fromkeys(value for value in query.getlist(name)[:MOST_CHOICES] if known(value)))


def _clean(text: str) -> str:
    """Without the characters that PostgreSQL cannot store or nobody can type."""
    return "".join(character for character in text if character.isprintable() or character.isspace())


def _is_slug(text: str) -> bool:
    return 0 < len(text) <= 90 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()
