"""Rows of threads: who wrote to whom about which lead, what they said, and how far it was read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from babel import Locale
from babel.numbers import format_currency, format_decimal

from directory.models import Company
from marketplace.seed.catalogue import BUYER, SELLER, Offer, rng_for
from marketplace.seed.pairings import Pairing, pair_up
from marketplace.seed.people import People
from offerboard.codes import UNITS
from offerboard.models import Inquiry, Lead, Message, ReadMark
from offerboard.services.inquiries import disclose_letter
from privacy.masking import mask_contacts

UNREAD_SHARE = 0.35


def seed_conversations(
    leads: Mapping[Offer, Lead], companies: Mapping[str, Company], people: People, *, seed: int, now: datetime
) -> None:
    """Up to 40 threads of one to five messages about public leads, fewer where few leads are."""
    public = {offer: lead for offer, lead in leads.items() if lead.is_public(at=now)}
    threads: list[Inquiry] = []
    messages: list[Message] = []
    marks: list[ReadMark] = []
    for pairing in pair_up(list(public), seed=seed):
        rng = rng_for(seed, "thread", pairing.asker.key, pairing.owner.key, pairing.offer.key if pairing.offer else "")
        lead = public[pairing.offer] if pairing.offer else None
        times = _times(len(pairing.script.turns), lead.posted_at if lead else None, rng, now)
        thread = Inquiry(
            id=UUID(int=rng.getrandbits(128), version=4),
            sender=companies[pairing.asker.key],
            recipient=companies[pairing.owner.key],
            lead=lead,
            subject=lead.title if lead else f"Working with {pairing.owner.latin_name}",
            started_at=times[0],
            last_message_at=times[-1],
        )
        written = list(_messages(thread, pairing, times, people, rng))
        threads.append(thread)
        messages += written
        marks += _marks(thread, pairing, written, people, rng)
    Inquiry.objects.bulk_create(threads)
    Message.objects.bulk_create(messages)
    ReadMark.objects.bulk_create(marks)
    for message in messages:
        disclose_letter(message)


def _times(count: int, posted_at: datetime | None, rng: Random, now: datetime) -> list[datetime]:
    """When the turns were written: after the lead was posted, hours or days apart, all of them past."""
    span = min(now - posted_at if posted_at else timedelta(days=20), timedelta(days=3 * count + 2))
    shares = sorted(rng.uniform(0.12, 0.94) for _ in range(count))
    return [now - span * (1 - share) for share in shares]


def _messages(
    thread: Inquiry, pairing: Pairing, times: Sequence[datetime], people: People, rng: Random
) -> Iterator[Message]:
    asker, owner = (rng.choice(people.writers(firm.key)) for firm in (pairing.asker, pairing.owner))
    words = {"asker": asker.name, "owner": owner.name, **_words(pairing)}
    for place, (turn, sent_at) in enumerate(zip(pairing.script.turns, times, strict=True)):
        yield Message(
            inquiry=thread,
            company=thread.recipient if place % 2 else thread.sender,
            author=owner if place % 2 else asker,
            submission=UUID(int=rng.getrandbits(128), version=4),
            text=mask_contacts(turn.format(**words)),
            sent_at=sent_at,
        )


def _words(pairing: Pairing) -> dict[str, str]:
    words = {
        "place": pairing.asker.city,
        "country": Locale("en").territories[pairing.asker.country],
        "owner_place": pairing.owner.city,
    }
    if pairing.offer:
        line, lot = pairing.offer.line, pairing.offer.lot
        unit = UNITS[line.unit]
        words["goods"] = line.goods
        words["quantity"] = f"{format_decimal(lot.quantity, locale='en')} {unit.beside(lot.quantity)}"
        if lot.price:
            words["price"] = f"{_money(lot.price, line.currency)} per {unit.singular}"
            words["lower"] = f"{_money(lot.price * Decimal('0.97'), line.currency)} per {unit.singular}"
    return words


def _money(amount: Decimal, currency: str) -> str:
    """Three figures that count are enough for a price in a letter: "USD 4,055"."""
    digits = max(0, 3 - amount.adjusted() - 1)
    return format_currency(round(amount, digits), currency, "¤¤ #,##0.####", locale="en", currency_digits=False)


def _marks(
    thread: Inquiry, pairing: Pairing, written: Sequence[Message], people: People, rng: Random
) -> Iterator[ReadMark]:
    """Who wrote has read; of the others some have not come to the last message yet, as the demo's people have not."""
    last = written[-1]
    for firm, company in ((pairing.asker, thread.sender), (pairing.owner, thread.recipient)):
        waits = last.company != company and (rng.random() < UNREAD_SHARE or firm.key in (SELLER, BUYER))
        seen = [message for message in written if not waits or message != last]
        if seen:
            for member in people.teams[firm.key]:
                yield ReadMark(inquiry=thread, member=member, read_at=seen[-1].sent_at)
