"""What leads and inquiries add to the directory's pages."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Company
from directory.registry import (
    Action,
    CategoryMeasure,
    CategoryPanel,
    Panel,
    register_action,
    register_category_measure,
    register_category_panel,
    register_company_follower,
    register_panel,
)
from offerboard.models import Lead
from offerboard.selectors.counts import own_counts
from offerboard.selectors.panels import category_leads, company_leads


def _inquire_url(company: Company) -> str:
    return reverse("offerboard:inquire_company", args=[company.slug])


def _counts(_now: datetime) -> dict[int, int]:
    return own_counts()


def take_over_country(company: Company, _now: datetime) -> None:
    """A company that moved is searched for in its new country; its leads carry a copy."""
    Lead.objects.filter(company=company).exclude(country=company.country).update(country=company.country)


def register_leads() -> None:
    """Show leads on the pages of companies and categories, offer to write to a company, and follow it when it moves."""
    register_panel(Panel("leads", _("Leads"), "offerboard/company_panel.html", company_leads))
    register_category_panel(CategoryPanel("leads", _("Newest leads"), "offerboard/category_panel.html", category_leads))
    register_category_measure(CategoryMeasure("leads", _("leads"), _counts))
    register_action(Action("inquire", _("Send inquiry"), "send", _inquire_url, primary=True))
    register_company_follower("leads", take_over_country)
