"""Becoming a member: with a company of one's own, or into the team that sent an invitation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from accounts.models import Member
from accounts.services.companies import CompanyDetails, found_company
from accounts.services.invitations import join_by_token
from privacy.models import OPEN, PolicyVersion, Suppression
from privacy.services.leaving import let_go
from privacy.services.policies import accept_policy
from privacy.services.suppression import lift

UNPROVED_FOR = timedelta(days=30)


class EmailTaken(Exception):
    """Somebody has an account with this e-mail address; who asked must not learn it."""


@dataclass(frozen=True, slots=True)
class Person:
    """What is asked about oneself; whoever fills it in has declared to be an adult and the details accurate."""

    email: str
    password: str
    full_name: str
    title: str
    gender: str
    language: str
    terms: PolicyVersion  # the version that was on the page


@transaction.atomic
def sign_up(*, person: Person, company: CompanyDetails, now: datetime) -> Member:
    """Create the person, the acceptance of the terms and the company, a draft until the e-mail is confirmed.

    Raises EmailTaken, also for the slower of two that sign up at once.
    """
    member = _create_member(person=person, verified=False, country=company.country, phone=str(company.phone), now=now)
    found_company(owner=member, details=company, now=now)
    return member


@transaction.atomic
def sign_up_invited(*, person: Person, token: str, now: datetime) -> Member:
    """Create the person and let them into the inviting company's team.

    Whoever holds the token has read the mail, so the address counts as confirmed.
    Raises EmailTaken, and what join_by_token raises.
    """
    member = _create_member(person=person, verified=True, country="", phone="", now=now)
    join_by_token(token=token, member=member, now=now)
    lift(kind=Suppression.Kind.EMAIL, value=member.email, now=now)
    return member


def forget_unconfirmed(*, now: datetime) -> int:
    """Let accounts go whose mailbox nobody has proved for a month: whoever typed the address may not be its holder.

    Answers how many; their erasure is a worker's.
    """
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    found = Member.objects.filter(~Exists(proved), joined_at__lt=now - UNPROVED_FOR, is_staff=False)
    waiting = list(found.exclude(state=Member.State.CLOSED).exclude(subject_requests__state__in=OPEN))
    for member in waiting:
        let_go(member=member, now=now)
    return len(waiting)


def _create_member(*, person: Person, verified: bool, country: str, phone: str, now: datetime) -> Member:
    try:
        with transaction.atomic():
            member = Member.objects.create_user(
                person.email,
                person.password,
                full_name=person.full_name,
                title=person.title,
                gender=person.gender,
                language=person.language,
                country=country,
                phone=phone,
                adult_declared_at=now,
                accuracy_declared_at=now,
                joined_at=now,
            )
            EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=verified)
    except IntegrityError as error:
        raise EmailTaken from error
    accept_policy(member_id=member.pk, version=person.terms, now=now)
    return member
