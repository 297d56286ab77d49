"""The record of what the public could read, kept in the transaction that changes it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from offerboard.models import Lead, LeadRevision, NewLead
from offerboard.models.lead import LeadQuerySet

BATCH = 500  # leads in memory at once
# What a lead says about goods and terms. Who posted it is not among it, so that erasing a person leaves this whole.
FACTS = (
    *("kind", "title", "description", "brand", "model", "hs_code", "hs_edition", "condition", "quantity", "unit"),
    *("price", "currency", "incoterm", "place", "payment_terms", "destinations", "samples", "packaging"),
    *("lead_time_days", "valid_days", "language"),
)


def keep_revisions(*, leads: LeadQuerySet, now: datetime) -> None:
    """Make the record agree with what the public can read of these leads now; a second time changes nothing.

    Belongs into the transaction that changed the leads, after the change, which holds their rows locked. What left the
    board costs one statement, however many leads it is. What was never public before is noted as new (`NewLead`).
    """
    public = leads.public(at=now).order_by()
    running = LeadRevision.objects.filter(lead__in=leads.order_by().values("pk"), closed_at=None)
    running.exclude(lead__in=public.values("pk")).update(closed_at=now)
    keys = list(public.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        _keep(keys[start : start + BATCH], now=now)


def facts_of(lead: Lead) -> dict[str, Any]:
    """The lead's trade facts as JSON holds them: amounts as text without needless zeros, codes as they are."""
    facts = {name: _plain(getattr(lead, name)) for name in FACTS}
    return facts | {
        "category": lead.category.slug if lead.category else "",
        "origin": lead.origin.code or "",
        "country": lead.country.code or "",
        "tiers": [[_plain(tier.min_quantity), _plain(tier.price)] for tier in lead.tiers.all()],
    }


def _keep(keys: Sequence[int], *, now: datetime) -> None:
    running = {revision.lead_id: revision for revision in LeadRevision.objects.filter(lead__in=keys, closed_at=None)}
    public = Lead.objects.public(at=now).filter(pk__in=keys).select_related("category").prefetch_related("tiers")
    ended, begun = [], []
    for lead in public:
        before, facts = running.get(lead.pk), facts_of(lead)
        if before and (before.facts, before.expires_at) == (facts, lead.expires_at):
            continue
        if before:
            ended.append(before.pk)
        if lead.expires_at:  # as every public lead has
            begun.append(LeadRevision(lead=lead, facts=facts, public_from=now, expires_at=lead.expires_at))
    if ended:
        LeadRevision.objects.filter(pk__in=ended).update(closed_at=now)
    shown = {revision.lead_id for revision in begun}
    first = shown - set(LeadRevision.objects.filter(lead__in=shown).values_list("lead", flat=True))
    LeadRevision.objects.bulk_create(begun)
    NewLead.objects.bulk_create(  # searches that send mails have not seen them yet
        [NewLead(lead_id=lead, since=now) for lead in sorted(first)], ignore_conflicts=True
    )


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
