"""How fast campaigns go to a receiving domain: as fast as they can, until it puts off more than one in ten.

Then it gets so many a minute, fewer with each minute in which that happens again and more with each in which it does
not, until the limit is of no use any more. Mails that answer what one person did are not counted and do not wait.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from mailings.answers import without_addresses
from mailings.models import Delivery, DomainBudget

FIRST = 240  # mails a minute, once a domain is slowed down
FREE = 4_000  # past this it is none of our business any more
MINUTE = timedelta(minutes=1)
PATIENCE = 10  # of so many mails one may be put off: greylisting and full mailboxes are everywhere
ENOUGH = 5  # mails put off that say something about a domain


@dataclass(slots=True)
class Outcome:
    """What a domain did with the mails of a batch."""

    taken: int = 0
    put_off: int = 0
    answer: str = ""


def share(rows: Sequence[Delivery], *, now: datetime) -> list[Delivery]:
    """The rows that may go now; those beyond a domain's budget wait for its next minute.

    In the transaction that has locked the rows.
    """
    domains = {row.domain for row in rows}
    slow = DomainBudget.objects.filter(domain__in=domains).order_by("domain").select_for_update()
    left = {budget.domain: budget for budget in slow if not _begin_minute(budget, now)}
    if not left:
        return list(rows)
    go, wait = [], []
    for row in rows:
        budget = left.get(row.domain)
        if budget is None:
            go.append(row)
        elif budget.taken >= budget.per_minute:
            wait.append(row)
        else:
            budget.taken += 1
            go.append(row)
    for budget in left.values():
        budget.save()
    _let_wait(wait, left)
    return go


@transaction.atomic
def note_outcomes(outcomes: Mapping[str, Outcome], *, now: datetime) -> None:
    """Learn from a batch. No query where no domain put off many."""
    annoyed = {domain for domain, one in outcomes.items() if _is_too_fast(one)}
    if not annoyed:
        return
    for domain in sorted(annoyed):
        DomainBudget.objects.get_or_create(domain=domain, defaults={"per_minute": FIRST, "minute": now})
    known = DomainBudget.objects.filter(domain__in=annoyed).order_by("domain").select_for_update()
    for budget in known:
        if budget.put_off == 0:  # in each minute it is halved once
            budget.per_minute = max(1, budget.per_minute // 2)
        budget.put_off += outcomes[budget.domain].put_off
        budget.answer = without_addresses(outcomes[budget.domain].answer)[:300]
        budget.save()


def _is_too_fast(one: Outcome) -> bool:
    return one.put_off >= ENOUGH and one.put_off * PATIENCE > one.taken + one.put_off


def _begin_minute(budget: DomainBudget, now: datetime) -> bool:
    """After a minute without complaint twice as many, and in the end as many as there are: whether it is free."""
    if budget.minute > now - MINUTE:
        return False
    if budget.put_off == 0:
        budget.per_minute *= 2
    budget.minute, budget.taken, budget.put_off = now, 0, 0
    if budget.per_minute >= FREE:
        DomainBudget.objects.filter(domain=budget.domain).delete()
        return True
    return False


def _let_wait(rows: Sequence[Delivery], budgets: Mapping[str, DomainBudget]) -> None:
    """Each some minutes later, so many a minute, so that the same rows are not looked at again and again."""
    seen: Counter[str] = Counter()
    for row in rows:
        budget = budgets[row.domain]
        minutes = 1 + seen[row.domain] // budget.per_minute
        seen[row.domain] += 1
        row.not_before = budget.minute + minutes * MINUTE
        row.state, row.lease_until = Delivery.State.PENDING, None
    Delivery.objects.bulk_update(rows, ["not_before", "state", "lease_until"])
