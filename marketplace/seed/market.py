"""Fills an empty market with invented companies, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Member
from directory.services import load_categories
from marketplace.seed.catalogue import choose_firms, choose_offers
from marketplace.seed.companies import seed_companies, seed_verifications
from marketplace.seed.conversations import seed_conversations
from marketplace.seed.leads import seed_leads, seed_pictures
from marketplace.seed.mailings import seed_mailings
from marketplace.seed.moderation import seed_moderation
from marketplace.seed.people import DEMO_EMAILS, seed_people
from marketplace.seed.receivers import seed_receivers
from offerboard.services.counting import refresh_counts
from offerboard.services.vocabulary import refresh_vocabulary


@dataclass(frozen=True, slots=True)
class Size:
    """How much to invent; past the invented companies there are none, past their lots leads come again."""

    companies: int = 60
    leads: int = 400


def is_seeded() -> bool:
    """Whether the demo's people are there already."""
    return Member.objects.filter(email__in=DEMO_EMAILS.values()).exists()


@transaction.atomic(durable=True)
def seed_market(*, size: Size, seed: int, passwords: Mapping[str, str], now: datetime) -> None:
    """Invent companies, people, leads and threads; the same seed and `now` give the same market.

    `passwords` are those of the demo's accounts, by role.
    """
    load_categories()
    firms = choose_firms(size.companies, seed=seed)
    companies = seed_companies(firms, seed=seed, now=now)
    people = seed_people(firms, companies, passwords=passwords, seed=seed, now=now)
    seed_verifications(firms, companies, verifier=people.moderator, seed=seed, now=now)
    leads = seed_leads(choose_offers(firms, size.leads, seed=seed), companies, people, seed=seed, now=now)
    seed_pictures(leads, seed=seed)
    seed_conversations(leads, companies, people, seed=seed, now=now)
    seed_moderation(leads, people, now=now)
    seed_receivers(now=now)
    seed_mailings(people, seed=seed, now=now)
    refresh_counts(now=now)
    refresh_vocabulary(now=now)
