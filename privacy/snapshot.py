"""What the data map says, as plain data: stored with each policy version, shown in its tables, compared with the next.

A snapshot is in English, the language in which policies are written here, and has the same text for the same map.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, TypedDict

from django.utils import translation
from django.utils.translation import gettext as _

from privacy import datamap
from privacy.datamap import Keep, Purpose, ReceiverKind

LANGUAGE = "en"


class Data(TypedDict):
    """One kind of data that a purpose uses."""

    what: str
    columns: list[str]  # in words
    source: str  # "" where it is the person
    keep: str
    days: int | None
    erase: list[str]  # what becomes of it when the person leaves, in words


class PurposeEntry(TypedDict):
    """One purpose with all that it uses."""

    key: str
    name: str
    basis: str  # a letter of GDPR art. 6(1)
    interest: str
    receivers: list[str]  # of ReceiverKind
    data: list[Data]


class Snapshot(TypedDict):
    """The whole map."""

    purposes: list[PurposeEntry]


def take_snapshot() -> Snapshot:
    """The map as it is in the code now."""
    with translation.override(LANGUAGE):
        return {"purposes": [_entry(purpose) for purpose in datamap.purposes().values()]}


def receivers_of(purpose: Purpose) -> list[ReceiverKind]:
    """Who may get what the purpose uses; the company that runs the servers holds all of it."""
    return [*purpose.receivers, ReceiverKind.HOSTING]


def digest_of(*, body: str, snapshot: Any) -> str:
    """SHA-256 of a policy's text and tables, hexadecimal."""
    content = json.dumps([body, snapshot], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def material_changes(before: Snapshot, after: Snapshot) -> list[str]:
    """What people must be told before it takes effect: a new purpose, kind of data or receiver, or a longer time."""
    known = {entry["key"]: entry for entry in before["purposes"]}
    return [change for entry in after["purposes"] for change in _changes(known.get(entry["key"]), entry)]


def _changes(before: PurposeEntry | None, after: PurposeEntry) -> Iterator[str]:
    if before is None:
        yield _("New purpose: %(name)s") % {"name": after["name"]}
        return
    name = after["name"]
    for kind in after["receivers"]:
        if kind not in before["receivers"]:
            yield _("%(name)s: new receiver: %(who)s") % {"name": name, "who": ReceiverKind(kind).label}
    if before["basis"] != after["basis"]:
        yield _("%(name)s: another legal basis") % {"name": name}
    known = {data["what"]: data for data in before["data"]}
    for data in after["data"]:
        earlier = known.get(data["what"])
        if earlier is None or set(data["columns"]) - set(earlier["columns"]):
            yield _("%(name)s: more data: %(what)s") % {"name": name, "what": data["what"]}
        if earlier and _is_longer(earlier, data):
            yield _("%(name)s: kept longer: %(what)s") % {"name": name, "what": data["what"]}


def _is_longer(before: Data, after: Data) -> bool:
    """No number is longer than any number; between two texts without one, another text may be longer."""
    if before["days"] is None or after["days"] is None:
        return after["days"] is None and (before["days"] is not None or before["keep"] != after["keep"])
    return after["days"] > before["days"]


def _entry(purpose: Purpose) -> PurposeEntry:
    return {
        "key": purpose.key,
        "name": str(purpose.name),
        "basis": purpose.basis.value,
        "interest": str(purpose.interest),
        "receivers": [kind.value for kind in receivers_of(purpose)],
        "data": [*_data_in_tables(purpose), *_data_elsewhere(purpose)],
    }


def _data_in_tables(purpose: Purpose) -> Iterator[Data]:
    """By table and by how long: columns of one table may be kept for different times."""
    for table in datamap.tables_about_people():
        times: dict[Keep, list[datamap.Column]] = {}
        for column in table.columns:
            if column.why is purpose:
                times.setdefault(column.keep, []).append(column)
        for keep, columns in times.items():
            yield {
                "what": str(table.what),
                "columns": [str(column.words) for column in columns],
                "source": str(table.source),
                "keep": str(keep.words),
                "days": keep.days,
                "erase": list(dict.fromkeys(str(column.erase.words) for column in columns)),
            }


def _data_elsewhere(purpose: Purpose) -> Iterator[Data]:
    for place in datamap.places().values():
        if place.why is purpose:
            yield {
                "what": str(place.what),
                "columns": [],
                "source": "",
                "keep": str(place.keep.words),
                "days": place.keep.days,
                "erase": [],
            }
