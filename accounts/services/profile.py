"""Changing what one has told about oneself."""

from dataclasses import dataclass, fields

from django.db import transaction
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Member


@dataclass(frozen=True, slots=True)
class ProfileDetails:
    """What a member may change about themselves here; e-mail and password have their own pages."""

    full_name: str
    display_name: str
    title: str
    gender: str
    country: str  # ISO 3166-1 alpha-2, or ""
    phone: PhoneNumber | str
    language: str  # BCP 47
    time_zone: str  # a name of the IANA time zone database


@transaction.atomic(durable=True)
def change_profile(*, member: Member, details: ProfileDetails) -> None:
    """Store the details; nothing else about the member changes."""
    Member.objects.filter(pk=member.pk).update(
        **{field.name: getattr(details, field.name) for field in fields(details)}
    )
