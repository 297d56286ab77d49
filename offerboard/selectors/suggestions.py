"""Which leads a member's companies may want to know of, and what the mail about them says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from directory.models import Category, TeamMember
from offerboard.models import BoardEntry, LeadRevision
from offerboard.presentation import number
from offerboard.search import Filters
from offerboard.selectors.addresses import board_address
from offerboard.selectors.alerts import AlertLead, lead_lines
from offerboard.selectors.cards import cards_by_id
from offerboard.stop_links import stop_suggestions_link

MOST = 10  # leads of a mail
OLD_NEWS = timedelta(days=7)  # a lead that was posted so long before the public first saw it is not looked for


@dataclass(frozen=True, slots=True)
class Suggestions:
    """All that one mail says."""

    heading: str  # its subject
    leads: list[AlertLead]
    board_url: str
    stop_url: str


def suggested(*, member: Member, since: datetime, until: datetime, now: datetime) -> list[int]:
    """The newest leads in the industries of the member’s companies that became public for the first time in this time.

    It begins after `since` and ends with `until`. None of these companies’ own. One query.
    """
    mine = TeamMember.objects.filter(member=member).values("company")
    chosen = Category.objects.filter(companies__in=mine).values("pk")
    inside = Category.objects.filter(Q(pk__in=chosen) | Q(parent__in=chosen))
    shown = LeadRevision.objects.filter(lead=OuterRef("pk"))
    found = (
        BoardEntry.objects.public(at=now)
        .filter(Exists(shown.filter(public_from__gt=since, public_from__lte=until)), category__in=inside.values("pk"))
        .filter(posted_at__gt=since - OLD_NEWS)  # so that a walk through a large category ends
        .exclude(Exists(shown.filter(public_from__lte=since)))
        .exclude(company__in=mine)
    )
    return list(found.newest_first().values_list("pk", flat=True)[:MOST])


def suggestions(leads: Sequence[int], *, member: Member, now: datetime) -> Suggestions:
    """The mail about these leads, in the language and time zone of the moment."""
    lines = lead_lines(cards_by_id(leads, now=now))
    chosen = Category.objects.filter(companies__team__member=member).distinct().order_by("pk")
    filters = Filters(categories=tuple(chosen.values_list("slug", flat=True)))
    count = ngettext("%(n)s new lead", "%(n)s new leads", len(lines)) % {"n": number(len(lines))}
    return Suggestions(
        heading=_("%(new_leads)s in your industries") % {"new_leads": count},
        leads=lines,
        board_url=urljoin(settings.SITE_URL, board_address(filters)),
        stop_url=stop_suggestions_link(member.pk),
    )
