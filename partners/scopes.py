"""What a key lets its holder do. A partner's contract caps the scopes of its keys; a member's keys know fewer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One permission; an endpoint asks for exactly one."""

    LEADS_READ = "leads:read", _("read leads")
    COMPANIES_READ = "companies:read", _("read companies")
    CONTACTS_READ = "contacts:read", _("read contacts of people who agreed to it")
    STATISTICS_READ = "statistics:read", _("read published statistics")
    CHANGES_READ = "changes:read", _("follow changes and export everything")
    WEBHOOKS_WRITE = "webhooks:write", _("be called when something changes")
    LEADS_WRITE = "leads:write", _("post and change the leads of one’s own company")


# Without a contract nobody else's contact data goes out; and a partner has no leads of its own.
OF_PARTNERS = frozenset(Scope) - {Scope.LEADS_WRITE}
OF_MEMBERS = frozenset(Scope) - {Scope.CONTACTS_READ}
