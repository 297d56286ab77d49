"""Names of people who leave in the log of what staff changed: Django keeps there what each thing was called."""

from collections.abc import MutableSequence
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils import translation

from marketplace.personal_data import REMOVED
from privacy.departures import Leaving, register_eraser
from privacy.exporting.rows import parts
from privacy.selectors.people import person_by_number
from privacy.snapshot import LANGUAGE


@transaction.atomic
def forget_names_in_log(*, leaving: Leaving, files: MutableSequence[str], now: datetime) -> int:  # noqa: ARG001
    """Take the names of everything that is about the person out of the log, while that is still known."""
    person = person_by_number(leaving.member_id)
    with translation.override(LANGUAGE):
        removed = str(REMOVED)
    count = 0
    for part in (one for one in parts() if one.columns):
        keys = part.table.rows_about(part.about, person).order_by().values(as_text=Cast("pk", TextField()))
        kind = ContentType.objects.get_for_model(part.table.model)
        entries = LogEntry.objects.filter(content_type=kind, object_id__in=keys)
        count += entries.exclude(object_repr=removed).update(object_repr=removed, change_message="")
    return count


def register() -> None:
    """Before anything else goes."""
    register_eraser(forget_names_in_log, LogEntry, first=True)
