"""How far a campaign is, and what staff see of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q

from mailings.audiences import Filters, audience, filters_of
from mailings.models import ENDED, OPEN, Campaign, CampaignWriter, Delivery

LATELY = timedelta(minutes=5)  # in which mails are counted that say how fast it goes
A_MOMENT = timedelta(seconds=10)  # less says nothing about that
FORESEEABLE = timedelta(days=2)
MOST_UNCERTAIN = 50  # on a page; the list of mails has the others
State = Campaign.State


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a campaign's mails are: each reader stands in one of these numbers."""

    waiting: int = 0
    sent: int = 0
    suppressed: int = 0
    bounced: int = 0
    uncertain: int = 0
    withdrawn: int = 0
    a_minute: int | None = None  # sent lately; None where nothing can be said

    @property
    def audience(self) -> int:
        """All readers, or those that have been found so far."""
        return self.waiting + self.ended

    @property
    def ended(self) -> int:
        """Those for whom nothing more will happen."""
        return self.sent + self.suppressed + self.bounced + self.uncertain + self.withdrawn

    @property
    def left(self) -> timedelta | None:
        """How long it will take at this rate; None where that would be a guess."""
        if not self.a_minute or not self.waiting:
            return None
        found = timedelta(minutes=self.waiting / self.a_minute)
        return found if found < FORESEEABLE else None


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """A campaign that is no draft any more; `who` are its filters in words."""

    campaign: Campaign
    progress: Progress
    who: Sequence[tuple[str, str]]
    uncertain: Sequence[Delivery]
    at: datetime

    @property
    def ends_at(self) -> datetime | None:
        """When it will be over, if it goes on like this."""
        left = self.progress.left
        return self.at + left if left and self.campaign.state == State.SENDING else None


def progress_of(campaigns: Iterable[Campaign], *, at: datetime) -> dict[int, Progress]:
    """By number. What has ended says its own figures; the rows of the others are counted. One query."""
    found, running = {}, []
    for one in campaigns:
        if one.audience is None:
            running.append(one.pk)
        else:
            found[one.pk] = Progress(**{state: getattr(one, state) for state in ENDED})
    rows = Delivery.objects.filter(campaign__in=running).order_by().values("campaign", "state")
    lately = Q(state=Delivery.State.SENT, ended_at__gt=at - LATELY)
    counted: dict[int, list[Mapping[str, Any]]] = {pk: [] for pk in running}
    for row in rows.annotate(n=Count("pk"), new=Count("pk", filter=lately), since=Min("ended_at", filter=lately)):
        counted[row["campaign"]].append(row)
    return found | {pk: _progress(some, at) for pk, some in counted.items()}


def campaign_page(campaign: Campaign, *, at: datetime) -> CampaignPage:
    """Everything that staff see of it. Three queries."""
    uncertain = Delivery.objects.filter(campaign=campaign, state=Delivery.State.UNCERTAIN)
    return CampaignPage(
        campaign=campaign,
        progress=progress_of([campaign], at=at)[campaign.pk],
        who=words_of(filters_of(campaign)),
        uncertain=list(uncertain.only("to", "error", "ended_at").order_by("-ended_at")[:MOST_UNCERTAIN]),
        at=at,
    )


def wrote_in(campaign: Campaign, staff: Any) -> bool:
    """Whether any of its words, as they stand or stood, may be this person's. One query at most."""
    if campaign.written_by_id == staff.pk:
        return True
    return CampaignWriter.objects.filter(campaign=campaign, member=staff).exists()


def words_of(filters: Filters) -> list[tuple[str, str]]:
    """Each filter that is set: its name, and its values in words. One query at most."""
    names = [one.name for one in fields(Filters) if getattr(filters, one.name)]
    words = audience().choices() if names else {}
    found = []
    for name in names:
        known = dict(words[name])
        values = [str(known.get(value, value)) for value in getattr(filters, name)]
        found.append((str(Campaign._meta.get_field(name).verbose_name), ", ".join(values)))  # type: ignore[union-attr]
    return found


def _progress(rows: Sequence[Mapping[str, Any]], at: datetime) -> Progress:
    numbers = {row["state"]: row["n"] for row in rows}
    new, since = next(((row["new"], row["since"]) for row in rows if row["new"]), (0, at))
    lasted = at - since
    return Progress(
        waiting=sum(numbers.get(state, 0) for state in OPEN),
        a_minute=round(new / (lasted / timedelta(minutes=1))) if lasted >= A_MOMENT else None,
        **{state: numbers.get(state, 0) for state in ENDED},
    )
