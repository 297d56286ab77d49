"""What leads and inquiries add to the directory's pages."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Category, Company
from directory.registry import (
    Action,
    CategoryMeasure,
    CategoryPanel,
    Control,
    Panel,
    register_action,
    register_category_follower,
    register_category_measure,
    register_category_panel,
    register_company_follower,
    register_control,
    register_panel,
)
from offerboard.models import Lead
from offerboard.revisions import keep_revisions
from offerboard.selectors.counts import own_counts
from offerboard.selectors.panels import category_leads, company_leads
from offerboard.selectors.watching import watch_company_button
from offerboard.services.lead_states import as_long_as_it_takes, hold_leads, release_leads


def _inquire_url(company: Company) -> str:
    return reverse("offerboard:inquire_company", args=[company.slug])


def _counts(_now: datetime) -> dict[int, int]:
    return own_counts()


def follow_company(company: Company, now: datetime) -> None:
    """What its leads copied follows: its country, and that they are hidden while the company is not listed."""
    as_long_as_it_takes()
    company.refresh_from_db(fields=["country", "state"])
    leads = Lead.objects.filter(company=company)
    if company.state != Company.State.LISTED:  # hidden first: what nobody can read any more is not kept as public
        hold_leads(leads=leads, hold=Lead.Hold.COMPANY, now=now)
    if leads.exclude(country=company.country).update(country=company.country):
        keep_revisions(leads=leads, now=now)
    if company.state == Company.State.LISTED:
        release_leads(leads=leads, hold=Lead.Hold.COMPANY, now=now)


def follow_category(category: Category) -> None:
    """A category that was moved takes its leads along, and those of the categories inside it."""
    as_long_as_it_takes()
    for moved in [category, *category.children.all()]:
        Lead.objects.filter(category=moved).exclude(category_path=moved.path).update(category_path=moved.path)


def register_leads() -> None:
    """Show leads on the pages of companies and categories, offer to write to a company, follow both when they move."""
    register_panel(Panel("leads", _("Leads"), "offerboard/company_panel.html", company_leads))
    register_category_panel(CategoryPanel("leads", _("Newest leads"), "offerboard/category_panel.html", category_leads))
    register_category_measure(CategoryMeasure("leads", _("leads"), _counts))
    register_action(Action("inquire", _("Send inquiry"), "send", _inquire_url, primary=True))
    register_control(Control("watch", "offerboard/company_watch.html", watch_company_button))
    register_company_follower("leads", follow_company)
    register_category_follower("leads", follow_category)
