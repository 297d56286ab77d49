"""Rows of leads: what they say, how long they ran, and what became of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.utils.text import slugify

from directory.slugs import READABLE_LENGTH
from marketplace.seed.scale.copying import NULL
from marketplace.seed.scale.plan import Plan, Trader, short_code
from marketplace.seed.scale.texts import Terms, Writer
from marketplace.seed.scale.words import Zipf, one_of
from offerboard.models import Lead

State = Lead.State
COLUMNS = (
    *("id", "submission", "slug", "rank", "company_id", "posted_by_id", "kind", "title", "description", "category_id"),
    *("category_path", "hs_code", "quantity", "unit", "price", "price_on_request", "currency", "incoterm", "place"),
    *("payment_terms", "condition", "origin", "country", "language", "brand", "model", "destinations", "samples"),
    *("packaging", "lead_time_days", "valid_days", "state", "holds", "rejection", "created_at", "updated_at"),
    *("posted_at", "expires_at", "renewals"),
)
FORGOTTEN = timedelta(days=90)  # after expiry, when the sweep closes a lead
_VALID_DAYS = (30, 30, 30, 30, 30, 60, 60, 60, 60, 60, 90, 90, 90, 90, 90, 180, 180, 180, 365, 365)
# Of a thousand leads, those that are not simply published; the rest expires in time.
_FATES = ((15, State.DRAFT), (20, State.PENDING), (32, State.REJECTED), (52, State.PAUSED), (80, State.CLOSED))
_REJECTION = "The price stands for another quantity than the one in the title."


def lead_rows(plan: Plan) -> Iterator[str]:
    """A line for each lead, in the order in which they were posted."""
    rng = plan.rng("leads")
    writer = Writer(rng)
    traders = Zipf(plan.traders, exponent=0.8)
    back = max(plan.leads // 20, 1)  # a renewed lead is older by so many others than its place says
    for place in range(plan.leads):
        trader = traders.pick(rng)
        renewed = place >= back and rng.random() < 0.06
        number = plan.first_lead + (2 * (place - back) + 1 if renewed else 2 * place)
        posted_at = plan.posted_at(place)
        yield _row(plan, writer, trader, place=place, number=number, posted_at=posted_at, renewed=renewed)


def _row(
    plan: Plan, writer: Writer, trader: Trader, *, place: int, number: int, posted_at: datetime, renewed: bool
) -> str:
    rng = writer.rng
    terms = writer.terms(trader, place_age=(plan.now - posted_at).days)
    valid_days = one_of(rng, _VALID_DAYS)
    expires_at = posted_at + timedelta(days=valid_days)
    state = _state(rng, expires_at, plan.now)
    posted = state not in (State.DRAFT, State.PENDING)
    written_for = timedelta(minutes=5 + rng.random() * 600, days=20 + int(rng.random() * 40) if renewed else 0)
    created_at = posted_at - written_for
    return "\t".join(
        (
            str(number),
            str(UUID(int=rng.getrandbits(128), version=4)),
            _slug(terms.title, place),
            str(plan.rank(place, posted_at)) if posted else NULL,
            str(trader.id),
            str(trader.owner),
            *_content(terms),
            *(trader.country, terms.language, terms.brand, terms.model, terms.destinations, terms.samples),
            *(terms.packaging, terms.lead_time_days, str(valid_days), state.value),
            _holds(rng, trader),
            _REJECTION if state == State.REJECTED else "",
            created_at.isoformat(),
            (posted_at if posted else created_at).isoformat(),
            posted_at.isoformat() if posted else NULL,
            expires_at.isoformat() if posted else NULL,
            "1" if renewed else "0",
        )
    )


def _content(terms: Terms) -> tuple[str, ...]:
    shelf = terms.shelf
    return (
        terms.kind,
        terms.title,
        terms.description,
        str(shelf.id),
        "{%d,%d}" % shelf.path,  # noqa: UP031  # the shortest way to write an array
        terms.hs_code,
        terms.quantity,
        terms.unit,
        terms.price or NULL,
        "f" if terms.price else "t",
        terms.currency,
        terms.incoterm,
        terms.place,
        terms.payment_terms,
        terms.condition,
        terms.origin,
    )


def _state(rng: Random, expires_at: datetime, now: datetime) -> State:
    chance = rng.random() * 1000
    state = next((state for limit, state in _FATES if chance < limit), State.PUBLISHED)
    if state in (State.PUBLISHED, State.PAUSED) and expires_at + FORGOTTEN <= now:
        return State.CLOSED
    return state


def _holds(rng: Random, trader: Trader) -> str:
    holds = [] if trader.listed else ["company"]
    if rng.random() < 0.003:
        holds.append(Lead.Hold.MODERATION.value)
    return "{" + ",".join(holds) + "}"


def _slug(title: str, place: int) -> str:
    readable = slugify(title)[:READABLE_LENGTH].strip("-") or "lead"
    return f"{readable}-{short_code(place)}"
