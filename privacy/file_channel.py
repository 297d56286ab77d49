"""An example of a channel: one file for each receipt in a folder, confirmations as files in another.

Enough for a receiver with whom folders are shared, and a pattern for others. From an app's apps.py:

    register_channel("receiver:7", FileChannel(out=Path("/srv/told"), back=Path("/srv/confirmed")))

The receiver reads `<reference>.json`, does what it says, and puts a file of the same name into the other folder:

    {"proof": "Deleted on 3 March by our data desk, ticket 4711."}

A correction names what changed and not the new value: the receiver asks for the data anew, through the gate that all
data leaves by.
"""

import json
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import structlog

from privacy.channels import Confirmation
from privacy.models import Receipt

log = structlog.get_logger(__name__)

MOST_BYTES = 64 * 1024  # of a confirmation
READ, UNREADABLE = "read", "unreadable"  # where confirmations go


@dataclass(frozen=True)
class FileChannel:
    """Two folders of one receiver, who can write to `back` alone."""

    out: Path
    back: Path

    def tell(self, receipt: Receipt) -> None:
        """Write the file whole or not at all; a second time it is written over, and says so."""
        told = {
            "reference": str(receipt.reference),
            "change": receipt.change,
            "person": receipt.person,
            "columns": receipt.columns,
            "confirm_by": receipt.due_at.isoformat(),
            "reminder": receipt.told_at is not None,
        }
        self.out.mkdir(parents=True, exist_ok=True)
        unfinished = self.out / f".{receipt.reference}.part"
        unfinished.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self.out / f"{receipt.reference}.json")

    def confirmed(self) -> Generator[Confirmation, None, None]:
        """Each file is put aside after it was noted; what cannot be read is put aside at once."""
        for path in sorted(self.back.glob("*.json")):
            try:
                said = _read(path)
            except FileNotFoundError:  # another worker has just read it
                continue
            except (ValueError, KeyError, TypeError) as error:
                log.warning("confirmation_unreadable", file=path.name, error=type(error).__name__)
                self._put_aside(path, UNREADABLE)
                continue
            yield said
            (self.out / path.name).unlink(missing_ok=True)  # whom it was about need not be known any longer
            self._put_aside(path, READ)

    def _put_aside(self, path: Path, folder: str) -> None:
        (self.back / folder).mkdir(exist_ok=True)
        with suppress(FileNotFoundError):
            path.replace(self.back / folder / path.name)


def _read(path: Path) -> Confirmation:
    """Raises ValueError, KeyError or TypeError where it is no confirmation."""
    if path.is_symlink() or path.stat().st_size > MOST_BYTES:
        raise ValueError(path.name)
    said = json.loads(path.read_text(encoding="utf-8"))
    return Confirmation(UUID(path.stem), str(said["proof"]))
