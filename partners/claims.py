"""How a service learns which contact a browser at its door is: by a code that is good for minutes and for one visit.

The number itself would be good for ever: whoever once saw it could bind another's contact to an account of theirs. A
code is made for the `state` of one visit (as of RFC 6749, 10.12), and opens nothing without the service's own key.
"""

from datetime import timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.core import signing

from partners.models import ConnectedService, Partner

GOOD_FOR = timedelta(minutes=10)


class NotItsCode(ValueError):
    """We never made it, or for another service or another state, or its time is over."""


def way_back(service: ConnectedService, *, number: UUID | None, state: str) -> str:
    """The service's address with a code, or with a no (RFC 6749, 4.1.2.1)."""
    said = {"error": "access_denied"} if number is None else {"code": _signer(service.partner, state).sign(number.hex)}
    parts = urlsplit(service.return_url)
    query = "&".join(filter(None, [parts.query, urlencode({**said, "state": state})]))
    return urlunsplit(parts._replace(query=query))


def number_of(code: str, *, partner: Partner, state: str) -> UUID:
    """For whom the code was made. Raises NotItsCode."""
    try:
        return UUID(_signer(partner, state).unsign(code, max_age=GOOD_FOR))
    except signing.BadSignature as error:
        raise NotItsCode from error


def _signer(partner: Partner, state: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"partners.claims {partner.pk} {state}")
