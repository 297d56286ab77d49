"""The mailbox of what came back: a maildir that a mail server fills (https://cr.yp.to/proto/maildir.html).

`new/` is read; what was read goes to `cur/`, what cannot be read to the folder `.unreadable/`. The row in the database
comes first: a worker that dies between the two reads the file again and finds that it is known.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DataError

from mailings.models import MailReport
from mailings.returning.consequences import take_report
from mailings.returning.reading import MOST, Unreadable

log = structlog.get_logger(__name__)

SHIFT = 20.0  # seconds after which other tasks have their turn
KEPT = timedelta(days=7)  # for staff who look why; the files may hold whole mails
READ, UNREADABLE = "cur", ".unreadable/cur"


def read_new(*, now: datetime) -> None:
    """Take in all that waits, oldest first, for a while; the next call goes on."""
    ends_at = time.monotonic() + SHIFT
    for file in _waiting():
        if time.monotonic() > ends_at:
            return
        with _alone(file):
            _read(file, now=now)


def forget_old(*, now: datetime) -> None:
    """Delete what arrived more than a week ago and has been looked at."""
    for folder in (READ, UNREADABLE) if settings.BOUNCE_MAILDIR else ():
        for file in _files(Path(settings.BOUNCE_MAILDIR, folder)):
            with _alone(file):
                if file.lstat().st_mtime < (now - KEPT).timestamp():
                    _delete(file)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """What this machine does not let us do with one file holds up none behind it; the next call tries again."""
    try:
        yield
    except FileNotFoundError:  # another worker has it
        pass
    except OSError as error:
        log.exception("returned_mail_out_of_reach", file=file.name, error=type(error).__name__)


def _delete(file: Path) -> None:
    """A folder with what is in it; of a link only itself."""
    if file.is_dir() and not file.is_symlink():
        shutil.rmtree(file)
    else:
        file.unlink()


def _waiting() -> list[Path]:
    """File names begin with the time at which they were written."""
    return sorted(_files(Path(settings.BOUNCE_MAILDIR, "new"))) if settings.BOUNCE_MAILDIR else []


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.iterdir() if not file.name.startswith(".")) if folder.is_dir() else iter(())


def _read(file: Path, *, now: datetime) -> None:
    try:
        take_report(raw=_content(file), source=MailReport.Source.MAILDIR, now=now)
    except (Unreadable, DataError):
        log.warning("returned_mail_unreadable")
        _move(file, UNREADABLE)
    else:
        _move(file, READ)


def _content(file: Path) -> bytes:
    """No more of it than is looked at. Raises Unreadable, also for what is no file."""
    if file.is_symlink() or not file.is_file():
        file.lstat()  # raises FileNotFoundError where it is gone by now
        raise Unreadable
    with file.open("rb") as opened:
        return opened.read(MOST + 1)


def _move(file: Path, folder: str) -> None:
    place = Path(settings.BOUNCE_MAILDIR, folder)
    place.mkdir(parents=True, exist_ok=True)
    file.rename(place / f"{file.name.partition(':')[0]}:2,S")  # “seen”, in a mail program too
