"""What has been checked about a company, in words. A badge is asked of the claims each time, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from directory.models import Verification
from directory.shown import note_badges, note_end

NO_DAY = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One line of the verification table; `state` is current, lapsed or none."""

    label: str
    state: str
    state_label: str
    method: str
    checked_on: str
    valid_until: str


def identity_checked_at(*, at: datetime, company: str = "pk") -> Subquery:
    """For annotating rows: when the identity claim that holds `at` that moment was checked, or None.

    `company` is the path from the row to the company's id, such as "company_id" for leads.
    """
    claims = Verification.objects.identity().current(at=at).filter(company=OuterRef(company))
    return Subquery(claims.order_by("-checked_at").values("checked_at")[:1])


def badge(checked_at: datetime | None) -> str:
    """The words beside a name, such as "Identity verified Mar 2026"; "" without a claim that holds."""
    if checked_at is None:
        return ""
    return _("Identity verified %(month)s") % {"month": date_format(localtime(checked_at), "M Y")}


def claim_lines(verifications: Iterable[Verification], *, at: datetime) -> list[Claim]:
    """One line for each kind of claim: its latest check, lapsed and missing ones too."""
    latest: dict[str, Verification] = {}
    for verification in verifications:
        known = latest.get(verification.claim)
        if known is None or verification.checked_at > known.checked_at:
            latest[verification.claim] = verification
    for verification in latest.values():
        if verification.checked_at <= at < verification.valid_until:
            note_end(verification.valid_until)
            if verification.claim == Verification.Claim.IDENTITY:
                note_badges([verification.company_id])
    return [_claim_line(claim, latest.get(claim), at) for claim in Verification.Claim]


def _claim_line(claim: Verification.Claim, found: Verification | None, at: datetime) -> Claim:
    label = str(claim.label)
    if found is None or found.checked_at > at:
        return Claim(label, "none", _("Not verified"), _("Not asked for yet"), NO_DAY, NO_DAY)
    current = found.valid_until > at
    return Claim(
        label=label,
        state="current" if current else "lapsed",
        state_label=_("Current") if current else _("Lapsed"),
        method=found.method,
        checked_on=_day(found.checked_at),
        valid_until=_day(found.valid_until),
    )


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "j M Y")
