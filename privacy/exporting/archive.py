"""The ZIP: data/ for machines, pages/ and index.html for people, files/ as they were sent, manifest.json as proof."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db.models import FileField, Model
from django.template.loader import render_to_string

from privacy.datamap import Person
from privacy.exporting.rows import Part, parts
from privacy.exporting.values import as_json, as_words
from privacy.exporting.words import Frame, Said, frame, said_of
from privacy.snapshot import digest_of, take_snapshot

SPOOLED = 1024 * 1024  # bytes in memory, the rest on disk
Tell = Callable[[int], None]  # how many rows are written by now


@dataclass(slots=True)
class Entry:
    """What the manifest says of one part."""

    table: str
    what: str
    rows: int
    data: str  # name of the JSON file
    said: Said
    pages: list[str] = field(default_factory=list)
    withheld: dict[str, str] = field(default_factory=dict)  # columns that are not in the copy, and why

    def as_json(self) -> dict[str, Any]:
        """With what is said of the part beside what is counted."""
        counted = asdict(self)
        return {**counted, **counted.pop("said")}


@dataclass(slots=True)
class Archive:
    """A ZIP that is being written, and what is in it so far."""

    zip: ZipFile
    person: Person
    head: Mapping[str, Any]  # who and when, for pages and manifest
    frame: Frame  # rights and receivers, for the first page and the manifest
    tell: Tell
    folder: str | None = None  # for what does not fit in memory; the system's own if None
    rows: int = 0
    entries: list[Entry] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)  # SHA-256 by file, hexadecimal
    missing: list[str] = field(default_factory=list)  # files that a row names and the storage has lost

    def write(self) -> None:
        """Everything but the manifest, then the manifest."""
        for part in parts():
            self._write_part(part)
        index = {**self.head, **self.frame, "entries": self._index()}
        self._add("index.html", render_to_string("privacy/export/index.html", index))
        manifest = {
            **self.head,
            **self.frame,
            "data_map": digest_of(body="", snapshot=take_snapshot()),
            "tables": [entry.as_json() for entry in self.entries],
            "sha256": self.digests,
            "missing_files": self.missing,
        }
        self.zip.writestr("manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))

    def _write_part(self, part: Part) -> None:
        """Its rows as JSON and as pages, and the files that they name. A part without rows is in the manifest alone."""
        entry = Entry(part.table.label, str(part.table.what), 0, "", said_of(part))
        entry.withheld = {column.name: str(column.withheld) for column in part.columns if column.withheld}
        self.entries.append(entry)
        with tempfile.SpooledTemporaryFile(max_size=SPOOLED, mode="w+b", dir=self.folder) as data:
            for batch in part.batches(self.person):
                for row in batch:
                    data.write(b"[\n" if entry.rows == 0 else b",\n")
                    data.write(json.dumps(as_json(part, row), ensure_ascii=False).encode())
                    entry.rows += 1
                self._add_page(part, entry, batch)
                for row in batch:
                    self._add_files(part, row)
                self.rows += len(batch)
                self.tell(self.rows)
            if entry.rows:
                data.write(b"\n]\n")
                data.seek(0)
                entry.data = f"data/{part.name}.json"
                with self._file(entry.data) as target:
                    shutil.copyfileobj(data, target)

    def _add_page(self, part: Part, entry: Entry, batch: Any) -> None:
        name = f"pages/{part.name}-{len(entry.pages) + 1}.html"
        entry.pages.append(name)
        headings = [str(part.table.words_of(column)) for column in part.given]
        rows = [list(zip(headings, as_words(part, row), strict=True)) for row in batch]
        page = {
            **self.head,
            **entry.said,
            "what": part.table.what,
            "number": len(entry.pages),
            "withheld": [(column.words, column.withheld) for column in part.columns if column.withheld],
            "rows": [[(heading, value) for heading, value in row if value] for row in rows],
        }
        self._add(name, render_to_string("privacy/export/page.html", page))

    def _add_files(self, part: Part, row: Model) -> None:
        for column in part.given:
            if isinstance(column, FileField) and (held := getattr(row, column.name)):
                name = f"files/{PurePosixPath(held.name).as_posix().lstrip('/').replace('..', '_')}"
                try:
                    source = held.storage.open(held.name)
                except OSError:
                    self.missing.append(name)
                    continue
                with source, self._file(name) as target:
                    shutil.copyfileobj(source, target)
                self.tell(self.rows)

    def _index(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.rows]

    def _add(self, name: str, text: str) -> None:
        with self._file(name) as target:
            target.write(text.encode())

    @contextmanager
    def _file(self, name: str) -> Iterator["_Digested"]:
        with self.zip.open(name, "w", force_zip64=True) as target:
            digested = _Digested(target)
            yield digested
        self.digests[name] = digested.sha256.hexdigest()


class _Digested:
    """Writes, and knows the SHA-256 of what was written."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target, self.sha256 = target, hashlib.sha256()

    def write(self, content: bytes) -> int:
        self.sha256.update(content)
        return self.target.write(content)


def write_archive(
    target: IO[bytes],
    *,
    person: Person,
    name: str,
    email: str,
    policy: str,
    now: datetime,
    tell: Tell,
    folder: str | None = None,
) -> None:
    """Write the whole copy. `policy` names the version in force; `tell` is called after each batch and each file."""
    head = {
        "market": settings.SITE_NAME,
        "name": name,
        "email": email,
        "policy": policy,
        "made_at": now.isoformat(timespec="seconds"),
    }
    with ZipFile(target, "w", ZIP_DEFLATED) as zipped:
        Archive(zipped, person, head, frame(person, at=now), tell, folder).write()
