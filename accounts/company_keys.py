"""The keys of a company: for whom a key acts, and what the page about them shows.

Whether a key's member still acts for the company is asked at each call and stored nowhere: it ends with the team.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import CompanyKey, Member
from directory.models import EDITORS, Company, TeamMember
from partners.holders import register_refusal
from partners.models import ApiKey
from partners.scopes import Scope, scope_words

OPEN = (ApiKey.State.VALID, ApiKey.State.RENEWED)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as its company sees it."""

    pk: int  # of the ApiKey
    key: ApiKey
    scopes: Sequence[str]
    state: ApiKey.State
    is_idle: bool  # it opens nothing although it could: its member may not act for the company now
    is_mine: bool

    @property
    def is_open(self) -> bool:
        """Whether it can be revoked."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class KeysPage:
    """Keys that open something, and those that have ended, the newest first."""

    open: Sequence[KeyRow]
    ended: Sequence[KeyRow]


def company_of_key(key: ApiKey) -> Company | None:
    """The company for which a member's key acts now, where its member may change things. One query."""
    team = TeamMember.objects.filter(member=key.member_id, role__in=EDITORS)
    return (
        Company.objects.exclude(state=Company.State.CLOSED).filter(keys__key=key, pk__in=team.values("company")).first()
    )


def keys_page(*, company: Company, reader: Member, at: datetime) -> KeysPage:
    """Two queries."""
    team = TeamMember.objects.filter(company=company, role__in=EDITORS, member__state=Member.State.ACTIVE)
    acting = set(team.values_list("member", flat=True))
    found = CompanyKey.objects.filter(company=company).select_related("key__member", "key__followed_by")
    rows = [_row(one.key, reader=reader, acting=acting, at=at) for one in found.order_by("-key__created_at", "-pk")]
    return KeysPage([row for row in rows if row.is_open], [row for row in rows if not row.is_open])


def _row(key: ApiKey, *, reader: Member, acting: set[int], at: datetime) -> KeyRow:
    return KeyRow(
        pk=key.pk,
        key=key,
        scopes=scope_words(key.scopes),
        state=key.state(at=at),
        is_idle=key.member_id not in acting,
        is_mine=key.member_id == reader.pk,
    )


def _why_refused(key: ApiKey) -> str:
    """A key made for a company opens nothing without it; one that may post leads needs a company in any case."""
    if company_of_key(key) is not None:
        return ""
    if Scope.LEADS_WRITE not in key.scopes and not CompanyKey.objects.filter(key=key).exists():
        return ""
    return _("Its member has left the company’s team, or may only read there now. An owner can make another key.")


def register() -> None:
    """Have it asked at each call with a member's key."""
    register_refusal(_why_refused)
