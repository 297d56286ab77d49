"""Handing contacts to those to whom their members said yes: each is asked about anew, each is written down."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from partners.models import Connection, PairwiseId, Partner
from partners.people import Person, people
from partners.person_fields import ON_PARTNER_SITES, PersonField
from privacy.datamap import Purpose, ReceiverKind
from privacy.models import ConsentLink, Disclosure
from privacy.purposes import CONNECTING, PARTNERS
from privacy.selectors.consents import who_agreed
from privacy.services.disclosing import disclose

EVERY_FIELD = frozenset(PersonField)
GOOD_FOR = timedelta(days=7)  # then a contact has to be read again, or go


@dataclass(frozen=True, slots=True)
class Contact:
    """A member as one partner may have them."""

    number: UUID
    companies: Collection[str]
    values: Mapping[PersonField, str]  # of what was agreed to, without what is empty
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """In the order of their numbers; `next_after` is the last one that was looked at, None on the last page."""

    contacts: Sequence[Contact]
    next_after: UUID | None


def contacts_page(
    *,
    partner: Partner,
    after: UUID | None,
    most: int,
    wanted: Collection[str] = EVERY_FIELD,
    clock: Callable[[], datetime] = timezone.now,
) -> ContactsPage:
    """Hand over those who agreed, with the fields that are wanted: what nobody asks for is not given.

    Whoever takes the yes back from now on finds this in the log of what was given. The first page gives numbers to
    those who have agreed since the last time. Raises the kinds of privacy.services.disclosing.Refused.
    """
    with transaction.atomic():
        if after is None:
            _give_numbers(partner, now=clock())
        rows = PairwiseId.objects.known().filter(partner=partner).order_by("pk")
        found = list((rows if after is None else rows.filter(pk__gt=after))[: most + 1])
        page, has_more = found[:most], len(found) > most
        return ContactsPage(_hand_over(partner, page, wanted=wanted, clock=clock), page[-1].pk if has_more else None)


def one_contact(
    *,
    partner: Partner,
    number: UUID,
    wanted: Collection[str] = EVERY_FIELD,
    clock: Callable[[], datetime] = timezone.now,
) -> Contact | None:
    """The same for one; None for whom it may not have, or not any more."""
    with transaction.atomic():
        row = PairwiseId.objects.known().filter(partner=partner, pk=number).first()
        return next(iter(_hand_over(partner, [row], wanted=wanted, clock=clock)), None) if row else None


def _give_numbers(partner: Partner, *, now: datetime) -> None:
    agreed = who_agreed(why=purpose_for(partner), to=partner.receiver.name, at=now)
    have = PairwiseId.objects.known().filter(partner=partner).values_list("member_id", flat=True)
    PairwiseId.objects.bulk_create(
        [PairwiseId(partner=partner, member_id=member, given_at=now) for member in sorted(agreed - set(have))],
        ignore_conflicts=True,
    )


def _hand_over(
    partner: Partner, rows: Collection[PairwiseId], *, wanted: Collection[str], clock: Callable[[], datetime]
) -> list[Contact]:
    """Ask about each once nobody can take back a yes unseen: whoever says no now waits for this transaction.

    So the clock is read after the rows are held.
    """
    numbers = {row.member_id: row.pk for row in rows if row.member_id is not None}
    list(ConsentLink.objects.select_for_update().filter(member__in=numbers).order_by("pk"))
    now = clock()
    agreed = who_agreed(members=numbers, why=purpose_for(partner), to=partner.receiver.name, at=now)
    may_have = _what_they_agreed_to(partner, agreed)
    found = [
        Contact(numbers[one.number], one.companies, _only(one, {*may_have[one.number]} & {*wanted}), now + GOOD_FOR)
        for one in people().find(agreed)
        if one.number in may_have and (one.companies or partner.receiver.kind == ReceiverKind.CONNECTED)
    ]
    _write_down(partner, found, {number: member for member, number in numbers.items()}, now=now)
    return sorted(found, key=lambda one: one.number)


def _what_they_agreed_to(partner: Partner, members: Collection[int]) -> Mapping[int, Collection[str]]:
    if partner.receiver.kind == ReceiverKind.CONNECTED:
        connections = Connection.objects.filter(service__partner=partner, member__in=members)
        return dict(connections.values_list("member_id", "fields"))
    return dict.fromkeys(members, ON_PARTNER_SITES)


def _only(person: Person, fields: Collection[str]) -> Mapping[PersonField, str]:
    return {field: value for field, value in person.values.items() if field in fields}


def _write_down(partner: Partner, found: Collection[Contact], members: Mapping[UUID, int], *, now: datetime) -> None:
    """One statement for all who give the same."""
    alike: dict[frozenset[PersonField], list[int]] = defaultdict(list)
    for contact in found:
        alike[frozenset(contact.values)].append(members[contact.number])
    for fields, some in alike.items():
        if fields:
            disclose(
                members=some,
                receiver=partner.receiver,
                purpose=purpose_for(partner),
                columns=[people().columns[field] for field in fields],
                ground=Disclosure.Ground.AGREED,
                now=now,
            )


def purpose_for(partner: Partner) -> Purpose:
    """What its contacts are for: a site shows them, a service works for the member who connected it."""
    return CONNECTING if partner.receiver.kind == ReceiverKind.CONNECTED else PARTNERS
