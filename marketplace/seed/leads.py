"""Rows of leads: what is offered and looked for, on what terms, since when, and how it looks."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from directory import hs
from directory.models import Category, Company
from marketplace.seed.catalogue import BUYER, SELLER, Firm, Offer, lasting_slug, rng_for
from marketplace.seed.drawings import HEIGHT, WIDTH, draw_goods, palette_for
from marketplace.seed.files import keep_file
from marketplace.seed.people import People
from marketplace.seed.places import named_place
from marketplace.seed.texts import describe
from offerboard.models import Lead, LeadPicture
from offerboard.models.lead import NextRank

State = Lead.State
OLDEST = timedelta(days=60)
VALID_DAYS = (30, 45, 60, 90)
_BATCH = 100  # rows of one statement, which has five seconds
# How many of a hundred leads are what; an expired one is published, only too long ago.
_FATES = (("public", 86), ("expired", 4), ("paused", 3), ("closed", 3), ("draft", 3), ("pending", 1))
# The demo's own companies show every state: which of their leads are not simply public.
_SHOWN_FATES = {
    SELLER: {0: "fresh", 2: "expired", 6: "paused", 8: "draft", 10: "closed"},
    BUYER: {2: "fresh", 7: "paused", 8: "draft"},
}
# What a second picture may show beside the goods.
_SECOND_PICTURES = ("pallet", "container", "clipboard", "carton")
REJECTION = "The price stands for another quantity than the one in the title. Please correct one of them."


def seed_leads(
    offers: Sequence[Offer], companies: Mapping[str, Company], people: People, *, seed: int, now: datetime
) -> dict[Offer, Lead]:
    """One lead for each offer, posted within the last 60 days; most of them public at `now`."""
    categories = {category.slug: category for category in Category.objects.leaves()}
    leads: dict[Offer, Lead] = {}
    taken: dict[str, int] = {}
    for offer in offers:
        firm = offer.firm
        rng = rng_for(seed, "lead", offer.key)
        lead = _content(offer, rng, now)
        lead.company = companies[firm.key]
        lead.category = categories[offer.line.category]
        lead.category_path = lead.category.path
        lead.posted_by = rng.choice(people.writers(firm.key))
        taken[firm.key] = taken.get(firm.key, -1) + 1
        _live(lead, _fate(firm, taken[firm.key], rng), rng, now)
        leads[offer] = lead
    _reject_one(leads)
    # So that ids and places on the board grow with time, as they do.
    in_order = sorted(leads.values(), key=lambda lead: lead.posted_at or lead.created_at)
    Lead.objects.bulk_create(in_order, batch_size=_BATCH)
    return leads


def seed_pictures(leads: Mapping[Offer, Lead], *, seed: int) -> None:
    """Most leads show their goods, some with a second picture, some show nothing."""
    LeadPicture.objects.bulk_create(
        [
            _picture(lead, motif, position, rng)
            for offer, lead in leads.items()
            for rng in [rng_for(seed, "pictures", offer.key)]
            for position, motif in enumerate(_motifs(offer, rng))
        ],
        batch_size=_BATCH,
    )


def _content(offer: Offer, rng: Random, now: datetime) -> Lead:
    """What the offer says, without whose it is."""
    firm, line, lot = offer.firm, offer.line, offer.lot
    rule = rng.choice(line.rules) if line.rules else ""
    place = named_place(firm, line.kind, rule, rng)
    title = line.title.format(lot.words, **crop_words(now))
    sells = line.kind == Lead.Kind.SELL_OFFER
    quantity = lot.quantity * (1 + offer.again)
    return Lead(
        submission=UUID(int=rng.getrandbits(128), version=4),
        slug=lasting_slug(title, fallback="lead", rng=rng),
        kind=line.kind,
        title=title,
        description=describe(offer, terms=f"{rule} {place}".strip(), rng=rng),
        hs_code=hs.normalise(line.hs) if line.hs else "",
        hs_edition=hs.EDITION,
        quantity=quantity,
        unit=line.unit,
        price=lot.price,
        price_on_request=lot.price is None,
        currency=line.currency if lot.price else "",
        incoterm=rule,
        place=place,
        payment_terms=rng.choice(line.payments),
        condition=line.condition,
        origin=(line.origin or firm.country) if sells else "",
        country=firm.country,
        language="en",
    )


def crop_words(now: datetime) -> dict[str, str]:
    """Which harvest a title written now speaks of: the year it began in, and both years as "2026/27"."""
    begun = now.year if now.month >= 8 else now.year - 1
    return {"year": str(begun), "crop": f"{begun}/{(begun + 1) % 100:02d}"}


def _fate(firm: Firm, place: int, rng: Random) -> str:
    if firm.key in _SHOWN_FATES:
        return _SHOWN_FATES[firm.key].get(place, "public")
    return rng.choices([fate for fate, _ in _FATES], [weight for _, weight in _FATES])[0]


def _live(lead: Lead, fate: str, rng: Random, now: datetime) -> None:
    """Give the lead its dates and its state; more leads are young than old, as on any board."""
    age = OLDEST * rng.random() ** 1.7 + timedelta(minutes=rng.randint(4, 90))
    if fate == "fresh":
        age = timedelta(hours=3, minutes=rng.randint(0, 59))
    if fate == "expired":
        age = timedelta(days=rng.randint(31, 58), minutes=rng.randint(0, 1439))
        lead.valid_days = 30
    else:
        lead.valid_days = rng.choice([days for days in VALID_DAYS if timedelta(days=days - 1) > age])
    posted_at = now - age
    lead.created_at = posted_at - timedelta(minutes=rng.randint(5, 600))
    lead.updated_at = posted_at
    lead.state = State.PUBLISHED if fate in ("public", "fresh", "expired") else State(fate)
    if lead.state not in (State.DRAFT, State.PENDING):
        lead.rank = NextRank()
        lead.posted_at = posted_at
        lead.expires_at = posted_at + timedelta(days=lead.valid_days)
        lead.renewals = rng.choice([0, 0, 0, 1])


def _reject_one(leads: Mapping[Offer, Lead]) -> None:
    """Of those that wait for staff, the first was already refused, with the reason its company reads."""
    waiting = [lead for lead in leads.values() if lead.state == State.PENDING]
    for lead in waiting[:1]:
        lead.state = State.REJECTED
        lead.rejection = REJECTION


def _motifs(offer: Offer, rng: Random) -> list[str]:
    shows = rng.random()
    if shows < (0.03 if offer.line.kind == Lead.Kind.SELL_OFFER else 0.15):
        return []
    second = [motif for motif in _SECOND_PICTURES if motif != offer.line.picture]
    return [offer.line.picture, *([rng.choice(second)] if shows > 0.75 and offer.line.hs else [])]


def _picture(lead: Lead, motif: str, position: int, rng: Random) -> LeadPicture:
    drawn = draw_goods(motif, palette_for(motif, rng))
    owner = f"{lead.slug}/{position}"
    return LeadPicture(
        lead=lead,
        image=keep_file("leads", drawn.full, owner=owner),
        thumbnail=keep_file("leads", drawn.thumbnail, owner=owner),
        width=WIDTH,
        height=HEIGHT,
        caption=CAPTIONS.get(motif, "") if position else "",
        position=position,
    )


CAPTIONS = {
    "pallet": "As it is loaded",
    "container": "Loading",
    "clipboard": "Inspection report",
    "carton": "Packing",
}
