"""What others can pull: the rooms above register each kind of thing here from their apps.py.

One entry serves the list, the single thing, the export, the feed and the schema, so that these cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from partners.fields import Field, JsonText
from partners.scopes import Scope


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing."""

    kind: str  # as the feed calls it: “lead”
    plural: str  # as addresses call it: “leads”
    scope: Scope
    about: str  # one sentence for the manual
    public: Callable[[datetime], QuerySet[Any]]  # what the world may see at a moment, and nothing else
    shape: Callable[[str], tuple[Field, ...]]  # its fields, given the site's address
    key: str = "slug"  # the column that others know it by; the first field
    # Whether what is not public was so once and has gone; None where the room above knows nothing of it.
    has_gone: Callable[[str, datetime], bool | None] = lambda _key, _now: None

    @property
    def fields(self) -> tuple[Field, ...]:
        """All of them, the key first."""
        return self.shape(settings.SITE_URL)

    def as_json(self, rows: QuerySet[Any], *, fields: tuple[Field, ...] | None = None) -> QuerySet[Any, str]:
        """Each row as JSON text, written by the database."""
        written: QuerySet[Any, str] = rows.annotate(payload=JsonText(fields or self.fields)).values_list(
            "payload", flat=True
        )
        return written

    def of_keys(self, keys: Iterable[str], *, now: datetime) -> Mapping[str, str]:
        """Those of these keys that are public, as JSON text. One query."""
        rows = self.public(now).filter(**{f"{self.key}__in": list(keys)})
        return dict(rows.annotate(payload=JsonText(self.fields)).values_list(self.key, "payload"))

    def of_numbers(self, numbers: Iterable[int], *, fields: tuple[Field, ...], now: datetime) -> list[str]:
        """Those of these rows that are public, in this order, as JSON text. One query."""
        wanted = list(numbers)
        rows = self.public(now).filter(pk__in=wanted).annotate(payload=JsonText(fields))
        written = dict(rows.values_list("pk", "payload"))
        return [written[number] for number in wanted if number in written]


_sources: dict[str, Source] = {}


def register_source(source: Source) -> None:
    """Let others pull such things; a second entry of that kind is a programming error."""
    if _sources.setdefault(source.kind, source) is not source:
        message = f"{source.kind} is registered twice"
        raise ValueError(message)


def sources() -> Mapping[str, Source]:
    """All of them, by kind."""
    return _sources


def source_of(plural: str) -> Source | None:
    """The one that addresses call so."""
    return next((one for one in _sources.values() if one.plural == plural), None)
