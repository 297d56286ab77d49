"""The one way out for personal data: what may be given to whom is asked here, and what was given is written down.

Nothing else writes a Disclosure, and whoever hands personal data to somebody calls this in the same transaction.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from privacy import datamap
from privacy.datamap import NAMED, Basis, Purpose, ReceiverKind
from privacy.models import Disclosure, Receiver
from privacy.selectors.announced import Announced, announced
from privacy.selectors.consents import who_agreed
from privacy.snapshot import receivers_of

Ground = Disclosure.Ground

# On which grounds each kind of receiver may get anything. The public and one's own team read pages, and are not here.
GROUNDS: Mapping[ReceiverKind, Collection[Ground]] = {
    ReceiverKind.COUNTERPARTY: (Ground.MESSAGE, Ground.REVEALED, Ground.ORDER, Ground.AGREED),
    ReceiverKind.STAFF: (Ground.STAFF,),
    ReceiverKind.HOSTING: (Ground.SERVICE,),
    ReceiverKind.MAIL: (Ground.SERVICE,),
    ReceiverKind.PARTNER: (Ground.AGREED,),
    ReceiverKind.CONNECTED: (Ground.AGREED,),
    ReceiverKind.AUTHORITY: (Ground.LEGAL_ORDER, Ground.LEGAL_CLAIM),
    ReceiverKind.ADVISER: (Ground.LEGAL_CLAIM, Ground.SERVICE),
    ReceiverKind.INSURER: (Ground.LEGAL_CLAIM, Ground.SERVICE),
}
WITH_REASON = (Ground.STAFF, Ground.LEGAL_ORDER, Ground.LEGAL_CLAIM)
INSIDE = (ReceiverKind.COUNTERPARTY, ReceiverKind.STAFF)  # all others stand in the register


class Refused(Exception):
    """The data stays here and nothing is written; the kinds below say why."""


class UndeclaredPurpose(Refused):
    """The data map knows no such purpose."""


class PurposeNotInForce(Refused):
    """The policy that holds today does not announce the purpose."""


class UndeclaredReceiver(Refused):
    """The purpose names no receiver of this kind: nobody sells or lends data on the side."""


class UndeclaredColumn(Refused):
    """A column is not used for this purpose, or none was named."""


class KindNotInForce(Refused):
    """The policy that holds today does not announce this kind of receiver for the purpose."""


class ColumnNotInForce(Refused):
    """The policy that holds today does not announce a column for the purpose."""


class WrongGround(Refused):
    """The ground is not one of the closed list, or not one on which this kind of receiver may get data."""


class ReasonMissing(Refused):
    """The person is owed a reason in words."""


class NotAgreed(Refused):
    """Somebody of these people has not said yes to this receiver by its name, or has taken it back."""


class NotRegistered(Refused):
    """The receiver is not in the register, or its time has not begun or is over."""


class ReceiverNotInForce(Refused):
    """The policy that holds today does not name the receiver, or names it in another country or on another ground."""


@dataclass(frozen=True, slots=True)
class Party:
    """A receiver inside the market: a counterparty company, or somebody of the staff, who is named by the role."""

    kind: ReceiverKind
    key: str  # tells two of one name apart: “company:7”, “member:3”
    name: str
    country: str = ""  # ISO 3166-1 alpha-2


def disclose(
    *,
    members: Iterable[int],
    receiver: Party | Receiver,
    purpose: Purpose,
    columns: Iterable[str],
    ground: str,
    reason: str = "",
    now: datetime,
) -> None:
    """Record that the receiver gets these columns about these members, or refuse; ask before handing anything over.

    Columns are called as in “accounts.Member.phone”. The same pull again on the same day (UTC) leaves no second row;
    many members are one statement. Raises the kinds of Refused.
    """
    people, wanted = sorted(set(members)), sorted(set(columns))
    reason, day = reason.strip(), now.astimezone(UTC).date()
    kind, told = ReceiverKind(receiver.kind), announced(at=now)
    _refuse_undeclared(kind=kind, purpose=purpose, columns=wanted)
    _refuse_unannounced(told, kind=kind, purpose=purpose, columns=wanted)
    if ground not in GROUNDS.get(kind, ()):
        raise WrongGround(f"{kind} ← {ground}")
    if ground in WITH_REASON and not reason:
        raise ReasonMissing(ground)
    party = _known(receiver, told, on=day)
    if purpose.basis == Basis.CONSENT and ground == Ground.AGREED:
        _refuse_without_yes(people, purpose=purpose, to=party.name, at=now)
    rows = [
        Disclosure(
            member_id=member,
            receiver_kind=party.kind,
            receiver_key=party.key,
            receiver_name=party.name,
            receiver_country=party.country,
            purpose=purpose.key,
            columns=wanted,
            ground=ground,
            reason=reason,
            day=day,
            at=now,
        )
        for member in people
    ]
    Disclosure.objects.bulk_create(rows, ignore_conflicts=True)


def _refuse_undeclared(*, kind: ReceiverKind, purpose: Purpose, columns: Collection[str]) -> None:
    """Whatever any policy says: the code knows nothing else."""
    if datamap.purposes().get(purpose.key) is not purpose:
        raise UndeclaredPurpose(purpose.key)
    if kind not in receivers_of(purpose):
        raise UndeclaredReceiver(f"{purpose.key} → {kind}")
    held = {name for name, column in datamap.columns().items() if column.serves(purpose)}
    if not columns or not held.issuperset(columns):
        raise UndeclaredColumn(f"{purpose.key}: {', '.join(sorted(set(columns) - held))}")


def _refuse_without_yes(people: Collection[int], *, purpose: Purpose, to: str, at: datetime) -> None:
    agreed = who_agreed(members=people, why=purpose, to=to, at=at)
    if missing := set(people) - agreed:
        raise NotAgreed(f"{purpose.key} → {to}: {len(missing)} of {len(people)}")


def _refuse_unannounced(told: Announced, *, kind: ReceiverKind, purpose: Purpose, columns: Collection[str]) -> None:
    """What the code knows and people have not been told of."""
    if purpose.key not in told.purposes:
        raise PurposeNotInForce(purpose.key)
    if not told.allows_kind(purpose.key, kind):
        raise KindNotInForce(f"{purpose.key} → {kind}")
    if unknown := set(columns) - told.columns[purpose.key]:
        raise ColumnNotInForce(f"{purpose.key}: {', '.join(sorted(unknown))}")


def _known(receiver: Party | Receiver, told: Announced, *, on: date) -> Party:
    """The receiver as the market knows it; what the register says now counts, not what the caller has read."""
    if isinstance(receiver, Party):
        if receiver.kind not in INSIDE:
            raise NotRegistered(receiver.name)
        return receiver
    found = Receiver.objects.serving(on=on).filter(pk=receiver.pk).first()
    if found is None:
        raise NotRegistered(receiver.name)
    if found.kind in NAMED and not told.names(found):
        raise ReceiverNotInForce(found.name)
    return Party(ReceiverKind(found.kind), found.log_key, found.name, found.country.code)
