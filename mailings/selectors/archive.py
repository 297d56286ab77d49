"""Campaigns as everybody may read them again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from mailings.models import Campaign, CampaignText
from mailings.topics import topics
from mailings.writing.languages import is_rtl, own_name
from mailings.writing.markup import as_html
from mailings.writing.texts import texts_by_language
from privacy.datamap import Words

ON_A_PAGE = 30
NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Line:
    """A campaign in the list, by the subject that its readers saw; `language` is the subject's."""

    subject: str
    language: str
    what: Words
    at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Some campaigns; with `after` in its address, the page shows older ones."""

    lines: Sequence[Line]
    after: str


@dataclass(frozen=True, slots=True)
class ArchivedPage:
    """One campaign in one language; `body` and `offer` are HTML of our own making."""

    words: CampaignText
    what: Words
    at: datetime | None
    body: str
    offer: str
    is_rtl: bool
    others: Sequence[tuple[str, str]]  # languages: code and name


def archive_page(*, after: str, wanted: str) -> ArchivePage:
    """The newest first, each in the wanted language or in its own. Two queries.

    `after` says which was the last one seen, and what says none begins anew.
    """
    found = Campaign.objects.archived().order_by("-began_at", "-pk").prefetch_related("texts")
    if (last := _place(after)) is not None:
        began_at, pk = last
        found = found.filter(Q(began_at__lt=began_at) | Q(began_at=began_at, pk__lt=pk))
    rows = list(found[: ON_A_PAGE + 1])
    shown = rows[:ON_A_PAGE]
    lines = [_line(one, wanted) for one in shown]
    return ArchivePage(lines, _after(shown[-1]) if len(rows) > ON_A_PAGE else "")


def archived_page(campaign: Campaign, *, wanted: str) -> ArchivedPage:
    """Its words in the wanted language, or in its own. No query where its texts are there."""
    words = texts_by_language(campaign)(wanted)
    others = [one.language for one in campaign.texts.all() if one.language != words.language]
    return ArchivedPage(
        words=words,
        what=what_of(campaign),
        at=campaign.began_at,
        body=as_html(words.body),
        offer=as_html(words.offer_text),
        is_rtl=is_rtl(words.language),
        others=[(code, own_name(code)) for code in others],
    )


def _line(campaign: Campaign, wanted: str) -> Line:
    words, url = texts_by_language(campaign)(wanted), reverse("mailings:archived", args=[campaign.slug])
    return Line(words.subject, words.language, what_of(campaign), campaign.began_at, url)


def what_of(campaign: Campaign) -> Words:
    """The topic, or that it is an announcement, in words."""
    known = topics().get(campaign.topic)
    return known.title if known else campaign.get_kind_display()


def _after(campaign: Campaign) -> str:
    """Its place in the list: several begin at one moment, when the worker finds that they are due."""
    return f"{campaign.began_at.isoformat()}_{campaign.pk}" if campaign.began_at else ""


def _place(after: str) -> tuple[datetime, int] | None:
    """What `_after` has written."""
    time, _underscore, number = after.partition("_")
    try:
        found = parse_datetime(time)
    except ValueError:
        return None
    if found is None or found.tzinfo is None or not NUMBER.fullmatch(number):
        return None
    return found, int(number)
