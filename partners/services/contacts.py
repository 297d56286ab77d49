"""Handing contacts to those to whom their members said yes: each is asked about anew, each is written down."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from partners.models import ConnectedService, Connection, PairwiseId, Partner
from partners.people import Person, people
from partners.person_fields import ON_PARTNER_SITES, PersonField
from partners.terms import terms_of
from privacy.datamap import Purpose, ReceiverKind
from privacy.models import ConsentLink, Disclosure
from privacy.purposes import CONNECTING, PARTNERS
from privacy.selectors.consents import who_agreed
from privacy.services.disclosing import disclose

COMPANIES = "companies"  # for which somebody stands: a column of the log like the fields
EVERY_FIELD = frozenset({*PersonField, COMPANIES})
BATCH = 1_000  # people
GOOD_FOR = timedelta(days=7)  # then a contact has to be read again, or go


@dataclass(frozen=True, slots=True)
class Contact:
    """A member as one partner may have them."""

    number: UUID
    companies: Collection[str]
    values: Mapping[PersonField, str]  # of what was agreed to and wanted; "" where the person has left it empty
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

    Who is on the page follows from the yes alone, so that it tells nothing of what a person has left empty, and does
    not change with the fields. Whoever takes the yes back from now on finds this in the log of what was given. The
    first page gives numbers to those who have agreed since the last time. Raises the kinds of
    privacy.services.disclosing.Refused.
    """
    _refuse_unannounced(partner, now=clock())
    if after is None and _is_site(partner):  # a connection has its number from the first
        _give_numbers(partner, now=clock())
    with transaction.atomic():
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
    _refuse_unannounced(partner, now=clock())
    with transaction.atomic():
        row = PairwiseId.objects.known().filter(partner=partner, pk=number).first()
        return next(iter(_hand_over(partner, [row], wanted=wanted, clock=clock)), None) if row else None


def _refuse_unannounced(partner: Partner, *, now: datetime) -> None:
    """Also where nobody is to be given: an empty list would say that the rest is in order."""
    _disclose(partner, [], ON_PARTNER_SITES, with_companies=_is_site(partner), now=now)


def _give_numbers(partner: Partner, *, now: datetime) -> None:
    """To those who have agreed since the last time, so many at once that nobody's answer waits long."""
    agreed = who_agreed(why=PARTNERS, to=partner.receiver.name, at=now)
    have = PairwiseId.objects.known().filter(partner=partner).values_list("member_id", flat=True)
    new = sorted(agreed - set(have))
    for at in range(0, len(new), BATCH):
        some = new[at : at + BATCH]
        with transaction.atomic():
            _hold_consents(some)  # a number that is made beside a no would outlive it
            still = who_agreed(members=some, why=PARTNERS, to=partner.receiver.name, at=now)
            PairwiseId.objects.bulk_create(
                [PairwiseId(partner=partner, member_id=member, given_at=now) for member in sorted(still)],
                ignore_conflicts=True,
            )


def _hold_consents(members: Collection[int]) -> None:
    """Until the end of the transaction nobody of these takes anything back."""
    list(ConsentLink.objects.select_for_update().filter(member__in=members).order_by("pk"))


def _hand_over(
    partner: Partner, rows: Collection[PairwiseId], *, wanted: Collection[str], clock: Callable[[], datetime]
) -> list[Contact]:
    """Ask about each once nobody can take back a yes unseen: whoever says no now waits for this transaction.

    So the clock is read after the rows are held.
    """
    numbers = {row.member_id: row.pk for row in rows if row.member_id is not None}
    _hold_consents(numbers)
    now = clock()
    agreed = who_agreed(members=numbers, why=purpose_for(partner), to=partner.receiver.name, at=now)
    may_have = _what_they_agreed_to(partner, agreed)
    is_site = _is_site(partner)
    with_companies = is_site and COMPANIES in wanted
    found = [
        Contact(
            numbers[one.number],
            one.companies if with_companies else (),
            _only(one, {*may_have[one.number]} & {*wanted}),
            now + GOOD_FOR,
        )
        for one in people().find([member for member in agreed if may_have.get(member)])
        if one.companies or not is_site
    ]
    members = {number: member for member, number in numbers.items()}
    _write_down(partner, found, members, with_companies=with_companies, now=now)
    return sorted(found, key=lambda one: one.number)


def _what_they_agreed_to(partner: Partner, members: Collection[int]) -> Mapping[int, Collection[str]]:
    if not _is_site(partner):
        service = (
            ConnectedService.objects.select_related("partner__receiver").filter(partner=partner, is_on=True).first()
        )
        if service is None:
            return {}
        connections = Connection.objects.filter(service=service, terms=terms_of(service), member__in=members)
        return {one.member_id: set(one.fields) & set(service.fields) for one in connections}
    return dict.fromkeys(members, ON_PARTNER_SITES)


def _only(person: Person, fields: Collection[str]) -> Mapping[PersonField, str]:
    return {field: person.values.get(field, "") for field in PersonField if field in fields}


def _write_down(
    partner: Partner,
    found: Collection[Contact],
    members: Mapping[UUID, int],
    *,
    with_companies: bool,
    now: datetime,
) -> None:
    """One statement for all of whom the same is told; that something is empty is told too."""
    alike: dict[frozenset[PersonField], list[int]] = defaultdict(list)
    for contact in found:
        alike[frozenset(contact.values)].append(members[contact.number])
    for fields, some in alike.items():
        if fields or with_companies:  # else a number alone was given, which is nothing of the person
            _disclose(partner, some, fields, with_companies=with_companies, now=now)


def _disclose(
    partner: Partner,
    members: Collection[int],
    fields: Collection[PersonField],
    *,
    with_companies: bool,
    now: datetime,
) -> None:
    company = [people().company_column] if with_companies else []
    disclose(
        members=members,
        receiver=partner.receiver,
        purpose=purpose_for(partner),
        columns=[*(people().columns[field] for field in fields), *company],
        ground=Disclosure.Ground.AGREED,
        now=now,
    )


def purpose_for(partner: Partner) -> Purpose:
    """What its contacts are for: a site shows them, a service works for the member who connected it."""
    return PARTNERS if _is_site(partner) else CONNECTING


def _is_site(partner: Partner) -> bool:
    return partner.receiver.kind != ReceiverKind.CONNECTED
