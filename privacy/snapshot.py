"""What the data map says, as plain data: stored with each policy version, shown in its tables, compared with the next.

A snapshot is in English, the language in which policies are written here, and has the same text for the same map.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

from django.contrib.auth import get_user_model
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django_countries import countries

from privacy import datamap
from privacy.datamap import Basis, Keep, Purpose, ReceiverKind
from privacy.models import Receiver

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
    names: NotRequired[list[str]]  # of all columns, as in “accounts.Member.phone”; versions of before have words only


class NamedReceiver(TypedDict):
    """One company or authority of the register, as `privacy.models.Receiver` keeps it."""

    kind: str
    name: str
    country: str
    transfer: str
    task: str


class Snapshot(TypedDict):
    """The whole map; with the register of receivers once it is stored with a version."""

    purposes: list[PurposeEntry]
    receivers: NotRequired[list[NamedReceiver]]


def take_snapshot() -> Snapshot:
    """The map as it is in the code now."""
    with translation.override(LANGUAGE):
        return {"purposes": [_entry(purpose) for purpose in datamap.purposes().values()]}


def receivers_of(purpose: Purpose) -> list[ReceiverKind]:
    """Who may get what the purpose uses; the company that runs the servers holds all of it."""
    return [*purpose.receivers, ReceiverKind.HOSTING]


def columns_in(entry: PurposeEntry) -> frozenset[str]:
    """Which of today's columns an entry speaks of, as in “accounts.Member.phone”; where it has only words, by these."""
    if "names" in entry:
        return frozenset(entry["names"])
    told = {(data["what"], words) for data in entry["data"] for words in ["", *data["columns"]]}
    with translation.override(LANGUAGE):
        return frozenset(
            f"{table.label}.{column.name}"
            for table in datamap.tables_about_people()
            for column in table.columns
            if entry["key"] in {use.why.key for use in column.uses}
            and (str(table.what), "" if _names_person(column) else str(column.words)) in told
        )


