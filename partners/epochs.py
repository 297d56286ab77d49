"""The feed after a restore: what readers have seen since the copy was made is unknown here, so every cursor must end.

Nobody remembers that on the day of a restore. So the last position is noted in a file beside the ledger of erasures,
which lies outside of the database; each start compares the two.
"""

import json
import os
import uuid
from pathlib import Path

from django.conf import settings
from django.db import transaction

from partners.models import Feed


@transaction.atomic(durable=True)
def begin_epoch() -> uuid.UUID:
    """End every cursor; readers export again."""
    epoch = uuid.uuid4()
    Feed.objects.update_or_create(pk=1, defaults={"epoch": epoch})
    return epoch


def note_position() -> None:
    """Write down how far the feed has come."""
    feed, file = Feed.objects.get(pk=1), _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({"epoch": feed.epoch.hex, "last": feed.last}))
    new.replace(file)  # whoever reads it reads the old note or the new one


def was_restored() -> bool:
    """Whether the feed had come further than the database knows."""
    try:
        noted = json.loads(_file().read_text())
    except (OSError, ValueError):
        return False
    feed = Feed.objects.get(pk=1)
    return bool(noted["epoch"] == feed.epoch.hex and noted["last"] > feed.last)


def _file() -> Path:
    return Path(settings.ERASURE_LEDGER).with_name("feed.json")
