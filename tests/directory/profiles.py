"""Profiles as an editor fills them in."""

from dataclasses import fields
from typing import Any

from directory.models import Company
from directory.services import Profile


def profile_of(company: Company, **changes: Any) -> Profile:
    """What the company says now, with something said differently."""
    said = {field.name: getattr(company, field.name) for field in fields(Profile)}
    return Profile(**said | {"country": str(company.country)} | changes)
