"""Somebody with rows in many tables, and what they read of them in the privacy centre."""

from django.test import Client
from django.urls import reverse

from accounts.models import Member
from moderation.models import Ticket
from privacy import datamap
from privacy.selectors import centre
from tests.factories import (
    NOW,
    CompanyFactory,
    InquiryFactory,
    LeadFactory,
    MemberFactory,
    MessageFactory,
    SavedSearchFactory,
)

CENTRE = "/privacy/"


def furnished(name: str, canary: str) -> Member:
    """Somebody with rows in many tables, each with the canary in it."""
    company = CompanyFactory(legal_name=f"{canary} company")
    member = MemberFactory(company=company, full_name=name, email=f"{canary}@example.com", title=canary)
    lead = LeadFactory(company=company, posted_by=member, title=f"{canary} lead")
    LeadFactory(company=company, posted_by=member, category=lead.category, state="draft", title=f"{canary} draft")
    thread = InquiryFactory(lead=lead, subject=f"{canary} thread")
    for text in (f"{canary} first", f"{canary} second"):
        MessageFactory(inquiry=thread, company=company, author=member, text=text)
    SavedSearchFactory(member=member, name=f"{canary} search")
    Ticket.objects.create(kind="support", name=name, email=member.email, text=f"{canary} ticket", opened_at=NOW)
    return member


def browser(member: Member) -> Client:
    """In which the member is logged in."""
    client = Client()
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def titles(client: Client) -> list[str]:
    """What the centre lists."""
    return [kept.title for kept in client.get(CENTRE).context["glance"].kept]


def every_page(client: Client) -> str:
    """The centre, who received it, and whatever stands behind View, whether the centre names it or not."""
    places = [CENTRE, reverse("privacy:received")]
    for table in datamap.tables_about_people():
        address = reverse("privacy:data", args=[centre.slug_of(table)])
        places += [f"{address}?part={part}" for part in range(len(table.abouts()))]
    answers = [client.get(place) for place in places]
    assert {answer.status_code for answer in answers} == {200}
    assert len(answers) > 35
    return "".join(answer.content.decode() for answer in answers)
