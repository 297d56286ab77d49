"""A buyer, a seller and what the one asks the other."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import Delivery
from offerboard.models import Inquiry, Lead, Message
from offerboard.services import inquiries as services
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory

QUESTION = "What is your best price for one container, CIF Mombasa?"


def sellers_lead() -> Lead:
    """A seller's lead; its owner and an editor get mail, a viewer does not."""
    lead = LeadFactory(company__legal_name="Dak Hoa Agricultural Products")
    MemberFactory(company=lead.company, email="owner@example.com")
    MemberFactory(company=lead.company, email="editor@example.com", role=TeamMember.Role.EDITOR)
    MemberFactory(company=lead.company, email="viewer@example.com", role=TeamMember.Role.VIEWER)
    return lead


def other_owner() -> Member:
    """Owner of another company."""
    company = CompanyFactory(legal_name="Savanna Spice Mills Ltd", country="KE", city="Nairobi")
    return MemberFactory(company=company, email="wanjiru@example.com", full_name="Wanjiru Kamau")


def client_of(member: Member) -> Client:
    """Her browser."""
    client = Client()
    client.force_login(member)
    return client


def address(lead: Lead) -> str:
    """Where one writes about a lead."""
    return reverse("offerboard:inquire", args=[lead.slug])


def form(text: str = QUESTION, submission: UUID | None = None) -> dict[str, Any]:
    """A filled-in form."""
    return {"submission": str(submission or uuid4()), "text": text}


def sending(member: Member, lead: Lead, **changes: Any) -> Callable[[], Inquiry]:
    """The service with everything filled in."""
    defaults = {
        "sender": Company.objects.get(team__member=member),
        "author": member,
        "recipient": lead.company,
        "lead": lead,
        "subject": "",
        "text": QUESTION,
        "submission": uuid4(),
        "now": NOW,
    }
    return partial(services.send_inquiry, **{**defaults, **changes})


def stored() -> tuple[int, int, int]:
    """How many threads, messages and mails there are."""
    return Inquiry.objects.count(), Message.objects.count(), Delivery.objects.count()
