"""Receivers whose contract is over, as a person reads of them beside what they had received."""

from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from privacy.models import ContractEnd, Disclosure


def ends_in_words() -> Mapping[str, str]:
    """A line for each contract that is over, by the receiver's key in the log. One query; they are few."""
    return {key: _line(end) for key, end in _ends().items()}


def own_ends_in_words(*, member_id: int) -> list[str]:
    """The same for those that were given something about this member, each with its name. Two queries."""
    ends = _ends()
    given = Disclosure.objects.of(member_id).filter(receiver_key__in=ends).order_by("receiver_key")
    keys = given.values_list("receiver_key", flat=True).distinct()
    return [f"{ends[key].receiver.name}: {_line(ends[key])}" for key in keys]


def _ends() -> Mapping[str, ContractEnd]:
    return {one.receiver.log_key: one for one in ContractEnd.objects.standing().select_related("receiver")}


def _line(end: ContractEnd) -> str:
    if end.confirmed_at is None:
        words = _("Contract ended on %(ended)s, asked to delete everything by %(day)s, not confirmed yet")
    else:
        words = _("Contract ended on %(ended)s, asked to delete everything, confirmed on %(day)s")
    day = localtime(end.confirmed_at or end.due_at)
    return words % {"ended": date_format(end.ended_on), "day": date_format(day)}
