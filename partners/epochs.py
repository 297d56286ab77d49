"""The feed after a restore: what readers have seen since the copy was made is unknown here, so every cursor must end.

Nobody remembers that on the day of a restore. So the last position is noted in a file beside the ledger of erasures,
which lies outside of the database; each start, and each new note, compares the two. They agree if the epoch is the same
and the note is not ahead: a copy from before an earlier restore has an epoch that has ended, whose numbers come again.
"""

import json
import os
import uuid
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction

from partners.models import Feed

log = structlog.get_logger(__name__)


@transaction.atomic(durable=True)
def begin_epoch() -> uuid.UUID:
    """End every cursor; readers export again."""
    return _begin(_held_feed())


@transaction.atomic(durable=True)
def begin_epoch_if_restored() -> uuid.UUID | None:
    """The new one, where the note does not agree with the database. Of two hosts that start at once, one begins it."""
    feed = _held_feed()
    return None if _agrees(feed) else _begin(feed)


@transaction.atomic(durable=True)
def note_position() -> None:
    """Write down how far the feed has come.

    A note that does not agree is not written over: the database was restored while this was running, and a new epoch
    begins.
    """
    feed = _held_feed()
    if _agrees(feed):
        _note(feed)
    else:
        log.warning("feed_restored", epoch=str(_begin(feed)))


def was_restored() -> bool:
    """Whether the note does not agree with the database."""
    return not _agrees(Feed.objects.get(pk=1))


def _held_feed() -> Feed:
    """Whoever holds it is alone with the note, too, where hosts share the folder."""
    return Feed.objects.select_for_update().get_or_create(pk=1)[0]


def _agrees(feed: Feed) -> bool:
    """Without a note, as at the first start, nothing is known to the contrary."""
    try:
        noted = json.loads(_file().read_text())
        epoch, last = noted["epoch"], int(noted["last"])
    except (OSError, ValueError, LookupError, TypeError):
        return True
    return bool(epoch == feed.epoch.hex and last <= feed.last)


def _begin(feed: Feed) -> uuid.UUID:
    """Noted at once, or the next start would take the old note for another restore."""
    feed.epoch = uuid.uuid4()
    feed.save(update_fields=["epoch"])
    try:
        _note(feed)
    except OSError:  # readers have to export again all the same
        log.exception("feed_not_noted")
    return feed.epoch


def _note(feed: Feed) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps({"epoch": feed.epoch.hex, "last": feed.last}))
    new.replace(file)  # whoever reads it reads the old note or the new one


def _file() -> Path:
    return Path(settings.ERASURE_LEDGER).with_name("feed.json")
