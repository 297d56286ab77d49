"""Domains that get fewer mails a minute, since they put too many off."""

from django.contrib import admin

from mailings.admin.reading import ReadOnly
from mailings.models import DomainBudget


@admin.register(DomainBudget)
class DomainBudgetAdmin(ReadOnly):
    """The slowest first. A domain leaves the list by itself when it takes mails again."""

    list_display = ["domain", "per_minute", "taken", "put_off", "minute", "answer"]
    search_fields = ["domain"]
    ordering = ["per_minute", "domain"]
    fields = ["domain", "per_minute", "minute", "taken", "put_off", "answer"]
