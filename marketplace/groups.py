"""Who on the staff may do what: four groups with Django's own permissions."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

# Permissions as app.codename; "view" alone lets people read.
GROUPS: dict[str, list[str]] = {
    "moderator": [
        *("offerboard.view_lead", "offerboard.change_lead", "offerboard.view_inquiry"),
        *("offerboard.view_leadpicture", "offerboard.delete_leadpicture"),
        *("offerboard.view_leaddocument", "offerboard.delete_leaddocument"),
        *("offerboard.view_pricetier", "offerboard.view_leadrevision"),
        *("directory.view_company", "directory.change_company", "directory.view_teammember"),
        *("directory.view_verification", "directory.add_verification", "directory.change_verification"),
        *("directory.view_category", "directory.change_category", "directory.add_category"),
        "accounts.view_member",
        *("moderation.view_report", "moderation.change_report", "moderation.view_decision", "moderation.add_decision"),
        *("moderation.view_ticket", "moderation.change_ticket", "moderation.view_ticketreply"),
    ],
    "communications": [
        *("mailings.view_delivery", "mailings.view_mailreport", "mailings.view_domainbudget"),
        *("mailings.view_campaign", "mailings.add_campaign", "mailings.change_campaign", "mailings.approve_campaign"),
        "mailings.delete_campaign",  # drafts; admin keeps what was released
        *("mailings.view_subscriber", "mailings.change_subscriber", "mailings.view_subscriptionwish"),
        *("partners.view_partnerpage", "partners.add_partnerpage", "partners.change_partnerpage"),
        "directory.view_company",
        "accounts.view_member",
    ],
    "privacy officer": [
        *("privacy.view_policyversion", "privacy.add_policyversion", "accounts.view_member"),
        *("mailings.view_delivery", "mailings.view_mailreport"),
        *("privacy.view_subjectrequest", "privacy.change_subjectrequest"),
        *("privacy.view_removal", "privacy.add_removal", "privacy.change_removal"),
        *("privacy.view_correction", "privacy.change_correction", "privacy.view_receipt", "privacy.change_receipt"),
        *("privacy.view_contractend", "privacy.change_contractend"),
        *("privacy.view_legalhold", "privacy.add_legalhold", "privacy.change_legalhold"),
        *("privacy.view_breach", "privacy.add_breach", "privacy.change_breach", "privacy.view_breachnotice"),
        *("privacy.view_receiver", "privacy.add_receiver", "privacy.change_receiver"),
        *("partners.view_partner", "partners.add_partner", "partners.change_partner"),
        *("partners.view_connectedservice", "partners.add_connectedservice", "partners.change_connectedservice"),
        *("partners.view_apikey", "partners.add_apikey", "partners.change_apikey"),
        *("partners.view_partnerapplication", "partners.change_partnerapplication"),
        *("privacy.view_policydraft", "privacy.add_policydraft", "privacy.change_policydraft"),
        "privacy.delete_policydraft",
        *("privacy.view_erasure", "privacy.change_erasure", "privacy.view_sweepreport"),
        *(
            "moderation.view_ticket",
            "moderation.change_ticket",
            "moderation.view_ticketreply",
            "moderation.view_report",
        ),
    ],
}
ADMINISTRATOR = "administrator"  # everything


class UnknownPermission(Exception):
    """A group names a permission that no installed model has."""


@transaction.atomic
def sync_groups() -> None:
    """Make the four groups as they are written here; run again, it changes nothing else.

    Raises UnknownPermission.
    """
    for name, wanted in GROUPS.items():
        codes = Q()
        for permission in wanted:
            app, codename = permission.split(".")
            codes |= Q(content_type__app_label=app, codename=codename)
        found = Permission.objects.filter(codes)
        if len(found) != len(set(wanted)):
            raise UnknownPermission(name)
        Group.objects.get_or_create(name=name)[0].permissions.set(found)
    Group.objects.get_or_create(name=ADMINISTRATOR)[0].permissions.set(Permission.objects.all())
