"""Legal holds: what must not be deleted while a claim may need it (GDPR art. 17(3)(e)), by whom, why and until when."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction

from privacy import datamap
from privacy.models import LegalHold


class ReasonMissing(Exception):
    """Nothing is kept from deletion, or given up, without a reason."""


class NothingToHold(Exception):
    """There is no such member or row, or the data map does not know the table."""


class EndsTooEarly(Exception):
    """It would end before it begins."""


class NotStanding(Exception):
    """It was lifted already, or its time is over."""


@transaction.atomic
def place_hold(
    *, member: Any = None, table: str = "", key: str = "", reason: str, owner: Any, ends_at: datetime, now: datetime
) -> LegalHold:
    """Keep everything about one member, or one row of a table (“offerboard.Message”), from erasure and sweep.

    Raises ReasonMissing, NothingToHold, EndsTooEarly.
    """
    if not reason.strip():
        raise ReasonMissing
    if ends_at <= now:
        raise EndsTooEarly
    if (member is None) != bool(table and key) or (member is not None and (table or key)):
        raise NothingToHold
    return LegalHold.objects.create(
        member=member,
        table=table,
        key=key_of_row(table, key) if table else "",
        reason=reason.strip(),
        owner=owner,
        begun_at=now,
        ends_at=ends_at,
    )


@transaction.atomic
def lift_hold(*, hold: LegalHold, reason: str, now: datetime) -> None:
    """Let go before its end; of two of the staff one lifts. Raises ReasonMissing, NotStanding."""
    if not reason.strip():
        raise ReasonMissing
    standing = LegalHold.objects.standing(at=now).filter(pk=hold.pk)
    if not standing.update(lifted_at=now, lift_reason=reason.strip()):
        raise NotStanding
    hold.refresh_from_db()


def key_of_row(table: str, key: str) -> str:
    """As the row itself says it, so that “007” and “7” are one; it stays locked until the hold is there.

    Raises NothingToHold.
    """
    known = next((one for one in datamap.tables_about_people() if one.label == table), None)
    if known is None:
        raise NothingToHold(table)
    try:
        row = known.model._default_manager.select_for_update().get(pk=key)
    except (ObjectDoesNotExist, ValidationError, ValueError, OverflowError) as error:
        raise NothingToHold(f"{table} {key}") from error
    return str(row.pk)
