"""Owners make, renew and revoke the keys with which programs act for their company; all owners hear of it by mail."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import CompanyKey, Member
from accounts.notices import SECURITY, notice_words
from accounts.services.team import NotAnOwner
from directory.models import Company, TeamMember
from mailings.services.notifying import notify
from partners.models import ApiKey
from partners.scopes import Scope
from partners.services.keys import IssuedKey, issue_member_key, renew_key, revoke_key

REVOKED = "company_key_revoked"


@transaction.atomic(durable=True)
def make_company_key(
    *,
    company: Company,
    owner: Member,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
    submission: UUID,
    now: datetime,
) -> IssuedKey:
    """A key of this owner's for the company. Raises NotAnOwner, and what issue_member_key raises."""
    _require_owner(company, owner)
    issued = issue_member_key(
        member_id=owner.pk, name=name, scopes=scopes, expires_at=expires_at, submission=submission, now=now
    )
    CompanyKey.objects.create(key=issued.key, company=company)
    _tell_owners("company_key_made", company=company, key=issued.key, actor=owner, now=now)
    return issued


@transaction.atomic(durable=True)
def renew_company_key(
    *, company_key: CompanyKey, owner: Member, expires_at: datetime | None, now: datetime
) -> IssuedKey:
    """A key takes the place of one's own; nobody sees the secret of a key that acts in another's name.

    Raises NotAnOwner, and what renew_key raises.
    """
    key, company = company_key.key, company_key.company
    _require_owner(company, owner)
    if key.member_id != owner.pk:
        raise NotAnOwner
    issued = renew_key(key=key, expires_at=expires_at, now=now)
    CompanyKey.objects.create(key=issued.key, company=company)
    _tell_owners("company_key_renewed", company=company, key=issued.key, actor=owner, now=now)
    return issued


@transaction.atomic(durable=True)
def revoke_company_key(*, company_key: CompanyKey, owner: Member, now: datetime) -> bool:
    """End a key, whoever of the company made it. False where it was revoked before. Raises NotAnOwner."""
    _require_owner(company_key.company, owner)
    if not revoke_key(key=company_key.key, now=now):
        return False
    _tell_owners(REVOKED, company=company_key.company, key=company_key.key, actor=owner, now=now)
    return True


def _require_owner(company: Company, member: Member) -> None:
    """Locked: whoever takes the role away from them waits until this is done."""
    owners = TeamMember.objects.filter(company=company, member=member, role=TeamMember.Role.OWNER)
    if owners.select_for_update().first() is None:
        raise NotAnOwner


def _tell_owners(name: str, *, company: Company, key: ApiKey, actor: Member, now: datetime) -> None:
    owners = TeamMember.objects.filter(company=company, role=TeamMember.Role.OWNER)
    facts = {"who": actor.name, "key": key.name, "prefix": key.prefix, "company": company.legal_name}
    for reader in Member.objects.filter(pk__in=owners.values("member")).order_by("pk"):
        words = notice_words(name, facts, reader=reader, at=now)
        advice = {"about_key": True, "is_revoked": name == REVOKED}
        notify(kind=SECURITY, readers=[reader], keys=[], context={**words, **advice}, now=now)
