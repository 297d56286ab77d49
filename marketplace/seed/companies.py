"""Rows of companies: profile, logo, industries, and the claims that staff have checked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from accounts.models import Member
from directory.codes import BusinessType
from directory.models import Category, Company, Verification
from marketplace.seed.catalogue import BUYER, SELLER, Firm, lasting_slug, rng_for
from marketplace.seed.drawings import draw_logo
from marketplace.seed.files import keep_file
from offerboard.models import Lead

Claim = Verification.Claim
MOST_INDUSTRIES = 4
# The demo's own two show every claim: how many days ago it was checked; the last visit has lapsed.
SHOWN_CLAIMS = {Claim.IDENTITY: 255, Claim.ADDRESS: 234, Claim.REGISTRY: 255, Claim.SITE_VISIT: 749}
# What staff write under "how it was checked", and for how many days each claim holds.
METHODS: dict[str, tuple[int, tuple[str, ...]]] = {
    Claim.IDENTITY: (
        365,
        (
            "Business registry extract, not older than three months",
            "Registry extract and video call with a director",
            "Trade licence and identity document of a director",
        ),
    ),
    Claim.ADDRESS: (365, ("Letter with a code, returned", "Utility bill and picture of the gate")),
    Claim.REGISTRY: (365, ("VAT number, form and register lookup", "Tax number, confirmed by the authority’s page")),
    Claim.SITE_VISIT: (730, ("Visit by the operator’s agent", "Visit by an inspection company, report on file")),
}


def seed_companies(firms: Sequence[Firm], *, seed: int, now: datetime) -> dict[str, Company]:
    """One listed company for each firm, by the firm's key; all joined before the first lead was posted."""
    rows = {firm.key: _company(firm, rng_for(seed, "company", firm.key), now) for firm in firms}
    Company.objects.bulk_create(rows.values())
    _file_under_industries(firms, rows)
    return rows


def seed_verifications(
    firms: Sequence[Firm], companies: dict[str, Company], *, verifier: Member, seed: int, now: datetime
) -> None:
    """Dated claims for most companies: some have several, some have lapsed, some companies have none."""
    Verification.objects.bulk_create(
        Verification(
            company=companies[firm.key],
            claim=claim,
            method=rng.choice(METHODS[claim][1]),
            verifier=verifier,
            checked_at=checked_at,
            valid_until=checked_at + timedelta(days=METHODS[claim][0]),
        )
        for firm in firms
        for rng in [rng_for(seed, "claims", firm.key)]
        for claim, checked_at in _claims(firm, rng, companies[firm.key].created_at, now)
    )


def _company(firm: Firm, rng: Random, now: datetime) -> Company:
    joined_at = now - timedelta(
        days=1100 if firm.key in (SELLER, BUYER) else rng.randint(62, 900), minutes=rng.randint(0, 1439)
    )
    logo = ""
    if rng.random() < 0.88:  # the others show their initials
        logo = keep_file("logos", draw_logo(firm.emblem, firm.colour), owner=firm.key)
    return Company(
        slug=lasting_slug(firm.latin_name, fallback="company", rng=rng),
        legal_name=firm.name,
        trade_name=firm.trade_name,
        description=firm.about,
        country=firm.country,
        region=firm.region,
        city=firm.city,
        postal_code=firm.postal_code,
        address=firm.address,
        phone=firm.phone.replace(" ", ""),
        website=f"https://www.{firm.key}.example.com/",
        business_types=list(firm.business_types),
        headcount_band=firm.headcount,
        turnover_band=firm.turnover,
        year_established=firm.since,
        main_markets=list(firm.markets),
        languages=list(firm.languages),
        logo=logo,
        state=Company.State.LISTED,
        created_at=joined_at,
        updated_at=joined_at + (now - joined_at) * rng.random(),
    )


def _file_under_industries(firms: Sequence[Firm], companies: dict[str, Company]) -> None:
    """What a company sells; one that buys to sell again is filed under what it looks for as well."""
    categories = {category.slug: category for category in Category.objects.all()}
    through = Company.industries.through
    through.objects.bulk_create(
        through(company=companies[firm.key], category=categories[slug])
        for firm in firms
        for slug in list(dict.fromkeys(_trades(firm)))[:MOST_INDUSTRIES]
    )


def _trades(firm: Firm) -> list[str]:
    resells = BusinessType.BUYER in firm.business_types
    return [line.category for line in firm.lines if resells or line.kind == Lead.Kind.SELL_OFFER]


def _claims(firm: Firm, rng: Random, joined_at: datetime, now: datetime) -> list[tuple[str, datetime]]:
    """Which claims were checked and when, not before the company joined."""
    if firm.key in (SELLER, BUYER):
        return [(claim, now - timedelta(days=days)) for claim, days in SHOWN_CLAIMS.items()]
    fate = rng.random()
    if fate > 0.78:
        return []
    claims: list[str] = [Claim.IDENTITY]
    claims += [claim for claim in (Claim.ADDRESS, Claim.REGISTRY, Claim.SITE_VISIT) if rng.random() < 0.4]
    oldest = min((now - joined_at).days, 330)
    checked = [(claim, now - timedelta(days=rng.randint(1, oldest), hours=rng.randint(0, 9))) for claim in claims]
    if fate > 0.68 and (now - joined_at).days > 420:  # nobody asked for the check again
        checked[0] = (Claim.IDENTITY, now - timedelta(days=rng.randint(366, 415)))
    return checked
