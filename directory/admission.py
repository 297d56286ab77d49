"""Companies that are not listed without a look: their name, telephone or website is that of somebody who has left."""

from datetime import datetime
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from directory.models import Company, TeamMember
from moderation.models import Report
from moderation.services import put_before_staff
from privacy.models import Suppression
from privacy.selectors.suppression import any_suppressed

IDENTITY = frozenset({"legal_name", "trade_name", "country", "phone", "website"})  # fields that `identity_of` reads
WAITS = _(
    "Our staff look at your company’s name, telephone and website before it is listed, and write to you. "
    "Until then only your team sees it."
)
FOR_STAFF = _(
    "Noticed by the software: name and country, telephone or website belong to somebody who asked not to be listed "
    "again. If they came back by themselves, approve the company: then it is listed. If not, suspend it."
)


def identity_of(company: Company) -> list[tuple[str, str]]:
    """What tells that it is this company and no other: kinds and values as suppressions know them."""
    names = dict.fromkeys(name for name in (company.legal_name, company.trade_name) if name)
    found = [(Suppression.Kind.COMPANY.value, f"{company.country} {name}") for name in names]
    if company.phone:
        found.append((Suppression.Kind.PHONE.value, str(getattr(company.phone, "as_e164", company.phone))))
    if host := website_host(company.website):
        found.append((Suppression.Kind.WEBSITE.value, host))
    return found


def website_host(url: str) -> str:
    """The host that a website's address names, or "" where it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def must_wait(company: Company) -> bool:
    """Whether staff look at it before it is listed. One query."""
    return any_suppressed(identity_of(company))


def ask_staff(company: Company, *, now: datetime) -> None:
    """Put it before staff, once until they are done; its row is locked by the caller."""
    with translation.override(settings.LANGUAGE_CODE):  # not in that of the founder
        text = str(FOR_STAFF)
    target = {"kind": "company", "key": company.slug, "title": company.legal_name}
    put_before_staff(**target, reason=Report.Reason.OTHER, text=text, now=now)


def is_confirmed(company: Company) -> bool:
    """Whether one of its owners has confirmed an e-mail address. One query."""
    owner = {"user__teams__company": company, "user__teams__role": TeamMember.Role.OWNER}
    return bool(EmailAddress.objects.filter(verified=True, **owner).exists())
