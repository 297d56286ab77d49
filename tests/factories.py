"""Builds what tests need; every factory's default is valid, believable and public."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import factory
from allauth.account.models import EmailAddress
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from accounts.models import Invitation, Member
from directory.models import Category, Company, TeamMember, Verification
from offerboard.models import Favourite, Inquiry, Lead, LeadDocument, LeadImport, Message, PriceTier, SavedSearch
from partners.delivery.signing import new_secret, sealed_secret
from partners.models import ApiKey, ConnectedService, Partner, PartnerPage, Webhook, WebhookDelivery
from partners.scopes import OF_MEMBERS, OF_PARTNERS, Scope
from partners.services.keys import issue_member_key
from privacy.models import Receiver

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


class CategoryFactory(DjangoModelFactory[Category]):
    """A leaf; its parent comes along."""

    class Meta:
        model = Category

    parent = factory.SubFactory("tests.factories.TopCategoryFactory")
    slug = factory.Sequence(lambda n: f"green-coffee-{n}")
    name = factory.Sequence(lambda n: f"Green coffee {n}")


class TopCategoryFactory(DjangoModelFactory[Category]):
    """The first level."""

    class Meta:
        model = Category

    parent = None
    slug = factory.Sequence(lambda n: f"food-{n}")
    name = factory.Sequence(lambda n: f"Food {n}")


class MemberFactory(DjangoModelFactory[Member]):
    """A confirmed, active adult. `company=` puts the person in a team, as owner unless `role=` says otherwise."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"amara{n}@example.com")
    full_name = "Amara Okonkwo"
    country = "VN"
    phone = "+84 24 3825 4321"
    adult_declared_at = NOW - timedelta(days=90)
    joined_at = NOW - timedelta(days=90)

    @classmethod
    def _create(cls, model_class: type[Member], *args: Any, **kwargs: Any) -> Member:
        password = kwargs.pop("password", None)
        company = kwargs.pop("company", None)
        role = kwargs.pop("role", TeamMember.Role.OWNER)
        member = model_class.objects.create_user(password=password, **kwargs)
        EmailAddress.objects.create(user=member, email=member.email, primary=True, verified=True)
        if company is not None:
            TeamMember.objects.create(company=company, member=member, role=role, joined_at=NOW - timedelta(days=80))
        return member


# How a page might show a company's telephone. No shorter piece of it: a factory's 1,381st slug holds "381" as well.
PHONE_ON_PAGES = ("381 2345", "3812345", "381-2345")


class CompanyFactory(DjangoModelFactory[Company]):
    """A listed company without a team."""

    class Meta:
        model = Company

    slug = factory.Sequence(lambda n: f"dak-hoa-{n}")
    legal_name = factory.Sequence(lambda n: f"Dak Hoa Agricultural Products {n}")
    country = "VN"
    city = "Buôn Ma Thuột"
    address = "12 Lê Duẩn"
    phone = "+84 262 381 2345"
    state = Company.State.LISTED
    created_at = NOW - timedelta(days=80)
    updated_at = NOW - timedelta(days=80)


class VerificationFactory(DjangoModelFactory[Verification]):
    """A current identity claim."""

    class Meta:
        model = Verification

    company = factory.SubFactory(CompanyFactory)
    claim = Verification.Claim.IDENTITY
    method = "Business registry extract"
    checked_at = NOW - timedelta(days=60)
    valid_until = NOW + timedelta(days=305)


FIRST_RANK = 10**9  # tests' sequence of ranks begins here: whatever a service posts is newer than what factories made


