"""What is stuck in the outbox and why, in numbers: nobody's address, subject or text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Func, Max, Min, QuerySet, TextField, Value
from django.db.models.functions import Left

from mailings.answers import ADDRESS
from mailings.models import Campaign, Delivery, DomainBudget, Outage
from mailings.selectors.campaigns import progress_of

SHOWN = 100  # groups, domains and campaigns; the largest
MUCH = 10_000  # past it the front page counts no further
WEEK = timedelta(days=7)
QUEUED = timedelta(days=30)  # before it: so long a mail may have waited that became uncertain this week
State = Campaign.State


@dataclass(frozen=True, slots=True)
class Group:
    """Mails that are stuck for one reason at one domain."""

    kind: str
    state: str
    said: str
    domain: str
    number: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Mails of which nobody knows whether they arrived: of a campaign, or of one template."""

    what: str
    campaign: int | None
    number: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Resting:
    """A campaign that is paused, or of which the last mails were refused."""

    campaign: Campaign
    waiting: int


@dataclass(frozen=True, slots=True)
class StuckPage:
    """Everything that stands in some mail's way."""

    outage: Outage | None  # of our own server: then all mail waits for it
    groups: Sequence[Group]
    budgets: Sequence[DomainBudget]
    campaigns: Sequence[Resting]
    uncertain: Sequence[Uncertain]

    @property
    def number(self) -> int:
        """How many mails are stuck, as far as their groups are shown."""
        return sum(group.number for group in self.groups)


def stuck_page(*, at: datetime) -> StuckPage:
    """What is stuck, each reason with how many mails it holds up, and which campaigns rest. Six queries."""
    resting = Campaign.objects.filter(state=State.PAUSED) | Campaign.objects.filter(state=State.SENDING, failures__gt=0)
    campaigns = list(resting.order_by("-failures", "-began_at")[:SHOWN])
    progress = progress_of(campaigns, at=at)
    budgets = DomainBudget.objects.order_by("per_minute", "domain")[:SHOWN]
    return StuckPage(
        outage=Outage.objects.lasting(at=at).first(),
        groups=_groups(Delivery.objects.stuck(at=at)),
        budgets=list(budgets),
        campaigns=[Resting(one, progress[one.pk].waiting) for one in campaigns],
        uncertain=_uncertain(at),
    )


def count_stuck(*, at: datetime) -> int:
    """How many mails are stuck, counted up to MUCH. One query."""
    return Delivery.objects.stuck(at=at)[:MUCH].count()


def _groups(mails: "QuerySet[Any]") -> list[Group]:
    said = Func(F("error"), Value(ADDRESS), Value("…"), Value("g"), function="regexp_replace", output_field=TextField())
    rows = mails.order_by().annotate(said=Left(said, 120)).values("kind", "state", "said", "domain")
    return [
        Group(
            kind=str(Delivery.Kind(row["kind"]).label),
            state=str(Delivery.State(row["state"]).label),
            said=row["said"],
            domain=row["domain"],
            number=row["number"],
            oldest=row["oldest"],
        )
        for row in rows.annotate(number=Count("pk"), oldest=Min("queued_at")).order_by("-number", "oldest")[:SHOWN]
    ]


def _uncertain(at: datetime) -> list[Uncertain]:
    mails = Delivery.objects.filter(
        state=Delivery.State.UNCERTAIN, ended_at__gt=at - WEEK, queued_at__gt=at - WEEK - QUEUED
    )
    rows = mails.order_by().values("campaign", "campaign__title", "template")
    return [
        Uncertain(row["campaign__title"] or row["template"], row["campaign"], row["number"], row["last"])
        for row in rows.annotate(number=Count("pk"), last=Max("ended_at")).order_by("-number", "-last")[:SHOWN]
    ]
