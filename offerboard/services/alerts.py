"""How often a saved search sends mails about new leads, and stopping them and suggestions."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Member
from mailings.services import preferences
from mailings.times import Frequency, due_at
from offerboard.matching import ask_for_leads, ask_no_more
from offerboard.models import Notice, SavedSearch
from offerboard.notices import SUGGESTIONS

OFF = Frequency.OFF


@transaction.atomic(durable=True)
def choose_frequency(*, member: Member, pk: UUID, frequency: str, now: datetime) -> bool:
    """Send the mails of the member's search so often; False when it is not theirs or gone."""
    saved = SavedSearch.objects.select_for_update(no_key=True).filter(member=member, pk=pk).first()
    if saved is None:
        return False
    set_frequency(saved, frequency, time_zone=member.time_zone, now=now)
    return True


@transaction.atomic
def set_frequency(saved: SavedSearch, frequency: str, *, time_zone: str, now: datetime) -> None:
    """The same for a search whose row is locked, or new. What it has found and not told goes with the next mail."""
    if saved.frequency == frequency:
        return
    waiting = Notice.objects.filter(search=saved, mailed_at=None)
    if frequency == OFF:
        SavedSearch.objects.filter(pk=saved.pk).update(frequency=OFF)
        ask_no_more(saved)
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
    _stop(SavedSearch.objects.filter(pk=pk), now=now)


@transaction.atomic(durable=True)
def stop_all(*, member_id: int, now: datetime) -> None:
    """No more mails of any search of the member."""
    _stop(SavedSearch.objects.filter(member=member_id), now=now)


@transaction.atomic(durable=True)
def stop_suggestions(*, member_id: int, now: datetime) -> None:
    """Suggest no more leads to the member."""
    preferences.set_frequency(kind=SUGGESTIONS, frequency=OFF, member_id=member_id, time_zone="", now=now)


def _stop(searches: QuerySet[SavedSearch], *, now: datetime) -> None:
    sending = searches.exclude(frequency=OFF).order_by("pk").select_for_update(no_key=True)
    for saved in sending:
        set_frequency(saved, OFF, time_zone="", now=now)