def rank_of(posted_at: datetime | None, number: int = 0) -> int | None:
    """A place on the board that follows the time of posting, the later made one first among equals."""
    if posted_at is None:
        return None
    return int((posted_at - NOW).total_seconds() // 60 + 600_000) * 1000 + number % 1000


class LeadFactory(DjangoModelFactory[Lead]):
    """A published sell offer, public at NOW; `state="draft"` gives one that never was."""

    class Meta:
        model = Lead

    company = factory.SubFactory(CompanyFactory)
    category = factory.SubFactory(CategoryFactory)
    category_path = factory.LazyAttribute(lambda lead: lead.category.path if lead.category else [])
    slug = factory.Sequence(lambda n: f"robusta-{n}")
    kind = Lead.Kind.SELL_OFFER
    title = "Robusta green coffee, grade 1, screen 18"
    description = "Washed and polished Robusta from smallholders, crop 2026/27."
    quantity = Decimal(96)
    unit = "TNE"
    price = Decimal(4180)
    currency = "USD"
    incoterm = "FOB"
    place = "Hồ Chí Minh City"
    origin = "VN"
    country = factory.LazyAttribute(lambda lead: lead.company.country)
    state = Lead.State.PUBLISHED
    created_at = NOW - timedelta(days=2)
    updated_at = NOW - timedelta(days=2)
    posted_at = factory.Maybe(
        factory.LazyAttribute(lambda lead: lead.state not in {"draft", "pending", "rejected"}),
        NOW - timedelta(days=1),
        None,
    )
    expires_at = factory.Maybe(
        factory.LazyAttribute(lambda lead: lead.state not in {"draft", "pending", "rejected"}),
        NOW + timedelta(days=29),
        None,
    )
    holds = factory.LazyAttribute(lambda lead: [] if lead.company.state == "listed" else ["company"])
    rank = factory.LazyAttributeSequence(lambda lead, n: rank_of(lead.posted_at, n))
    rejection = factory.LazyAttribute(lambda lead: "Forbidden goods." if lead.state == "rejected" else "")


class PriceTierFactory(DjangoModelFactory[PriceTier]):
    """The first tier of a lead, at the lead's price."""

    class Meta:
        model = PriceTier

    lead = factory.SubFactory(LeadFactory)
    place = 1
    min_quantity = Decimal(10)
    price = factory.LazyAttribute(lambda tier: tier.lead.price)


PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


class LeadDocumentFactory(DjangoModelFactory[LeadDocument]):
    """A small PDF, with its file."""

    class Meta:
        model = LeadDocument

    lead = factory.SubFactory(LeadFactory)
    file = factory.LazyFunction(lambda: ContentFile(PDF, name=f"{uuid4().hex}.pdf"))
    name = "Specification.pdf"
    kind = LeadDocument.Kind.PDF
    size = len(PDF)
    digest = factory.Sequence(lambda n: f"{n:064x}")


class InquiryFactory(DjangoModelFactory[Inquiry]):
    """A thread without messages, about a lead of the recipient."""

    class Meta:
        model = Inquiry

    sender = factory.SubFactory(CompanyFactory)
    lead = factory.SubFactory(LeadFactory)
    recipient = factory.LazyAttribute(lambda inquiry: inquiry.lead.company if inquiry.lead else CompanyFactory())
    is_general = factory.LazyAttribute(lambda inquiry: inquiry.lead is None)
    subject = "Robusta green coffee"
    started_at = NOW - timedelta(hours=5)
    last_message_at = NOW - timedelta(hours=5)


class MessageFactory(DjangoModelFactory[Message]):
    """What the thread's sender wrote."""

    class Meta:
        model = Message

    inquiry = factory.SubFactory(InquiryFactory)
    company = factory.LazyAttribute(lambda message: message.inquiry.sender)
    text = "What is your best price for one container?"
    sent_at = NOW - timedelta(hours=5)


class InvitationFactory(DjangoModelFactory[Invitation]):
    """An open invitation as editor."""

    class Meta:
        model = Invitation

    company = factory.SubFactory(CompanyFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.com")
    role = TeamMember.Role.EDITOR
    token_hash = factory.Sequence(lambda n: f"{n:064d}")
    invited_at = NOW - timedelta(days=1)
    expires_at = NOW + timedelta(days=6)


class LeadImportFactory(DjangoModelFactory[LeadImport]):
    """A small file, uploaded and not started; its columns are chosen. `text=` is what the file holds."""

    class Meta:
        model = LeadImport

    class Params:
        text = "no,title,text,price\n1,Robusta green coffee,Washed.,4180\n2,Arabica green coffee,Washed.,5210\n"

    company = factory.SubFactory(CompanyFactory)
    file = factory.LazyAttribute(lambda one: ContentFile(one.text.encode(), name="coffee.csv"))
    name = "coffee.csv"
    shape = {
        "format": "csv",
        "encoding": "utf-8",
        "delimiter": ",",
        "columns": ["no", "title", "text", "price"],
        "rows": 2,
    }
    mapping = factory.LazyFunction(
        lambda: {
            "columns": {"title": ["title"], "description": ["text"], "price": ["price"]},
            "constants": {
                "kind": "sell_offer",
                "category": CategoryFactory().slug,
                "quantity": "19.2",
                "unit": "TNE",
                "currency": "USD",
                "origin": "VN",
            },
            "key": "no",
            "categories": {},
        }
    )
    created_at = NOW - timedelta(hours=1)


class FavouriteFactory(DjangoModelFactory[Favourite]):
    """A lead that a member watches; `lead=None, company=…` gives a company."""

    class Meta:
        model = Favourite

    member = factory.SubFactory(MemberFactory)
    lead = factory.SubFactory(LeadFactory)
    created_at = NOW - timedelta(hours=3)


class SavedSearchFactory(DjangoModelFactory[SavedSearch]):
    """A search for words, each time others."""

    class Meta:
        model = SavedSearch

    member = factory.SubFactory(MemberFactory)
    name = "Coffee from Viet Nam"
    words = factory.Sequence(lambda n: f"coffee {n}")
    countries = ["VN"]
    fingerprint = factory.Sequence(lambda n: f"{n:064d}")
    created_at = NOW - timedelta(hours=3)


class ReceiverFactory(DjangoModelFactory[Receiver]):
    """A company that has run our servers for years."""

    class Meta:
        model = Receiver

    kind = "hosting"
    name = factory.Sequence(lambda n: f"Fjordlys Hosting {n}")
    country = "NO"
    transfer = Receiver.Transfer.NONE
    task = "Runs our servers"
    since = date(2024, 1, 1)


class PartnerFactory(DjangoModelFactory[Partner]):
    """A partner under contract for everything, in the register of receivers since a month before NOW."""

    class Meta:
        model = Partner

    receiver = factory.SubFactory(
        "tests.factories.ReceiverFactory",
        kind="partner",
        name=factory.Sequence(lambda n: f"Agri List {n}"),
        task="Shows leads on its own site",
        since=(NOW - timedelta(days=30)).date(),
    )
    slug = factory.Sequence(lambda n: f"agri-list-{n}")
    website = "https://agri-list.example/"
    contact_email = "api@agri-list.example"
    scopes = factory.LazyFunction(lambda: sorted(OF_PARTNERS))


class ConnectedServiceFactory(DjangoModelFactory[ConnectedService]):
    """A service that members can connect, and that wants their name and e-mail address."""

    class Meta:
        model = ConnectedService

    partner = factory.SubFactory(
        PartnerFactory, receiver__kind="connected", receiver__name=factory.Sequence(lambda n: f"Quayside CRM {n}")
    )
    is_on = True
    about = "Keeps your customers and your offers in one list."
    purpose = "To write your name under the offers that it makes up for you."
    fields = factory.LazyFunction(lambda: ["name", "email"])
    privacy_url = "https://quayside.example/privacy"
    return_url = "https://quayside.example/back?from=market"


def _key_of(member: Member) -> ApiKey:
    """A key of the member's that may read everything."""
    scopes = sorted(OF_MEMBERS - {Scope.LEADS_WRITE})
    return issue_member_key(member_id=member.pk, name="Our shop", scopes=scopes, expires_at=None, now=NOW).key


class WebhookFactory(DjangoModelFactory[Webhook]):
    """A member's only webhook, which is told of leads; it stands at the beginning of the feed."""

    class Meta:
        model = Webhook

    id = factory.LazyFunction(uuid4)
    member = factory.SubFactory(MemberFactory)
    key = factory.LazyAttribute(lambda one: _key_of(one.member))
    place = 1
    url = "https://hooks.example.com/market"
    kinds = factory.LazyFunction(lambda: ["lead"])
    secret = factory.LazyAttribute(lambda one: sealed_secret(Webhook(id=one.id), new_secret()))
    state_since = quiet_until = created_at = NOW - timedelta(days=1)
    epoch = UUID(int=1)
    position = 0


class WebhookDeliveryFactory(DjangoModelFactory[WebhookDelivery]):
    """A message that arrived."""

    class Meta:
        model = WebhookDelivery

    webhook = factory.SubFactory(WebhookFactory)
    event = WebhookDelivery.Event.CHANGES
    epoch = UUID(int=1)
    after = factory.Sequence(int)
    up_to = factory.LazyAttribute(lambda one: one.after + 1)
    kinds = factory.LazyFunction(lambda: ["lead"])
    state = WebhookDelivery.State.DELIVERED
    attempts = 1
    last_status = 204
    took_ms = 80
    tried_from = not_before = created_at = NOW - timedelta(hours=5)
    ended_at = NOW - timedelta(hours=5)


class PartnerPageFactory(DjangoModelFactory[PartnerPage]):
    """Switched on; `categories=` names the slugs that the partner chose."""

    class Meta:
        model = PartnerPage

    partner = factory.SubFactory(PartnerFactory)
    is_on = True
    title = "Coffee and tea for roasters"
    categories = factory.LazyFunction(lambda: [CategoryFactory().slug])
