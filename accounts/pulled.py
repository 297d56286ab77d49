"""Members as partners and connected services may get them, after a yes of theirs."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from accounts.models import Member
from directory.models import Company, TeamMember
from partners.people import People, Person, register_people
from partners.person_fields import PersonField

COLUMNS: Mapping[PersonField, str] = {
    PersonField.NAME: "accounts.Member.full_name",
    PersonField.EMAIL: "accounts.Member.email",
    PersonField.PHONE: "accounts.Member.phone",
    PersonField.LANGUAGE: "accounts.Member.language",
}


def open_accounts(numbers: Collection[int]) -> list[Person]:
    """Neither suspended nor about to leave. Two queries."""
    listed = TeamMember.objects.filter(member__in=numbers, company__in=Company.objects.listed())
    companies: Mapping[int, list[str]] = defaultdict(list)
    for member, slug in listed.order_by("company__slug").values_list("member", "company__slug"):
        companies[member].append(slug)
    found = Member.objects.filter(pk__in=numbers, state=Member.State.ACTIVE)
    return [Person(one.pk, _values(one), companies[one.pk]) for one in found]


def _values(member: Member) -> Mapping[PersonField, str]:
    said = {
        PersonField.NAME: member.full_name,
        PersonField.EMAIL: member.email,
        PersonField.PHONE: member.phone.as_e164 if member.phone else "",
        PersonField.LANGUAGE: member.language,
    }
    return {field: value for field, value in said.items() if value}


def register() -> None:
    """Let members' yes open something."""
    register_people(People(open_accounts, COLUMNS, "directory.TeamMember.company"))
