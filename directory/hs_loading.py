"""Putting the names of the Harmonized System into the table."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection, transaction

from directory.hs_file import HsFile
from directory.models import HsName
from directory.selectors.hs import cache_key

LOCK = 0x4853  # “HS”: the first half of an advisory lock, the edition is the second


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a file changed."""

    added: int
    changed: int
    removed: int
    unchanged: int


@transaction.atomic(durable=True)
def load_hs_names(*, file: HsFile, edition: int) -> Loaded:
    """Make the table's edition equal to the file. Two loads at once wait for each other; a second one changes nothing.

    Leads keep their codes: what a code means does not depend on whether its name is here.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, edition])
    before = dict(HsName.objects.of_edition(edition).values_list("code", "name"))
    added = file.names.keys() - before.keys()
    removed = before.keys() - file.names.keys()
    changed = {code for code in file.names.keys() & before.keys() if file.names[code] != before[code]}
    HsName.objects.of_edition(edition).filter(code__in=removed).delete()
    HsName.objects.bulk_create(
        [HsName(edition=edition, code=code, name=file.names[code]) for code in sorted(added | changed)],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["edition", "code"],
        update_fields=["name"],
    )
    touched = [cache_key(code, edition) for code in added | changed | removed]
    transaction.on_commit(lambda: cache.delete_many(touched))
    unchanged = len(before) - len(changed) - len(removed)
    return Loaded(added=len(added), changed=len(changed), removed=len(removed), unchanged=unchanged)
