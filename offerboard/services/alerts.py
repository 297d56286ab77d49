"""How often a saved search sends mails about new leads, and stopping them and suggestions."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Member
from mailings.services import preferences
from mailings.services.recalling import recall
from mailings.times import Frequency, due_at
from offerboard.matching import ask_for_leads, ask_no_more
from offerboard.models import Notice, SavedSearch
from offerboard.notices import SUGGESTIONS
from offerboard.stop_links import TEMPLATE

OFF = Frequency.OFF


@transaction.atomic(durable=True)
def choose_frequency(*, member: Member, pk: UUID, frequency: str, now: datetime) -> bool:
    """Send the mails of the member's search so often; False when it is not theirs or gone."""
    _lock(member.pk)
    saved = SavedSearch.objects.select_for_update(no_key=True).filter(member=member, pk=pk).first()
    if saved is None:
        return False
    set_frequency(saved, frequency, time_zone=member.time_zone, now=now)
    return True


@transaction.atomic
def set_frequency(saved: SavedSearch, frequency: str, *, time_zone: str, now: datetime) -> None:
    """The same for a search whose row is locked, or new, as is its member's: no mail is being written to them.

    What it has found and not told goes with the next mail.
    """
    if saved.frequency == frequency:
        return
    waiting = Notice.objects.filter(search=saved, mailed_at=None)
    if frequency == OFF:
        SavedSearch.objects.filter(pk=saved.pk).update(frequency=OFF)
        ask_no_more(saved)
        _take_back(saved.member_id)
        waiting.delete()
    else:
        if saved.frequency == OFF:
            ask_for_leads(saved)
        SavedSearch.objects.filter(pk=saved.pk).update(frequency=frequency)
        waiting.update(due_at=due_at(frequency, time_zone=time_zone, now=now))
    saved.frequency = frequency


@transaction.atomic(durable=True)
def stop_search(*, pk: UUID, now: datetime) -> None:
    """No more mails of this search; it may be stopped already, or gone."""
    search = SavedSearch.objects.filter(pk=pk)
    for member_id in search.values_list("member", flat=True):
        _lock(member_id)
    _stop(search, now=now)


@transaction.atomic(durable=True)
def stop_all(*, member_id: int, now: datetime) -> None:
    """No more mails of any search of the member."""
    _lock(member_id)
    _stop(SavedSearch.objects.filter(member=member_id), now=now)


@transaction.atomic(durable=True)
def stop_suggestions(*, member_id: int, now: datetime) -> None:
    """Suggest no more leads to the member."""
    preferences.set_frequency(kind=SUGGESTIONS, frequency=OFF, member_id=member_id, time_zone="", now=now)


def _lock(member_id: int) -> None:
    """Of a mail and a choice, one is first."""
    list(Member.objects.select_for_update(no_key=True).filter(pk=member_id).values_list("pk"))


def _take_back(member_id: int) -> None:
    """Mails about new leads that did not leave yet; what other searches had found goes with the next."""
    for address in Member.objects.filter(pk=member_id).values_list("email", flat=True):
        written = recall(to=address, templates=[TEMPLATE])
        Notice.objects.filter(search__member=member_id, mailed_at__in=written).update(mailed_at=None)


def _stop(searches: QuerySet[SavedSearch], *, now: datetime) -> None:
    sending = searches.exclude(frequency=OFF).order_by("pk").select_for_update(no_key=True)
    for saved in sending:
        set_frequency(saved, OFF, time_zone="", now=now)
