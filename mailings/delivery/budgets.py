"""How fast campaigns go to a receiving domain: as fast as they can, until it puts off more than one in ten.

Then it gets so many a minute, fewer with each minute in which that happens again and more with each in which it does
not, until the limit is of no use any more. Mails that answer what one person did are not counted and do not wait.

What is beyond a minute's budget is laid aside, once. Each minute takes as many from there as it can use, so that a
backlog is not looked at again and again, and is not held up by yesterday's limit when the domain is in a better mood.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from mailings.answers import without_addresses
from mailings.models import Campaign, Delivery, DomainBudget

FIRST = 120  # mails a minute, when a domain is first slowed down
FREE = 4_000  # past this it is none of our business any more
MOST = 100_000  # nobody sends more: a limit for what waits in paused campaigns only
MINUTE = timedelta(minutes=1)
PATIENCE = 10  # of so many mails one may be put off: greylisting and full mailboxes are everywhere
ENOUGH = 5  # mails put off that say something about a domain
ASIDE = timedelta(days=1)  # they are looked at again then, should nobody have taken them from there
AT_ONCE = 1_000  # of them are taken up by a statement
LATER = timedelta(hours=2)  # whatever waits longer was laid aside: after an answer a mail waits an hour at most


@dataclass(slots=True)
class Outcome:
    """What a domain did with the mails of a batch."""

    taken: int = 0
    put_off: int = 0
    answer: str = ""


@transaction.atomic
def begin_minutes(*, now: datetime) -> None:
    """For each domain whose minute is over: how many it gets in the next one, and that many that were laid aside."""
    over = Q(minute__lte=now - MINUTE) | Q(minute__gt=now + MINUTE)  # the latter was begun by a clock that went wrong
    for budget in DomainBudget.objects.filter(over).order_by("domain").select_for_update(skip_locked=True):
        _begin_minute(budget, now)


def share(rows: Sequence[Delivery], *, now: datetime) -> list[Delivery]:
    """The rows that may go now; those beyond their domain's budget are laid aside.

    In the transaction that has locked the rows.
    """
    domains = {row.domain for row in rows}
    slow = DomainBudget.objects.filter(domain__in=domains).order_by("domain").select_for_update()
    budgets = {budget.domain: budget for budget in slow}
    go, wait = [], []
    for row in rows:
        budget = budgets.get(row.domain)
        if budget is None:
            go.append(row)
        elif budget.taken < budget.per_minute:
            budget.taken += 1
            go.append(row)
        else:
            wait.append(row.pk)
    for budget in budgets.values():
        budget.save(update_fields=["taken"])
    Delivery.objects.filter(pk__in=wait).update(not_before=now + ASIDE, state=Delivery.State.PENDING, lease_until=None)
    return go


@transaction.atomic
def note_outcomes(outcomes: Mapping[str, Outcome], *, now: datetime) -> None:
    """Learn from a batch. No query where no domain put off many."""
    annoyed = {domain for domain, one in outcomes.items() if _is_too_fast(one)}
    if not annoyed:
        return
    first = {"per_minute": FIRST, "minute": now}
    begun = {one for one in sorted(annoyed) if DomainBudget.objects.get_or_create(domain=one, defaults=first)[1]}
    known = DomainBudget.objects.filter(domain__in=annoyed).order_by("domain").select_for_update()
    for budget in known:
        if budget.put_off == 0 and budget.domain not in begun:  # in each minute it is halved once
            budget.per_minute = max(1, budget.per_minute // 2)
        budget.put_off += outcomes[budget.domain].put_off
        budget.answer = without_addresses(outcomes[budget.domain].answer)[:300]
        budget.save()


def _is_too_fast(one: Outcome) -> bool:
    return one.put_off >= ENOUGH and one.put_off * PATIENCE > one.taken + one.put_off


def _begin_minute(budget: DomainBudget, now: datetime) -> None:
    """After a minute without complaint twice as many, and in the end, when none is laid aside, as many as there are."""
    if budget.taken and budget.put_off == 0:
        budget.per_minute = min(budget.per_minute * 2, MOST)
    budget.minute, budget.taken, budget.put_off = now, 0, 0
    waiting = Delivery.objects.filter(state=Delivery.State.PENDING, domain=budget.domain)
    aside = waiting.filter(not_before__gt=now + LATER)
    _take_up(aside, budget.per_minute, now=now)
    # What is laid aside in a campaign that is paused is to be found when it goes on.
    if budget.per_minute >= FREE and not aside.filter(campaign__in=Campaign.objects.released().values("pk")).exists():
        budget.delete()
    else:
        budget.save()


def _take_up(aside: QuerySet[Delivery], number: int, *, now: datetime) -> None:
    """So many of them, the first ones, are due. One campaign after the other: an index has each of them in order.

    They are chosen before they are written. In one statement PostgreSQL may choose anew for each row that it looks at,
    and then finds others each time, since those of before are locked.
    """
    sending = Campaign.objects.filter(state=Campaign.State.SENDING).order_by("began_at", "pk")
    for campaign in sending.values_list("pk", flat=True):
        first = aside.filter(campaign=campaign).order_by("not_before", "id").select_for_update(skip_locked=True)
        while chosen := list(first.values_list("pk", flat=True)[: min(number, AT_ONCE)]):
            number -= Delivery.objects.filter(pk__in=chosen).update(not_before=now)
