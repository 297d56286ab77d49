"""What a key lets its holder do. A partner's contract caps the scopes of its keys."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """One permission. An endpoint asks for one at most; a scope that no endpoint asks for is not offered."""

    LEADS_READ = "leads:read", _("read leads")
    COMPANIES_READ = "companies:read", _("read companies")
    CHANGES_READ = "changes:read", _("follow changes and export everything")
    CONTACTS_READ = "contacts:read", _("read contacts of those who agreed to it")
    WEBHOOKS_WRITE = "webhooks:write", _("be called when something changes")
    LEADS_WRITE = "leads:write", _("post and change the leads of one’s own company")


OF_PARTNERS = frozenset(Scope) - {Scope.LEADS_WRITE}  # they have no leads of their own
OF_MEMBERS = frozenset(Scope) - {Scope.CONTACTS_READ}  # nobody agreed that a member gets anything

# A second sentence for people who choose.
EXPLAINED: Mapping[Scope, Any] = {
    Scope.LEADS_READ: _("Sell offers and buy inquiries as the board shows them, and the categories."),
    Scope.COMPANIES_READ: _("Companies as the directory shows them. No telephone, no street, no e-mail address."),
    Scope.CHANGES_READ: _("What is new, changed or gone since the last call, and everything at once as a file."),
    Scope.CONTACTS_READ: _(
        "Name, e-mail address and telephone number of members who said yes to this partner by its name; members see "
        "each day on which they were read."
    ),
    Scope.WEBHOOKS_WRITE: _("Addresses of one’s own that we call when something changes."),
    Scope.LEADS_WRITE: _("Whoever has such a key can post, change, renew and close leads in the company’s name."),
}


def scope_words(scopes: Collection[str]) -> list[Any]:
    """As people read them, in the order in which the market lists them; translated when they are shown."""
    return [one.label for one in Scope if one in scopes]
