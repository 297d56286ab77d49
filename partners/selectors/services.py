"""Services as a member sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db.models import Max
from django.utils.text import capfirst

from partners.models import ConnectedService, Connection, PairwiseId
from partners.person_fields import PersonField
from privacy.models import Disclosure
from privacy.purposes import CONNECTING


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service; `since` is None where it is not connected, `read_on` where it has read nothing yet."""

    service: ConnectedService
    name: str
    country: str
    host: str
    gets: Sequence[Any]
    since: datetime | None = None
    read_on: date | None = None
    wants_more: bool = False  # it asks for something else by now, and gets what was agreed to

    @property
    def slug(self) -> str:
        """In addresses."""
        return self.service.partner.slug


def services_of(*, member: Any, at: datetime) -> list[ServiceRow]:
    """Those that are connected, then those that can be. Three queries."""
    connections = {one.service_id: one for one in Connection.objects.filter(member=member)}
    offered = ConnectedService.objects.offered(on=at.date()).values("pk")
    known = ConnectedService.objects.filter(pk__in=[*connections, *offered.values_list("pk", flat=True)])
    read = _read_on(member)
    rows = [
        service_row(one, connection=connections.get(one.pk), read_on=read.get(f"receiver:{one.partner.receiver_id}"))
        for one in known.select_related("partner__receiver").order_by("partner__receiver__name")
    ]
    return sorted(rows, key=lambda row: row.since is None)


def service_row(service: ConnectedService, *, connection: Connection | None, read_on: date | None = None) -> ServiceRow:
    """What a connection lets it have, or else what it asks for."""
    fields = connection.fields if connection else service.fields
    return ServiceRow(
        service=service,
        name=service.partner.receiver.name,
        country=service.partner.receiver.country.name,
        host=urlsplit(service.return_url).hostname or "",
        gets=[capfirst(PersonField(one).label) for one in fields],
        since=connection.begun_at if connection else None,
        read_on=read_on,
        wants_more=connection is not None and not set(service.fields) <= set(fields),
    )


def onward_url(service: ConnectedService, *, member: Any, state: str) -> str:
    """Where the member goes on: with the number under which the service can ask, or with a no (RFC 6749, 4.1.2.1)."""
    number = PairwiseId.objects.filter(partner=service.partner_id, member=member).values_list("pk", flat=True).first()
    is_connected = Connection.objects.filter(service=service, member=member).exists()
    said = {"contact": str(number)} if is_connected else {"error": "access_denied"}
    parts = urlsplit(service.return_url)
    query = "&".join(filter(None, [parts.query, urlencode(said | ({"state": state} if state else {}))]))
    return urlunsplit(parts._replace(query=query))


def _read_on(member: Any) -> dict[str, date]:
    read = Disclosure.objects.of(member.pk).filter(purpose=CONNECTING.key).order_by()
    return dict(read.values_list("receiver_key").annotate(Max("day")))
