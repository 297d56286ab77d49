"""Keeping an eye on the market: a member's favourites and saved searches."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import Member
from directory.models import Category, Company
from offerboard.models import Favourite, Lead, SavedSearch
from offerboard.saved_filters import to_columns
from offerboard.search import EVERYTHING, Filters
from offerboard.services.alerts import OFF, set_frequency

MOST_FAVOURITES = 500  # of one member
MOST_SEARCHES = 50


class ListFull(Exception):
    """The member keeps as many as a list holds; something must go before another one comes."""


class NothingToSave(Exception):
    """The search asks for nothing, or for a company that is not listed."""


class NotActive(Exception):
    """The member has been suspended or has left since the page was opened."""


@transaction.atomic(durable=True)
def watch(*, member: Member, thing: Lead | Company, now: datetime) -> None:
    """Put a lead or a company on the member's list; a second time changes nothing. Raises ListFull, NotActive."""
    _lock(member)
    which = {"lead": thing} if isinstance(thing, Lead) else {"company": thing}
    kept = Favourite.objects.of_member(member.pk)
    if kept.filter(**which).exists():
        return
    if kept.count() >= MOST_FAVOURITES:
        raise ListFull
    Favourite.objects.create(member=member, created_at=now, **which)


def unwatch(*, member: Member, thing: Lead | Company) -> None:
    """Take it off the list, if it is there."""
    which = {"lead": thing} if isinstance(thing, Lead) else {"company": thing}
    Favourite.objects.of_member(member.pk).filter(**which).delete()


@transaction.atomic(durable=True)
def save_search(
    *, member: Member, filters: Filters, name: str, now: datetime, frequency: str = OFF
) -> tuple[SavedSearch, bool]:
    """Keep a search under a name; one that finds the same is kept once, under the name it has.

    One that is kept already gets the frequency if that asks for mails. Returns the search and whether it is new.
    Raises NothingToSave, ListFull, NotActive.
    """
    columns = _columns(filters)
    _lock(member)
    kept = SavedSearch.objects.filter(member=member)
    saved = kept.select_for_update(no_key=True).filter(fingerprint=columns["fingerprint"]).first()
    is_new = saved is None
    if saved is None:
        if kept.count() >= MOST_SEARCHES:
            raise ListFull
        saved = SavedSearch.objects.create(member=member, name=name, created_at=now, **columns)
    if frequency != OFF:
        set_frequency(saved, frequency, time_zone=member.time_zone, now=now)
    return saved, is_new


def rename_search(*, member: Member, pk: UUID, name: str) -> bool:
    """Give the member's search another name; False when it is not theirs or gone."""
    return bool(SavedSearch.objects.filter(member=member, pk=pk).update(name=name))


@transaction.atomic(durable=True)
def delete_search(*, member: Member, pk: UUID, now: datetime) -> bool:
    """Keep the member's search no longer, and take back its mail that waits; False when it is not theirs or gone.

    Raises NotActive.
    """
    _lock(member)
    saved = SavedSearch.objects.select_for_update().filter(member=member, pk=pk).first()
    if saved is None:
        return False
    set_frequency(saved, OFF, time_zone=member.time_zone, now=now)
    saved.delete()
    return True


def _columns(filters: Filters) -> dict[str, object]:
    slugs = Category.objects.filter(slug__in=filters.categories)
    company = Company.objects.listed().filter(slug=filters.company).first() if filters.company else None
    if filters.company and company is None:
        raise NothingToSave
    columns = to_columns(
        filters, category_ids=dict(slugs.values_list("slug", "pk")), company_id=company.pk if company else None
    )
    if columns == to_columns(EVERYTHING, category_ids={}, company_id=None):
        raise NothingToSave
    return columns


def _lock(member: Member) -> None:
    """One at a time for each member, so that counting before adding counts right."""
    rows = Member.objects.select_for_update(no_key=True).filter(pk=member.pk, is_active=True)
    if not rows.values_list("pk", flat=True).first():
        raise NotActive
