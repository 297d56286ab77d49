"""A company's own leads that say nearly the same as another one."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from offerboard import presentation
from offerboard.models import Lead

COMPARED = 2000  # of a company's leads, the last changed
SHOWN = 3
ALIKE = 0.7  # of 1: the share of three-letter pieces that two titles have in common


@dataclass(frozen=True, slots=True)
class OwnAlike:
    """Another lead of the company, as the preview points to it."""

    url: str
    edit_url: str
    title: str
    state: str
    posted: str  # "Posted 3 days ago", "" before it was


def own_alike(*, lead: Lead, now: datetime) -> list[OwnAlike]:
    """Leads of the same company and kind that are or may come back on the board, with nearly the same title.

    One query over a bounded number of rows, most alike first. Titles in scripts that PostgreSQL cannot take apart into
    letters are alike only when they are the same.
    """
    if not lead.title:
        return []
    others = Lead.objects.open().filter(company=lead.company_id, kind=lead.kind).exclude(pk=lead.pk)
    others = others.exclude(state=Lead.State.REJECTED).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    latest = others.order_by("-updated_at", "-pk").values("pk")[:COMPARED]
    found = (
        Lead.objects.filter(pk__in=latest)
        .annotate(likeness=TrigramSimilarity("title", lead.title))
        .filter(Q(likeness__gte=ALIKE) | Q(title__iexact=lead.title))
        .order_by("-likeness", "-updated_at")
        .only("slug", "title", "state", "posted_at")
    )
    return [
        OwnAlike(
            url=one.get_absolute_url(),
            edit_url=reverse("offerboard:edit", args=[one.slug]),
            title=one.title,
            state=one.get_state_display(),
            posted=_("posted %(ago)s") % {"ago": presentation.ago(one.posted_at, now=now)} if one.posted_at else "",
        )
        for one in found[:SHOWN]
    ]
