"""What the endpoints about a company's own leads share: finding one, writing it, and why something was not done."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import NullIf
from django.http import Http404
from rest_framework.request import Request

from accounts.company_keys import company_of_key
from directory.models import Company
from offerboard.api.lead_body import LeadBody
from offerboard.models import Lead
from offerboard.pulled import LEADS
from offerboard.refusals import REFUSALS
from offerboard.services import leads as services
from partners.endpoints import depends_on_reading, key_of, not_as_read, refuse_unless_as_read
from partners.fields import Field, nullable, one_of, perhaps, several
from partners.problems import Problem

REFUSED: tuple[type[Exception], ...] = (*REFUSALS, services.EndsInThePast)
SENT = frozenset(LeadBody().fields)
OPEN_TEXTS = {"title", "description", "unit"}
OPEN = {*OPEN_TEXTS, "category", "quantity", "posted_at", "valid_until"}  # in drafts, beside what may be so for all


def own_fields() -> tuple[Field, ...]:
    """Those of the public lead, which a draft may lack, and how it stands; it says which cannot be sent."""
    key, *others = LEADS.fields
    fields = (
        key,
        Field("state", F("state"), one_of(Lead.State.values), "How it stands; expiry is a time and no state."),
        Field("holds", F("holds"), several(one_of(Lead.Hold.values)), "Why it is hidden whatever its state."),
        perhaps("rejection", "Why our staff rejected it."),
        *(_open(one) if one.name in OPEN else one for one in others),
    )
    return tuple(one if one.name in SENT else replace(one, schema={**one.schema, "readOnly": True}) for one in fields)


def _open(field: Field) -> Field:
    """The same where a draft may lack it."""
    value = NullIf(field.value, Value("")) if field.name in OPEN_TEXTS else field.value
    return replace(field, value=value, schema=nullable(field.schema))


def own_company(request: Request) -> Company:
    """The company for which the key acts. Raises Problem."""
    company = company_of_key(key_of(request)) if key_of(request).member_id else None
    if company is None:
        raise Problem(
            status=403,
            kind="no-company",
            title="The key acts for no company",
            detail="An owner of the company makes such keys under My company.",
        )
    return company


def own_lead(request: Request, key: str) -> Lead:
    """A lead of the company; another company's is not there."""
    found = Lead.objects.filter(company=own_company(request), slug=key).first()
    if found is None:
        raise Http404
    return found


def own_lead_to_change(request: Request, key: str) -> Lead:
    """The same, for whoever may have said what it was when they read it. Raises Problem."""
    lead = own_lead(request, key)
    if depends_on_reading(request):
        refuse_unless_as_read(request, written(lead))
    return lead


def seen_in(request: Request, lead: Lead) -> datetime | None:
    """The time of change that the services compare once they hold the row: it may change after the look above."""
    return lead.updated_at if depends_on_reading(request) else None


def written(lead: Lead) -> str:
    """The lead as its company reads it, in JSON."""
    found = next(iter(LEADS.as_json(Lead.objects.filter(pk=lead.pk), fields=own_fields())), None)
    if found is None:  # a draft that somebody has deleted meanwhile
        raise Http404
    return found


def or_conflict(step: Any, lead: Lead, *, as_read: bool = False, **what: Any) -> None:
    """Raises Problem with the words that the website has for it; `as_read` for who has sent If-Match."""
    try:
        step(lead=lead, **what)
    except Lead.DoesNotExist as error:  # as above
        raise Http404 from error
    except services.ChangedMeanwhile as error:
        if as_read:
            raise not_as_read() from error
        raise Problem(
            status=409,
            kind="changed-meanwhile",
            title="The lead was changed meanwhile",
            detail=str(REFUSALS[services.ChangedMeanwhile]),
        ) from error
    except REFUSED as error:
        said = REFUSALS.get(type(error), "Counted from its posting, the lead would have ended already.")
        raise Problem(
            status=409, kind="not-in-this-state", title="This cannot be done now", detail=str(said)
        ) from error
