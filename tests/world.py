"""One small market with everyone in it, for tests that look at every page from every side."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.signing import Signer
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import CompanyKey, Invitation, Member
from directory.models import Category, Company, TeamMember
from mailings.models import (
    Campaign,
    CampaignText,
    MailPreference,
    MailReport,
    Subscriber,
    SubscriptionWish,
    WaitingNotice,
)
from mailings.stopping.unsubscribe_links import unsubscribe_link
from mailings.subscription_links import confirm_link
from moderation.models import Decision, Report, Ticket
from offerboard import stop_links
from offerboard.models import (
    Block,
    ExpiryNotice,
    Favourite,
    Inquiry,
    Lead,
    LeadDocument,
    LeadImport,
    LeadPicture,
    LeadRange,
    LeadRevision,
    Message,
    Notice,
    PriceTier,
    SavedSearch,
    SearchKey,
)
from partners.models import (
    ApiKey,
    ConnectedService,
    Connection,
    PairwiseId,
    Partner,
    PartnerApplication,
    PartnerPage,
    Webhook,
    WebhookDelivery,
)
from privacy.models import (
    Breach,
    BreachNotice,
    ConsentEvent,
    ConsentLink,
    Correction,
    Disclosure,
    LegalHold,
    Receipt,
    Receiver,
    Removal,
    SubjectRequest,
    Suppression,
)
from tests.factories import (
    CategoryFactory,
    CompanyFactory,
    ConnectedServiceFactory,
    FavouriteFactory,
    InquiryFactory,
    InvitationFactory,
    LeadDocumentFactory,
    LeadFactory,
    LeadImportFactory,
    MemberFactory,
    MessageFactory,
    PartnerPageFactory,
    SavedSearchFactory,
    VerificationFactory,
    WebhookDeliveryFactory,
)
from tests.mailings.campaigning import TOPIC, subscriber, write
from tests.partners.calling import company_key

ROLES = ("visitor", "stranger", "viewer", "editor", "owner", "moderator", "suspended")
# Everything a refused request must leave as it was. Sessions and log-in times are not among it.
GUARDED: list[type[Model]] = [
    ApiKey,
    CompanyKey,
    Partner,
    PartnerApplication,
    Receiver,
    Block,
    Breach,
    BreachNotice,
    Campaign,
    CampaignText,
    Category,
    Company,
    ConnectedService,
    Connection,
    ConsentEvent,
    ConsentLink,
    Correction,
    Decision,
    ExpiryNotice,
    Favourite,
    Inquiry,
    Invitation,
    Lead,
    LeadImport,
    LeadDocument,
    LeadPicture,
    LeadRevision,
    LegalHold,
    MailPreference,
    MailReport,
    Message,
    Notice,
    PairwiseId,
    PartnerPage,
    PriceTier,
    Receipt,
    Report,
    SavedSearch,
    SearchKey,
    Removal,
    SubjectRequest,
    Subscriber,
    SubscriptionWish,
    Suppression,
    TeamMember,
    Ticket,
    Disclosure,
    WaitingNotice,
    Webhook,
    WebhookDelivery,
]


@dataclass(frozen=True)
class World:
    """A company with its team, a stranger from another company, staff, and one of each thing with an address."""

    company: Company
    category: Category
    lead: Lead
    draft: Lead
    paused: Lead
    document: LeadDocument
    inquiry: Inquiry
    uploaded: LeadImport
    imported: LeadImport
    invitation: Invitation
    teammate: TeamMember
    favourite: Favourite  # of the owner, as is the search
    search: SavedSearch
    campaign: Campaign
    subscriber: Subscriber
    wish: SubscriptionWish
    webhook: Webhook  # the owner's too
    delivered: WebhookDelivery
    key: ApiKey  # of the owner, for the company
    page: PartnerPage  # of leads in the category
    service: ConnectedService
    people: dict[str, Member | None]

    def client(self, role: str, **options: Any) -> Client:
        """A browser in which that person is logged in; a suspended person's session began before the suspension."""
        client = Client(**options)
        person = self.people[role]
        if person is not None:
            client.force_login(person)
        if role == "suspended":
            Member.objects.filter(pk=person.pk).update(state=Member.State.SUSPENDED)  # type: ignore[union-attr]
        return client

    def address(self, name: str) -> str:
        """The address of a route, filled with this world's things."""
        things: dict[str, Any] = {
            "offerboard:publish": {"slug": self.draft.slug},
            "offerboard:preview": {"slug": self.draft.slug},
            "offerboard:document": {"slug": self.paused.slug, "pk": self.document.pk},
            "offerboard:resume": {"slug": self.paused.slug},
            "offerboard:import": {"pk": self.imported.pk},
            "offerboard:import_refused": {"pk": self.imported.pk},
            "offerboard:import_stop": {"pk": self.imported.pk},
            "offerboard:import_columns": {"pk": self.uploaded.pk},
            "offerboard:import_check": {"pk": self.uploaded.pk},
            "offerboard:import_start": {"pk": self.uploaded.pk},
            "offerboard:import_discard": {"pk": self.uploaded.pk},
            "offerboard:thread": {"pk": self.inquiry.pk},
            "offerboard:block": {"pk": self.inquiry.pk},
            "offerboard:unblock": {"pk": self.inquiry.pk},
            "offerboard:inquire_company": {"slug": self.company.slug},
            "offerboard:watch_company": {"slug": self.company.slug},
            "offerboard:remove_favourite": {"pk": self.favourite.pk},
            "offerboard:finds": {"pk": self.search.pk},
            "offerboard:rename_search": {"pk": self.search.pk},
            "offerboard:search_mails": {"pk": self.search.pk},
            "offerboard:delete_search": {"pk": self.search.pk},
            "offerboard:stop_search": {"token": Signer(salt=stop_links.ONE).sign(self.search.pk.hex)},
            "offerboard:stop_searches": {"token": Signer(salt=stop_links.ALL).sign(str(self.search.member_id))},
            "offerboard:stop_suggestions": {
                "token": Signer(salt=stop_links.SUGGESTED).sign(str(self.search.member_id))
            },
            "privacy:prove_removal": {"token": "not-a-token"},
            "partners:service": {"slug": self.service.partner.slug},
            "partners:answer_service": {"slug": self.service.partner.slug},
            "api:contact": {"number": "7c0d1d5e-0000-4000-8000-000000000000"},
            "api:export": {"plural": "leads"},
            "api:removal_objects": {"reference": "7c0d1d5e-0000-4000-8000-000000000000"},
            "api:removal_receipt": {"reference": "7c0d1d5e-0000-4000-8000-000000000000"},
            "api:contract_end_receipt": {"reference": "7c0d1d5e-0000-4000-8000-000000000000"},
            "api:webhook": {"pk": self.webhook.pk},
            "api:webhook_secret": {"pk": self.webhook.pk},
            "api:webhook_ping": {"pk": self.webhook.pk},
            "api:webhook_deliveries": {"pk": self.webhook.pk},
            "api:webhook_delivery": {"pk": self.webhook.pk, "delivery": self.delivered.pk},
            "api:webhook_replay": {"pk": self.webhook.pk, "delivery": self.delivered.pk},
            "mailings:confirm": {"token": token_of(confirm_link(self.wish.pk, self.wish.topics))},
            "mailings:unsubscribe": {
                "token": token_of(unsubscribe_link(self.subscriber.key, TOPIC, self.subscriber.email))
            },
            "mailings:archived": {"slug": self.campaign.slug},
            "api:own_lead": {"key": self.lead.slug},
            "api:own_lead_step": {"key": self.lead.slug, "step": "pause"},
            "api:lead": {"key": self.lead.slug},
            "api:company": {"key": self.company.slug},
            "api:category": {"key": self.category.slug},
            "api:country": {"key": "VN"},
            "privacy:policy_changes": {"kind": "privacy", "number": "1"},
            "directory:company": {"slug": self.company.slug},
            "directory:category": {"slug": self.category.slug},
            "offerboard:category_feed": {"slug": self.category.slug},
            "offerboard:country": {"code": "vn"},
            "offerboard:partner_page": {"slug": self.page.partner.slug},
            "offerboard:partner_feed": {"slug": self.page.partner.slug},
            "offerboard:sitemap_companies": {"number": self.company.pk // LeadRange.WIDTH},
            "offerboard:sitemap_leads": {"number": self.lead.pk // LeadRange.WIDTH},
            "accounts:key_usage": {"pk": self.key.pk},
            "accounts:renew_key": {"pk": self.key.pk},
            "accounts:revoke_key": {"pk": self.key.pk},
            "accounts:change_role": {"pk": self.teammate.pk},
            "accounts:remove": {"pk": self.teammate.pk},
            "accounts:accept_invitation": {"pk": self.invitation.pk},
            "accounts:decline_invitation": {"pk": self.invitation.pk},
            "accounts:withdraw_invitation": {"pk": self.invitation.pk},
            "accounts:invitation": {"token": "not-a-token"},
            "moderation:report": {"kind": "lead", "key": self.lead.slug},
            "privacy:fetch_export": {"pk": UUID(int=7)},
            "privacy:leaving_confirm": {"token": "not-a-token"},
            "privacy:data": {"slug": "offerboard-message"},
            "marketplace:media": {"name": "leads/none.webp"},
        }
        for verb in ("lead", "edit", "pause", "close", "renew", "copy", "inquire", "watch"):
            things[f"offerboard:{verb}"] = {"slug": self.lead.slug}
        return reverse(name, kwargs=things.get(name)) + ("?q=coffee" if name == "offerboard:save_search" else "")


def make_world() -> World:
    """Build it; every person has the factories' password."""
    company, other, third = CompanyFactory(), CompanyFactory(), CompanyFactory()
    VerificationFactory(company=company)
    lead_of = partial(LeadFactory, company=company)
    category = CategoryFactory()
    lead = lead_of(category=category)
    inquiry = InquiryFactory(sender=third, recipient=company, lead=lead)
    MessageFactory(inquiry=inquiry, company=third)
    staff = MemberFactory(is_staff=True)
    staff.groups.add(Group.objects.get_or_create(name="moderator")[0])
    teammate = MemberFactory(company=company, role=TeamMember.Role.EDITOR)
    paused = lead_of(state="paused", category=category)
    owner = MemberFactory(company=company)
    delivered = WebhookDeliveryFactory(webhook__member=owner)
    return World(
        company=company,
        category=category,
        lead=lead,
        draft=lead_of(state="draft", category=category),
        paused=paused,
        document=LeadDocumentFactory(lead=paused),
        inquiry=inquiry,
        uploaded=LeadImportFactory(company=company),
        imported=LeadImportFactory(company=company, state="done", rows_read=2, imported=1, refused=1),
        invitation=InvitationFactory(company=company),
        teammate=TeamMember.objects.get(member=teammate),
        favourite=FavouriteFactory(member=owner, lead=lead),
        search=SavedSearchFactory(member=owner),
        campaign=_sent(write(written_by=staff)),
        subscriber=subscriber("reader@example.org"),
        wish=SubscriptionWish.objects.create(
            email="new@example.org", topics=[TOPIC], language="en", asked_at=timezone.now()
        ),
        webhook=delivered.webhook,
        delivered=delivered,
        key=company_key(owner, company),
        service=ConnectedServiceFactory(),
        page=PartnerPageFactory(categories=[category.slug], partner__receiver__since=date(2024, 1, 1)),
        people={
            "visitor": None,
            "stranger": MemberFactory(company=other),
            "viewer": MemberFactory(company=company, role=TeamMember.Role.VIEWER),
            "editor": MemberFactory(company=company, role=TeamMember.Role.EDITOR),
            "owner": owner,
            "moderator": staff,
            "suspended": MemberFactory(company=company),
        },
    )


def token_of(link: str) -> str:
    """What stands at the end of a signed link."""
    return unquote(link.rstrip("/").rpartition("/")[2])


def _sent(campaign: Campaign) -> Campaign:
    """It is over, and one reader has it."""
    figures = {"audience": 1, "sent": 1, **dict.fromkeys(("bounced", "suppressed", "uncertain", "withdrawn"), 0)}
    moments = dict.fromkeys(("approved_at", "starts_at", "began_at", "ended_at"), campaign.written_at)
    Campaign.objects.filter(pk=campaign.pk).update(
        state=Campaign.State.DONE, approved_by=campaign.written_by, **moments, **figures
    )
    return campaign


def fingerprint() -> dict[str, list[Any]]:
    """All guarded rows as they are."""
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in GUARDED}
