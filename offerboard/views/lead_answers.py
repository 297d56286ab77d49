"""What the pages around one's own leads share: finding a lead for its team, words for refusals, where to go next."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from accounts.acting import MemberRequest
from directory.models import Company
from offerboard.models import Lead
from offerboard.refusals import REFUSALS
from offerboard.selectors.mine import tab_of
from offerboard.services import lead_states

EARLY = timedelta(days=14)  # while more is left, renewing is not needed yet


def team_lead(request: MemberRequest, slug: str, *, editing: bool = True) -> Lead:
    """A lead of any company the member belongs to; 404 for others, 403 for viewers who want to write."""
    leads = Lead.objects.visible_to(request.user.pk).select_related("company", "category__parent")
    lead = get_object_or_404(leads, slug=slug)
    if editing and not may_edit(request, lead):
        raise PermissionDenied
    return lead


def may_edit(request: MemberRequest, lead: Lead) -> bool:
    """Whether the member is owner or editor of the lead's company, which need not be the one acted for."""
    if lead.company_id == request.acting.company.pk:
        return request.acting.can_edit
    return Lead.objects.editable_by(request.user.pk).filter(pk=lead.pk).exists()


def refuse(request: MemberRequest, refusal: Exception) -> None:
    """Say why nothing was changed."""
    messages.error(request, REFUSALS[type(refusal)])


def renewal_refusal(lead: Lead, *, now: datetime) -> str:
    """Why the lead cannot be renewed now; "" if it can."""
    if lead.company.state != Company.State.LISTED:
        return str(REFUSALS[lead_states.CompanyNotListed])
    if not lead.may_return(at=now):
        return str(REFUSALS[lead_states.NotRenewable])
    return str(REFUSALS[lead_states.RenewedToday]) if lead.runs_its_full_time(at=now) else ""


def is_early(lead: Lead, *, now: datetime) -> bool:
    """Whether it stays on the board so long that nothing need be done yet."""
    ends = lead.expires_at if lead.state == Lead.State.PUBLISHED else None
    return ends is not None and ends - now > EARLY


def number_of(request: MemberRequest) -> UUID:
    """The number of the form that was sent, by which a second click is known; a new one where it has none."""
    try:
        return UUID(request.POST.get("submission", ""))
    except ValueError:
        return uuid4()


def seen_by(request: MemberRequest) -> datetime | None:
    """The lead's time of change when the form that was sent was made; None where it does not say."""
    try:
        return parse_datetime(request.POST.get("seen", ""))
    except ValueError:
        return None


def form_url(lead: Lead, *, check: bool = False) -> str:
    """Where a lead is changed; with `check` a draft says at once what is missing."""
    return reverse("offerboard:edit", args=[lead.slug]) + ("?check" if check else "")


def my_leads_url(tab: str) -> str:
    """The page of one's own leads, open at a tab."""
    return f"{reverse('offerboard:my_leads')}?state={tab}"


def to_the_lead(lead: Lead, *, now: datetime) -> HttpResponse:
    """Where a lead can be seen: its public page, or its row among one's own."""
    return redirect(lead if lead.is_public(at=now) else my_leads_url(tab_of(lead, now=now)))