def digest_of(*, body: str, snapshot: Any) -> str:
    """SHA-256 of a policy's text and tables, hexadecimal."""
    content = json.dumps([body, snapshot], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


# --- what differs between two maps -----------------------------------------------------------------------------------

Difference = tuple[str, str, str]  # what kind of difference, whose, and which

MORE = {
    "purpose": gettext_noop("New purpose: %(name)s"),
    "basis": gettext_noop("%(name)s: another legal basis: %(what)s"),
    "interest": gettext_noop("%(name)s: another interest: %(what)s"),
    "receiver": gettext_noop("%(name)s: new receiver: %(what)s"),
    "data": gettext_noop("%(name)s: more data: %(what)s"),
    "time": gettext_noop("%(name)s: kept longer: %(what)s"),
    "leaving": gettext_noop("%(name)s: something else happens when you leave: %(what)s"),
    "named": gettext_noop("New receiver: %(name)s, %(what)s"),
    "country": gettext_noop("%(name)s receives data in another country: %(what)s"),
    "transfer": gettext_noop("%(name)s receives data on another ground of transfer: %(what)s"),
}
LESS = {
    "purpose": gettext_noop("No longer a purpose: %(name)s"),
    "receiver": gettext_noop("%(name)s: no longer a receiver: %(what)s"),
    "data": gettext_noop("%(name)s: less data: %(what)s"),
    "time": gettext_noop("%(name)s: kept for a shorter time: %(what)s"),
    "named": gettext_noop("No longer a receiver: %(name)s, %(what)s"),
}


def material_changes(before: Snapshot, after: Snapshot) -> list[str]:
    """What people must be told before it takes effect: a new purpose, kind of data or receiver, or a longer time."""
    return _in_words(before, after, MORE)


def all_changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Everything that differs: what there is more of, then what there is less of."""
    return material_changes(before, after) + _in_words(after, before, LESS)


def _in_words(before: Snapshot, after: Snapshot, words: Mapping[str, str]) -> list[str]:
    found = dict.fromkeys([*_in_purposes(before, after), *_in_receivers(before, after)])
    return [_(words[kind]) % {"name": name, "what": what} for kind, name, what in found if kind in words]


def _in_receivers(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    known = {(one["kind"], one["name"]): one for one in before.get("receivers", [])}
    for one in after.get("receivers", []):
        earlier, country = known.get((one["kind"], one["name"])), countries.name(one["country"]) or one["country"]
        if earlier is None:
            yield "named", one["name"], country
            continue
        if earlier["country"] != one["country"]:
            yield "country", one["name"], country
        if earlier["transfer"] != one["transfer"]:
            yield "transfer", one["name"], str(Receiver.Transfer(one["transfer"]).label)


def _in_purposes(before: Snapshot, after: Snapshot) -> Iterator[Difference]:
    known = {entry["key"]: entry for entry in before["purposes"]}
    for entry in after["purposes"]:
        earlier = known.get(entry["key"])
        if earlier is None:
            yield "purpose", entry["name"], ""
            continue
        yield from _in_purpose(earlier, entry)


def _in_purpose(before: PurposeEntry, after: PurposeEntry) -> Iterator[Difference]:
    name = after["name"]
    if before["basis"] != after["basis"]:
        yield "basis", name, str(Basis(after["basis"]).label)
    if before["interest"] != after["interest"] and after["interest"]:
        yield "interest", name, after["interest"]
    for kind in after["receivers"]:
        if kind not in before["receivers"]:
            yield "receiver", name, str(ReceiverKind(kind).label)
    yield from _in_data(before, after)


def _in_data(before: PurposeEntry, after: PurposeEntry) -> Iterator[Difference]:
    name, known = after["name"], _columns(before)
    for (what, column), data in _columns(after).items():
        earlier = known.get((what, column))
        words = f"{what} ({column})" if column else what
        if earlier is None:
            yield "data", name, words
            continue
        if _is_longer(earlier, data):
            yield "time", name, what
        if set(data["erase"]) - set(earlier["erase"]):
            yield "leaving", name, what


def _columns(entry: PurposeEntry) -> dict[tuple[str, str], Data]:
    """By column, since the columns of one table may be kept for different times; a place has none."""
    return {(data["what"], column): data for data in entry["data"] for column in data["columns"] or [""]}


def _is_longer(before: Data, after: Data) -> bool:
    """No number is longer than any number; between two texts without one, another text may be longer."""
    if before["days"] is None or after["days"] is None:
        return after["days"] is None and (before["days"] is not None or before["keep"] != after["keep"])
    return after["days"] > before["days"]


# --- the map as plain data -------------------------------------------------------------------------------------------


def _entry(purpose: Purpose) -> PurposeEntry:
    return {
        "key": purpose.key,
        "name": str(purpose.name),
        "basis": purpose.basis.value,
        "interest": str(purpose.interest),
        "receivers": [kind.value for kind in receivers_of(purpose)],
        "data": [*_data_in_tables(purpose), *_data_elsewhere(purpose)],
        "names": sorted(name for name, column in datamap.columns().items() if column.serves(purpose)),
    }


def _data_in_tables(purpose: Purpose) -> Iterator[Data]:
    """By table and by how long: columns of one table may be kept for different times."""
    for table in datamap.tables_about_people():
        times: dict[Keep, list[datamap.Column]] = {}
        for column in table.columns:
            for use in column.uses:
                if use.why is purpose:
                    times.setdefault(use.keep, []).append(column)
        for keep, columns in times.items():
            yield {
                "what": str(table.what),
                "columns": [str(column.words) for column in columns if not _names_person(column)],
                "source": str(table.source),
                "keep": str(keep.words),
                "days": keep.days,
                "erase": list(dict.fromkeys(str(column.erase.words) for column in columns)),
            }


def _names_person(column: datamap.Column) -> bool:
    """Whether it only says whose row it is, which goes without saying."""
    return column.field.is_relation and column.field.related_model is get_user_model()


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
