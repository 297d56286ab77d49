"""Telling companies of leads that are about to expire.

`ExpiryNotice` says what was told; whoever looks twice, or with others at the same time, tells nothing twice.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from accounts.models import Member
from directory.models import EDITORS, Company
from mailings.services.notifying import notify
from offerboard.models import BoardEntry, ExpiryNotice, Lead
from offerboard.notices import EXPIRING
from offerboard.presentation import SOON

MOST = 20  # leads that one mail names
ROWS = 1_000  # written by a statement


def tell_of_expiry(*, now: datetime) -> int:
    """One mail for each company and day on which leads of it expire, three days before; answers to how many."""
    ExpiryNotice.objects.filter(expires_at__lte=now).delete()
    companies = _untold(now).filter(expires_at__lte=now + SOON).order_by().values_list("company", flat=True)
    return sum(_tell_company(company, now=now) for company in sorted(companies.distinct()))


def _untold(now: datetime) -> QuerySet[BoardEntry]:
    """What is on the board and its company was not told of; who posts a lead for three days knows when it ends."""
    told = ExpiryNotice.objects.filter(lead=OuterRef("pk"), expires_at=OuterRef("expires_at"))
    entries = BoardEntry.objects.public(at=now).filter(expires_at__gt=F("posted_at") + SOON)
    return entries.exclude(Exists(told))


@transaction.atomic(durable=True)
def _tell_company(company_id: int, *, now: datetime) -> bool:
    """The company's row is locked: of two workers, one tells. What expires later on the last day goes along."""
    companies = Company.objects.select_for_update(no_key=True, skip_locked=True)
    company = companies.filter(pk=company_id).first()
    untold = _untold(now).filter(company=company_id)
    last = untold.filter(expires_at__lte=now + SOON).order_by("-expires_at").values_list("expires_at", flat=True)
    until = last.first() if company else None
    if company is None or until is None:
        return False
    midnight = datetime.combine(until.date() + timedelta(days=1), time(), until.tzinfo)
    leads = list(untold.filter(expires_at__lt=midnight).order_by("expires_at", "pk").values_list("pk", "expires_at"))
    ExpiryNotice.objects.bulk_create(
        [ExpiryNotice(lead_id=lead, expires_at=expires_at) for lead, expires_at in leads], batch_size=ROWS
    )
    _tell_editors(company, [lead for lead, _expires_at in leads], now=now)
    return True


def _tell_editors(company: Company, keys: Sequence[int], *, now: datetime) -> None:
    shown = Lead.objects.filter(pk__in=keys[:MOST]).order_by("expires_at", "pk")
    context = {
        "company_name": company.legal_name,
        "count": len(keys),
        "leads": [_words(lead) for lead in shown],
        "more": len(keys) - len(shown),
        "all_url": urljoin(settings.SITE_URL, reverse("offerboard:my_leads")),
    }
    editors = Member.objects.filter(teams__company=company, teams__role__in=EDITORS).order_by("pk")
    notify(kind=EXPIRING, readers=editors, keys=[str(key) for key in keys], context=context, now=now)


def _words(lead: Lead) -> dict[str, Any]:
    """The template writes the day in the language of each reader."""
    return {
        "title": str(lead),
        "expires_at": lead.expires_at,
        "renew_url": urljoin(settings.SITE_URL, reverse("offerboard:renew", args=[lead.slug])),
    }
