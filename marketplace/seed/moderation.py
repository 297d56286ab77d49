"""Rows that give staff something to do: reports about leads, and tickets from the contact page."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from marketplace.seed.catalogue import BUYER, SELLER, Offer
from marketplace.seed.people import People
from moderation.models import Report, Ticket, TicketReply
from offerboard.models import Lead


def seed_moderation(leads: Mapping[Offer, Lead], people: People, *, now: datetime) -> None:
    """Two open reports, two open tickets and an answered one."""
    _file_reports(leads, people, now)
    _open_tickets(people, now)


def _file_reports(leads: Mapping[Offer, Lead], people: People, now: datetime) -> None:
    strangers = (
        lead for offer, lead in leads.items() if lead.is_public(at=now) and offer.firm.key not in (SELLER, BUYER)
    )
    reportable = sorted(strangers, key=lambda lead: lead.slug)
    complaints = (
        (
            Report.Reason.MISLEADING,
            "The certificate they name ran out last spring. I asked them for a new one and had no answer.",
            people.teams[BUYER][0],
            "",
        ),
        (
            Report.Reason.SPAM,
            "This is filed under the wrong category, it comes up whenever I search for something else.",
            None,
            "reader@post.example.org",
        ),
    )
    Report.objects.bulk_create(
        Report(
            target_kind="lead",
            target_id=lead.slug,
            target_title=lead.title,
            reason=reason,
            text=text,
            filed_at=now - timedelta(hours=7 + 19 * place),
            reporter=reporter,
            email=email,
        )
        for place, (lead, (reason, text, reporter, email)) in enumerate(zip(reportable, complaints, strict=False))
    )


def _open_tickets(people: People, now: datetime) -> None:
    seller = people.teams[SELLER][0]
    Ticket.objects.bulk_create(
        [
            Ticket(
                kind=Ticket.Kind.SUPPORT,
                name=seller.name,
                email=seller.email,
                member=seller,
                text="Our identity check lapses next spring. When should we send the new registry extract?",
                opened_at=now - timedelta(days=1, hours=3),
            ),
            Ticket(
                kind=Ticket.Kind.PRIVACY,
                name="Anton Wieczorek",
                email="anton@post.example.net",
                text="I do not have an account. Do you keep anything about me or my old company, and how do I see it?",
                opened_at=now - timedelta(hours=5),
            ),
        ]
    )
    answered = Ticket.objects.create(
        kind=Ticket.Kind.FEEDBACK,
        name="Lucía Ferreyra",
        email="lucia@post.example.org",
        text="Could the board show prices per kilo beside prices per tonne? We buy small lots.",
        state=Ticket.State.ANSWERED,
        opened_at=now - timedelta(days=6),
    )
    TicketReply.objects.create(
        ticket=answered,
        author=people.moderator,
        text="Thank you for the idea. Prices stay in the unit of the offer for now, but we have noted your wish.",
        sent_at=now - timedelta(days=5),
    )
