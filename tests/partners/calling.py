"""Calls of the API with a key, as a partner's or a member's program makes them."""

import json
from collections.abc import Iterable
from typing import Any

from django.test import Client

from accounts.models import CompanyKey, Member
from directory.models import Company, TeamMember
from partners.models import ApiKey, Partner
from partners.scopes import OF_MEMBERS, OF_PARTNERS, Scope
from partners.services.keys import issue_member_key, issue_partner_key
from tests.factories import NOW, CompanyFactory, MemberFactory, PartnerFactory


class Caller:
    """A program that holds a key."""

    def __init__(self, key: ApiKey, secret: str) -> None:
        self.key, self.secret, self.client = key, secret, Client()

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Any:
        """The answer of an address below /api/v1/."""
        return self.client.get(f"/api/v1/{path}", query, headers=self._headers(headers))

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """The answer to a body of JSON."""
        content = b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method, f"/api/v1/{path}", content, content_type="application/json", headers=self._headers(headers)
        )

    def _headers(self, more: dict[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **(more or {})}


def partner_caller(*scopes: Scope, partner: Partner | None = None) -> Caller:
    """A partner's program; without scopes the key may do all that a contract can allow."""
    issued = issue_partner_key(
        partner=partner or PartnerFactory(),
        name="Nightly pull",
        scopes=_or_all(scopes, OF_PARTNERS),
        expires_at=None,
        now=NOW,
    )
    return Caller(issued.key, issued.secret)


def member_caller(*scopes: Scope, member: Member | None = None, company: Company | None = None) -> Caller:
    """A member's own program, which acts for their company; without one a company is made, which they own."""
    owner = member or MemberFactory()
    acts_for = company or Company.objects.of_member(owner.pk).first()
    if acts_for is None:
        acts_for = CompanyFactory()
        TeamMember.objects.create(company=acts_for, member=owner, role=TeamMember.Role.OWNER, joined_at=NOW)
    issued = issue_member_key(
        member_id=owner.pk, name="Our shop", scopes=_or_all(scopes, OF_MEMBERS), expires_at=None, now=NOW
    )
    CompanyKey.objects.create(key=issued.key, company=acts_for)
    return Caller(issued.key, issued.secret)


def company_key(member: Member, company: Company) -> ApiKey:
    """A key with which the member acts for the company."""
    return member_caller(member=member, company=company).key


def _or_all(scopes: tuple[Scope, ...], everything: Iterable[Scope]) -> list[Scope]:
    return list(scopes) or sorted(everything)
