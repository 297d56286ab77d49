"""Companies as privacy sees them when somebody wants their page to be removed."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.admission import identity_of, website_host
from directory.models import Company
from moderation.models import Decision
from moderation.removing import by_decision
from privacy.removables import Removable, register_removable


def _find(key: str) -> Company | None:
    return Company.objects.filter(slug=key).first()


def _title(key: str) -> str:
    company = _find(key)
    return company.legal_name if company else ""


def _admin_url(key: str) -> str:
    company = _find(key)
    return reverse("admin:directory_company_change", args=[company.pk]) if company else ""


def _host(key: str) -> str:
    company = _find(key)
    return website_host(company.website) if company else ""


def identity(key: str) -> list[tuple[str, str]]:
    """Of a company for which nobody acts: where somebody does, it is they who decide whether it is listed."""
    company = _find(key)
    return identity_of(company) if company and not company.team.exists() else []


SUSPEND = by_decision("company", Decision.Action.SUSPEND)
COMPANY = Removable(
    kind="company",
    label=_("company"),
    page="directory:company",
    title=_title,
    admin_url=_admin_url,
    host=_host,
    identity=identity,
    hide=SUSPEND,
    show=by_decision("company", Decision.Action.RESTORE),
    close=SUSPEND,
)


def register() -> None:
    """Make companies' pages known to privacy."""
    register_removable(COMPANY)
