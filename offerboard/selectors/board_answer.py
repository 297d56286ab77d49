"""What the board finds: what was asked for or, where that is nothing at all, what comes near it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from directory.places import country_name
from offerboard.presentation import count_words, number
from offerboard.rewording import corrected, in_country, loosened
from offerboard.search import CAP, Filters, Results, Sort, search


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of leads, and what to say about it."""

    results: Results
    sort: Sort  # the order that was asked for, or that of what was searched for instead
    notes: tuple[str, ...] = ()  # what was searched for instead
    better: str = ""  # words that may have been meant
    by_country: Filters | None = None  # the search with the country that the words name as a filter


def answer(asked: Filters, *, now: datetime, after: str) -> Answer:
    """The page behind the cursor `after`. Words as they were typed come first, also where they name a country.

    A country's name may be goods too, such as china or jersey; so it is read as a country only where it finds nothing.
    """
    results = search(asked, now=now, after=after)
    by_country = in_country(asked)
    if not asked.words or results.count or not results.is_complete:
        return Answer(results, Sort(asked.sort), by_country=by_country)
    if by_country:
        found = search(by_country, now=now, after=after)
        if found.count:
            names = ", ".join(country_name(code) for code in by_country.countries)
            note = _("No lead has the words as typed. These are of companies in %(countries)s.") % {"countries": names}
            return Answer(found, Sort(asked.sort), (note,), by_country=by_country)
    return _near(asked, results, now=now, after=after)


def _near(asked: Filters, results: Results, *, now: datetime, after: str) -> Answer:
    """Rather than nothing, leads with any of the words, and words that may have been meant."""
    better = corrected(asked.words)
    looser = loosened(asked)
    found = search(looser, now=now, after=after) if looser else results
    if not found.count:
        return Answer(results, Sort(asked.sort), better=better)
    note = _("No lead has all of these words. These have some of them, best match first.")
    return Answer(found, Sort.RELEVANCE, (note,), better)


def lead_count(results: Results) -> str:
    """The words "1,284 leads"."""
    return ngettext("%(n)s lead", "%(n)s leads", results.count) % {"n": _all(results)}


def leads_shown(results: Results) -> str:
    """The words "Leads 1 to 20 of 1,284"; "" where nothing is shown."""
    if not results.ids:
        return ""
    return _("Leads %(first)s to %(last)s of %(all)s") % {
        "first": number(results.position),
        "last": number(results.position + len(results.ids) - 1),
        "all": _all(results),
    }


def _all(results: Results) -> str:
    return count_words(results.count, cap=CAP, is_complete=results.is_complete)
