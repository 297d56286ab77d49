"""What the pages about one's requests show, fetched whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from privacy.models import Export, SubjectRequest

SHOWN = 20  # requests

Kind, State = SubjectRequest.Kind, SubjectRequest.State


@dataclass(frozen=True, slots=True)
class ExportPage:
    """The member's newest copy, how far it is, and earlier ones."""

    newest: Export | None
    earlier: Sequence[Export]
    url: str

    @property
    def is_running(self) -> bool:
        """Whether it is being made, so that the page should look again."""
        return self.newest is not None and self.newest.request.state in {State.VERIFIED, State.BUILDING}

    @property
    def is_ready(self) -> bool:
        """Whether it can be fetched."""
        return self.newest is not None and self.newest.request.state == State.READY

    @property
    def percent(self) -> int:
        """How much of it is written."""
        if self.newest is None or not self.newest.rows:
            return 0
        return min(100 * self.newest.rows_done // self.newest.rows, 100)


def export_page(*, member: Any) -> ExportPage:
    """One query."""
    exports = Export.objects.filter(request__member=member).select_related("request")
    found = list(exports.order_by("-request__received_at")[:SHOWN])
    return ExportPage(found[0] if found else None, found[1:], reverse("privacy:download"))


def own_export(*, pk: Any, member: Any) -> Export | None:
    """The copy with this number, if it is the member's own."""
    return Export.objects.filter(pk=pk, request__member=member).select_related("request").first()


def is_over(export: Export, *, at: datetime) -> bool:
    """Whether a copy that was there may not be fetched any more."""
    return export.expires_at is not None and export.expires_at <= at
