"""Who somebody is to the data map."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from privacy.datamap import Person
from privacy.models import SubjectRequest


def person_of(member: Any) -> Person:
    """The member, and the mailboxes that the member has confirmed. One query."""
    return person_by_number(member.pk)


def person_by_number(member_id: int) -> Person:
    """The member of this number, and the mailboxes that they have confirmed. One query."""
    confirmed = EmailAddress.objects.filter(user=member_id, verified=True).values_list("email", flat=True)
    return Person(member_id=member_id, addresses=frozenset(address.lower() for address in confirmed))


def leaving_members() -> "QuerySet[SubjectRequest, Any]":
    """The numbers of members who wish to leave, as a query to be put into another."""
    wishes = SubjectRequest.objects.open().filter(kind=SubjectRequest.Kind.ERASURE, member__isnull=False)
    return wishes.values("member")
