"""Services as a member sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Max, Q

from partners.claims import way_back
from partners.models import ConnectedService, Connection, PairwiseId
from partners.terms import Row, labels_of, rows_of, terms_of, version_of
from privacy.consents import name_in
from privacy.models import Disclosure
from privacy.purposes import CONNECTING


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service; `since` is None where it is not connected, `read_on` where it has read nothing yet."""

    service: ConnectedService
    name: str
    gets: Sequence[str]
    since: datetime | None = None
    read_on: date | None = None
    holds: bool = True  # what was agreed to is still what the service says of itself; else it gets nothing
    wants_more: bool = False  # and gets what was agreed to

    @property
    def slug(self) -> str:
        """In addresses."""
        return self.service.partner.slug


@dataclass(frozen=True, slots=True)
class ServicePage:
    """What a member decides about: `rows` are the words of the yes."""

    row: ServiceRow
    rows: Sequence[Row]
    version: str
    is_offered: bool
    asks: bool  # whether there is something to say yes to
    host: str
    onward: str  # "" where no visit of the service's brought the member here


def services_of(*, member: Any, at: datetime) -> list[ServiceRow]:
    """Those that are connected, then those that can be. Four queries."""
    connections = {one.service_id: one for one in Connection.objects.filter(member=member)}
    offered = ConnectedService.objects.offered(on=at.date())
    known = ConnectedService.objects.filter(Q(pk__in=connections) | Q(pk__in=offered.values("pk")))
    read = _read_on(member)
    rows = [
        _row(one, connections.get(one.pk), read_on=read.get(f"receiver:{one.partner.receiver_id}"))
        for one in known.select_related("partner__receiver").order_by("partner__receiver__name")
    ]
    return sorted(rows, key=lambda row: row.since is None)


def service_page(service: ConnectedService, *, member: Any, state: str, at: datetime) -> ServicePage | None:
    """None for one that is neither connected nor offered. Four queries at most."""
    connection = Connection.objects.filter(service=service, member=member).first()
    is_offered = ConnectedService.objects.offered(on=at.date()).filter(pk=service.pk).exists()
    if connection is None and not is_offered:
        return None
    row = _row(service, connection)
    asks = is_offered and (connection is None or row.wants_more or not row.holds)
    rows = rows_of(service, fields=service.fields if asks or connection is None else connection.fields)
    return ServicePage(
        row=row,
        rows=[(heading, [name_in(line) or line for line in lines]) for heading, lines in rows],
        version=version_of(service),
        is_offered=is_offered,
        asks=asks,
        host=urlsplit(service.return_url).hostname or "",
        onward=_onward(service, connection, member=member, state=state) if state else "",
    )


def _row(service: ConnectedService, connection: Connection | None, *, read_on: date | None = None) -> ServiceRow:
    fields = set(service.fields) & set(connection.fields) if connection else set(service.fields)
    return ServiceRow(
        service=service,
        name=service.partner.receiver.name,
        gets=labels_of(fields),
        since=connection.begun_at if connection else None,
        read_on=read_on,
        holds=connection is None or connection.terms == terms_of(service),
        wants_more=connection is not None and not set(service.fields) <= set(connection.fields),
    )


def _onward(service: ConnectedService, connection: Connection | None, *, member: Any, state: str) -> str:
    number = None
    if connection is not None:
        own = PairwiseId.objects.filter(partner=service.partner_id, member=member)
        number = own.values_list("pk", flat=True).first()
    return way_back(service, number=number, state=state)


def _read_on(member: Any) -> dict[str, date]:
    read = Disclosure.objects.of(member.pk).filter(purpose=CONNECTING.key).order_by()
    return dict(read.values_list("receiver_key").annotate(Max("day")))
