"""Leads as privacy sees them when somebody wants their page to be removed."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.admission import website_host
from moderation.models import Decision
from moderation.removing import by_decision
from offerboard.models import Lead
from partners.telling import tell_removed
from privacy.removables import Removable, register_removable


def _find(key: str) -> Lead | None:
    return Lead.objects.filter(slug=key).select_related("company").first()


def _title(key: str) -> str:
    lead = _find(key)
    return str(lead) if lead else ""


def _admin_url(key: str) -> str:
    lead = _find(key)
    return reverse("admin:offerboard_lead_change", args=[lead.pk]) if lead else ""


def _host(key: str) -> str:
    lead = _find(key)
    return website_host(lead.company.website) if lead else ""


def _nothing(_key: str) -> list[tuple[str, str]]:
    """A lead is not what its company is known by."""
    return []


SUSPEND = by_decision("lead", Decision.Action.SUSPEND)


def _close(key: str, reason: str, by: Any | None, now: datetime) -> bool:
    """Hidden for good, also where it was hidden until this was decided; who copied it is told for whose sake."""
    changed = SUSPEND(key, reason, by, now)
    if Lead.objects.filter(slug=key, posted_at__isnull=False).exists():
        tell_removed(kind="lead", key=key)
    return changed


LEAD = Removable(
    kind="lead",
    label=_("lead"),
    page="offerboard:lead",
    title=_title,
    admin_url=_admin_url,
    host=_host,
    identity=_nothing,
    hide=SUSPEND,
    show=by_decision("lead", Decision.Action.RESTORE),
    close=_close,
)


def register() -> None:
    """Make leads' pages known to privacy."""
    register_removable(LEAD)
