"""Taking in what came back, and what is there afterwards."""

from typing import Any

from mailings.models import Delivery, MailReport
from mailings.returning.consequences import Outcome, take_report
from privacy.models import Suppression
from tests.factories import NOW


def come_back(raw: bytes, source: MailReport.Source = MailReport.Source.MAILDIR) -> Outcome:
    return take_report(raw=raw, source=source, now=NOW)


def state(row: Delivery) -> str:
    row.refresh_from_db()
    return row.state


def seen() -> list[tuple[str, str, str]]:
    return list(MailReport.objects.order_by("pk").values_list("kind", "doubt", "status"))


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Delivery, Suppression)]
