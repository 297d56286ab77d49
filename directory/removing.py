"""Companies as privacy sees them when somebody wants their page to be removed."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.admission import ask_staff, identity_of, website_host
from directory.models import Company
from directory.services import StateConflict, close_company, move_company
from moderation.models import Decision
from moderation.removing import by_decision
from partners.telling import tell_removed
from privacy.cascades import delete_files
from privacy.departures import register_replay
from privacy.digests import digests_of
from privacy.removables import Removable, register_removable


def _find(key: str) -> Company | None:
    return Company.objects.filter(slug=key).first()


def _title(key: str) -> str:
    company = _find(key)
    return company.legal_name if company else ""


def _admin_url(key: str) -> str:
    company = _find(key)
    return reverse("admin:directory_company_change", args=[company.pk]) if company else ""


def _host(key: str) -> str:
    company = _find(key)
    return website_host(company.website) if company else ""


def identity(key: str) -> list[tuple[str, str]]:
    """Of a company for which nobody acts: where somebody does, it is they who decide whether it is listed."""
    company = _find(key)
    return identity_of(company) if company and not company.team.exists() else []


SUSPEND = by_decision("company", Decision.Action.SUSPEND)


def _close(key: str, reason: str, by: Any | None, now: datetime) -> bool:
    """A company for which nobody acts closes; another is suspended, so that its people can answer.

    It may have been suspended until this was decided; who copied its page is told for whose sake it goes.
    """
    company = _find(key)
    if company is None or company.team.exists():
        changed = SUSPEND(key, reason, by, now)
        if company is not None and Company.State.DRAFT not in (company.state, company.suspended_from):
            tell_removed(kind="company", key=key)
        return changed
    try:
        logo = close_company(company=company, now=now)
    except StateConflict:
        return False
    if logo:
        transaction.on_commit(partial(delete_files, [f"directory.Company.logo {logo}"]))
    return True


COMPANY = Removable(
    kind="company",
    label=_("company"),
    page="directory:company",
    title=_title,
    admin_url=_admin_url,
    host=_host,
    identity=identity,
    hide=SUSPEND,
    show=by_decision("company", Decision.Action.RESTORE),
    close=_close,
)


@transaction.atomic
def take_back(removed: Collection[str], now: datetime) -> int:
    """After a restore: companies that were removed are closed again, or wait for staff where somebody acts for them."""
    count = 0
    for company in Company.objects.listed().order_by("pk").iterator():
        digests = {one for kind, value in identity_of(company) for one in digests_of(kind, value)}
        if digests.isdisjoint(removed):
            continue
        count += 1
        if company.team.exists():
            move_company(company=company, before=Company.State.LISTED, after=Company.State.HIDDEN, now=now)
            ask_staff(company, now=now)
        else:
            _close(company.slug, "", None, now)
    return count


def register() -> None:
    """Make companies' pages known to privacy."""
    register_removable(COMPANY)
    register_replay(take_back)
