"""Receivers whose contract is over, as a person reads of them beside what they had received."""

from datetime import date, datetime

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from privacy.models import ContractEnd, Disclosure

LOG_KEY = Concat(Value("receiver:"), Cast("receiver_id", CharField()))  # as `Receiver.log_key` says it


def with_ends(rows: "QuerySet[Disclosure]") -> "QuerySet[Disclosure]":
    """Disclosures along with how far the end of their receiver's contract has come; None while it runs."""
    ends = ContractEnd.objects.standing().alias(key=LOG_KEY).filter(key=OuterRef("receiver_key"))
    return rows.annotate(
        ended_on=Subquery(ends.values("ended_on")[:1]),
        end_due_at=Subquery(ends.values("due_at")[:1]),
        end_confirmed_at=Subquery(ends.values("confirmed_at")[:1]),
    )


def end_in_words(*, ended_on: date | None, due_at: datetime | None, confirmed_at: datetime | None) -> str:
    """What was asked when the contract ended, and what was answered; "" while it runs."""
    day = confirmed_at or due_at
    if ended_on is None or day is None:
        return ""
    if confirmed_at is None:
        words = _("Contract ended on %(ended)s, asked to delete everything by %(day)s, not confirmed yet")
    else:
        words = _("Contract ended on %(ended)s, asked to delete everything, confirmed on %(day)s")
    return words % {"ended": date_format(ended_on), "day": date_format(localtime(day))}


def own_ends_in_words(*, member_id: int) -> list[str]:
    """The same for those that were given something about this member, each with its name. One query."""
    given = Disclosure.objects.of(member_id)
    ends = ContractEnd.objects.standing().alias(key=LOG_KEY)
    own = ends.filter(Exists(given.filter(receiver_key=OuterRef("key")))).select_related("receiver").order_by("pk")
    return [
        f"{one.receiver.name}: " + end_in_words(ended_on=one.ended_on, due_at=one.due_at, confirmed_at=one.confirmed_at)
        for one in own
    ]
