"""How often members are told of what."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from mailings.models import MailPreference
from mailings.notices import NoticeKind, notice_kinds
from mailings.times import Frequency


@dataclass(frozen=True, slots=True)
class Preference:
    """One kind as a member has it."""

    kind: NoticeKind
    frequency: Frequency


def frequencies_of(kind: NoticeKind, members: Collection[Any]) -> dict[Any, Frequency]:
    """How often each of these members, by number, is told of the kind. One query, none where there is no choice."""
    chosen: dict[Any, str] = {}
    if kind.is_choice and members:
        kept = MailPreference.objects.filter(kind=kind.key, member__in=members)
        chosen = dict(kept.values_list("member", "frequency"))
    return {member: _settled(kind, chosen.get(member)) for member in members}


def preferences_of(member_id: Any) -> list[Preference]:
    """Every kind, those with a choice first. One query."""
    kept = MailPreference.objects.filter(member=member_id)
    chosen = dict(kept.values_list("kind", "frequency"))
    return [Preference(kind, _settled(kind, chosen.get(key))) for key, kind in notice_kinds().items()]


def _settled(kind: NoticeKind, chosen: str | None) -> Frequency:
    """What was chosen, as long as the kind still offers it."""
    return Frequency(chosen) if chosen in kind.frequencies else kind.default
