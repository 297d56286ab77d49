"""Leads as moderation sees them: how a report finds one, and what staff may do."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.registry import follow_suspension
from moderation.models import Decision
from moderation.registry import Moderatable, Subject, register
from offerboard.models import Lead
from offerboard.services import lead_states


def find_lead(key: str, member_id: int | None) -> Subject | None:
    """The lead with this slug, as far as the reader may know of it: public, the own company's, or any for staff."""
    lead = Lead.objects.select_related("company").filter(slug=key).first()
    if lead is None or not (lead.is_public(at=timezone.now()) or _may_see_hidden(lead, member_id)):
        return None
    return Subject(
        kind="lead",
        key=lead.slug,
        title=str(lead),
        url=lead.get_absolute_url(),
        admin_url=reverse("admin:offerboard_lead_change", args=[lead.pk]),
        people=[person.pk for person in lead_states.people_of(lead)],
    )


def _may_see_hidden(lead: Lead, member_id: int | None) -> bool:
    if member_id is None:
        return False
    staff = Member.objects.filter(pk=member_id, is_staff=True)
    return staff.exists() or lead.company.team.filter(member_id=member_id).exists()


def _approve(key: str, _reason: str, now: datetime) -> bool:
    return _decide(key, partial(lead_states.approve_lead, now=now))


def _reject(key: str, reason: str, now: datetime) -> bool:
    return _decide(key, partial(lead_states.reject_lead, reason=reason, now=now))


def _decide(key: str, decision: Callable[..., None]) -> bool:
    """Carry out a decision; False when the lead is not where it starts from."""
    lead = Lead.objects.filter(slug=key).first()
    if lead is None:
        return False
    try:
        decision(lead=lead)
    except lead_states.NotDecidable:
        return False
    return True


def _suspend(key: str, _reason: str, now: datetime) -> bool:
    """Hide the lead whatever its state; the lead does not carry the reason."""
    leads = Lead.objects.filter(slug=key)
    return lead_states.hold_leads(leads=leads, hold=Lead.Hold.MODERATION, now=now) > 0


def _restore(key: str, _reason: str, now: datetime) -> bool:
    leads = Lead.objects.filter(slug=key)
    return lead_states.release_leads(leads=leads, hold=Lead.Hold.MODERATION, now=now) > 0


LEAD = Moderatable(
    kind="lead",
    find=find_lead,
    actions={"approve": _approve, "reject": _reject, "suspend": _suspend, "restore": _restore},
    label=_("lead"),
    tells_people=frozenset({Decision.Action.APPROVE.value, Decision.Action.REJECT.value}),
    keys_of=lambda member_id: Lead.objects.filter(posted_by=member_id).values("slug"),
    members_of=lambda keys: Lead.objects.filter(slug__in=keys, posted_by__isnull=False).values("posted_by"),
)


def _follow_author(member_id: int, suspended: bool, now: datetime) -> None:
    """What a suspended person posted is hidden with them, and comes back with them."""
    leads = Lead.objects.filter(posted_by_id=member_id)
    change = lead_states.hold_leads if suspended else lead_states.release_leads
    change(leads=leads, hold=Lead.Hold.MEMBER, now=now)


def register_lead() -> None:
    """Make leads known to moderation, and let them follow their authors."""
    register(LEAD)
    follow_suspension(_follow_author)
