"""Companies by the thousand, each with its owner: a few well known, most with little to offer."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import phonenumbers
from allauth.account.models import EmailAddress
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from accounts.models import Member
from directory.categories import LEAVES
from directory.codes import BusinessType, HeadcountBand, TurnoverBand
from directory.models import Category, Company, TeamMember, Verification
from marketplace.seed.scale.copying import as_text, copy_rows
from marketplace.seed.scale.plan import DAYS, LEADS_PER_COMPANY, Plan, Shelf, Trader, short_code
from marketplace.seed.scale.words import Zipf, scale_data, tail_words

DOMAIN = "scale.example.com"  # of the owners' mailboxes, which nobody reads
_FORMS = {"CN": "Co., Ltd.", "DE": "GmbH", "US": "Inc.", "GB": "Ltd", "IT": "S.r.l.", "ES": "S.L.", "FR": "SARL"}
_TRADES = ("Trading", "Industries", "Exports", "Works", "Supply", "Foods", "Materials", "Group", "Agency", "Mills")
_ABOUT = (
    "{name} has worked from {city} since {since}. We make and trade {goods}, for importers and for the home market.",
    "Family firm in {city}. {goods} are our trade; we load containers every week and answer within a day.",
    "{name} buys from producers around {city} and ships {goods} to {count} countries; our people check every lot.",
)
_COLUMNS = (
    *("id", "slug", "legal_name", "description", "country", "city", "address", "phone", "business_types"),
    *("headcount_band", "turnover_band", "year_established", "main_markets", "languages", "state"),
    *("created_at", "updated_at"),
)


@cache
def countries() -> Zipf[dict[str, Any]]:
    """Where companies are: `code`, `cities` and, where it is not English, `language`."""
    return Zipf(scale_data()["country"], exponent=0.9)


def shelves() -> Zipf[Shelf]:
    """The leaves of the category tree, in an order of their own that is the same on every machine."""
    found = [
        Shelf(leaf.pk, (leaf.parent_id or 0, leaf.pk), leaf.slug, leaf.parent.slug, leaf.name, LEAVES[leaf.slug].hs)
        for leaf in Category.objects.leaves().filter(slug__in=LEAVES).select_related("parent")
        if leaf.parent is not None and leaf.parent.slug in scale_data()["trade"]
    ]
    return Zipf(sorted(found, key=lambda shelf: Random(shelf.slug).random()), exponent=0.7)  # noqa: S311  # an order


def plan_traders(*, number: int, leads: int) -> list[Trader]:
    """So many companies as so many leads need, numbered on from those in the database."""
    first, owner = _next_id(Company), _next_id(Member)
    rng = Random(f"scale/{number}/traders")  # noqa: S311  # the same at every seeding is the point
    all_shelves = shelves()
    traders = []
    for place in range(max(leads // LEADS_PER_COMPANY, 8)):
        country = countries().pick(rng)
        own = {all_shelves.pick(rng) for _ in range(rng.choice((1, 1, 2, 3, 5)))}
        traders.append(
            Trader(
                first + place,
                owner + place,
                country["code"],
                rng.choice(country["cities"]),
                country.get("language", ""),
                tuple(sorted(own, key=lambda shelf: shelf.slug)),
                place % 60 != 30,
            )
        )
    return traders


def seed_traders(cursor: CursorWrapper, plan: Plan) -> None:
    """Write companies, owners, addresses, teams and claims."""
    rng = plan.rng("companies")
    joined = [plan.now - timedelta(days=DAYS + rng.randint(5, 900), minutes=rng.randint(0, 1439)) for _ in plan.traders]
    copy_rows(cursor, Company, _COLUMNS, _companies(plan, joined))
    people = list(zip(plan.traders, joined, strict=True))
    copy_rows(
        cursor,
        Member,
        ("id", "email", "full_name", "password", "country", "joined_at", "adult_declared_at", "accuracy_declared_at"),
        (
            _line(trader.owner, _email(plan, trader), "A. Trader", "!nobody", trader.country, at, at, at)
            for trader, at in people
        ),
    )
    addresses = _next_id(EmailAddress)
    copy_rows(
        cursor,
        EmailAddress,
        ("id", "user_id", "email", "verified", "primary"),
        (
            _line(addresses + place, trader.owner, _email(plan, trader), True, True)
            for place, trader in enumerate(plan.traders)
        ),
    )
    teams = _next_id(TeamMember)
    copy_rows(
        cursor,
        TeamMember,
        ("id", "company_id", "member_id", "role", "joined_at"),
        (
            _line(teams + place, trader.id, trader.owner, TeamMember.Role.OWNER.value, at)
            for place, (trader, at) in enumerate(people)
        ),
    )
    columns = ("id", "company_id", "claim", "method", "checked_at", "valid_until")
    copy_rows(cursor, Verification, columns, _claims(plan, first=_next_id(Verification)))


def _next_id(model: Any) -> int:
    return (model.objects.aggregate(last=Max("pk"))["last"] or 0) + 1


def _email(plan: Plan, trader: Trader) -> str:
    return f"owner-{trader.id - plan.traders[0].id}@{DOMAIN}"


def _line(*values: Any) -> str:
    return "\t".join(map(as_text, values))


def _companies(plan: Plan, joined: Sequence[datetime]) -> Iterator[str]:
    rng = plan.rng("profiles")
    for place, (trader, joined_at) in enumerate(zip(plan.traders, joined, strict=True)):
        word = tail_words().items[rng.randrange(len(tail_words().items))].title()
        name = f"{word} {rng.choice(_TRADES)} {_FORMS.get(trader.country, 'Ltd.')}"
        since = rng.randint(1950, joined_at.year)
        goods = " and ".join(shelf.name.lower() for shelf in trader.shelves)
        about = rng.choice(_ABOUT).format(
            name=name, city=trader.city, goods=goods, since=since, count=rng.randint(3, 60)
        )
        yield _line(
            trader.id,
            f"{word.lower()}-{short_code(place)}",
            name,
            about,
            trader.country,
            trader.city,
            f"{rng.randint(1, 240)} {tail_words().pick(rng).title()} Street",
            _telephone(trader.country),
            [rng.choice(BusinessType.values)],
            rng.choice(HeadcountBand.values),
            rng.choice(TurnoverBand.values),
            since,
            sorted({countries().pick(rng)["code"] for _ in range(3)}),
            sorted({"en", trader.language or "en"}),
            Company.State.LISTED if trader.listed else Company.State.HIDDEN,
            joined_at,
            joined_at,
        )


@cache
def _telephone(country: str) -> str:
    """The number that its country keeps for examples."""
    number = phonenumbers.example_number(country)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if number else ""


def _claims(plan: Plan, *, first: int) -> Iterator[str]:
    """Four companies of ten have had their identity checked; of some the claim has lapsed."""
    rng = plan.rng("claims")
    for place, trader in enumerate(plan.traders):
        if rng.random() < 0.4:
            checked_at = plan.now - timedelta(days=rng.randint(5, 450))
            claim = Verification.Claim.IDENTITY.value
            valid_until = checked_at + timedelta(days=365)
            yield _line(first + place, trader.id, claim, "Registry extract", checked_at, valid_until)
