"""How to make a row of each table of the data map about one person, and that person."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models

from accounts.models import Member
from directory.models import Company, TeamMember
from mailings.models import (
    Campaign,
    CampaignWriter,
    Delivery,
    MailPreference,
    MailReport,
    Subscriber,
    SubscriptionWish,
    WaitingNotice,
)
from moderation.models import Decision, Report, Ticket, TicketReply
from offerboard.models import Block, Lead, LeadPicture, LeadRevision, Notice, ReadMark, RefusedRow, SentFile
from partners.models import (
    ApiKey,
    Connection,
    FeedReading,
    IdempotentCall,
    KeyUsage,
    PairwiseId,
    PartnerApplication,
    Webhook,
)
from privacy.digests import digest_now
from privacy.models import (
    Breach,
    BreachNotice,
    ConsentEvent,
    ConsentLink,
    ConsentWords,
    Correction,
    Disclosure,
    Erasure,
    Export,
    LegalHold,
    PolicyAcceptance,
    PolicyNotice,
    PolicyVersion,
    Receipt,
    Removal,
    SubjectRequest,
    Suppression,
)
from tests.factories import (
    NOW,
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
    PartnerFactory,
    PriceTierFactory,
    SavedSearchFactory,
    VerificationFactory,
    WebhookDeliveryFactory,
    WebhookFactory,
)
from tests.partners.calling import company_key

numbers = count(1)
LATER = NOW + timedelta(days=30)


class Person:
    """A person in a company of their own, with the things that other rows hang on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.company = CompanyFactory()
        self.member: Member = MemberFactory(company=self.company, email=f"canary-{name}@example.com")
        self.lead: Lead = LeadFactory(company=self.company, posted_by=self.member)
        self.lead_import = LeadImportFactory(
            company=self.company, member=self.member, state="failed", failure="x", ended_at=NOW
        )
        self.inquiry = InquiryFactory(lead=self.lead, recipient=self.company)
        self.request = SubjectRequest.objects.create(
            kind="export", member=self.member, state="ready", received_at=NOW, due_at=LATER, ended_at=NOW
        )
        self.ticket = Ticket.objects.create(
            kind="support", name="x", email=self.member.email, text="x", member=self.member, opened_at=NOW
        )
        self.session = UserSession.objects.create(
            user=self.member,
            ip="192.0.2.1",
            user_agent="x",
            session_key=uuid4().hex,
            created_at=NOW,
            last_seen_at=NOW,
        )
        self.link = ConsentLink.objects.create(member=self.member)
        self.address = EmailAddress.objects.get(user=self.member)


def _policy(kind: str = "privacy") -> PolicyVersion:
    return PolicyVersion.objects.filter(kind=kind).order_by("number")[0]


def _consent(one: Person) -> ConsentEvent:
    words, _made = ConsentWords.objects.get_or_create(digest="0" * 64, defaults={"language": "en", "text": "News"})
    return ConsentEvent.objects.create(
        subject=one.link.key,
        purpose=f"canary{one.name}",
        channel="email",
        given=True,
        words=words,
        policy=_policy(),
        method="privacy_centre",
        at=NOW,
    )


def _disclosure(one: Person, **values: Any) -> Disclosure:
    wanted = {
        "member": one.member,
        "receiver_kind": "counterparty",
        "receiver_key": f"company:{next(numbers)}",
        "receiver_name": "x",
        "purpose": "contacting",
        "columns": ["x"],
        "ground": "message",
        "day": NOW.date(),
        "at": NOW,
    }
    return Disclosure.objects.create(**(wanted | values))


def _application(**values: Any) -> PartnerApplication:
    wanted = {
        "submission": uuid4(),
        "company": "x",
        "website": "https://x.example",
        "country": "NL",
        "contact_name": "x",
        "email": "x@example.com",
        "purpose": "x",
        "scopes": ["leads:read"],
        "state": "declined",
        "received_at": NOW,
        "decided_at": NOW,
        "reason": "x",
    }
    return PartnerApplication.objects.create(**(wanted | values))


def _report(one: Person, **values: Any) -> Report:
    wanted = {"target_kind": "lead", "target_id": uuid4().hex, "target_title": "x", "reason": "spam", "filed_at": NOW}
    return Report.objects.create(**(wanted | values))


def _removal(one: Person, email: str = "x@example.com", **values: Any) -> Removal:
    request = SubjectRequest.objects.create(
        kind="removal", email=email, state="refused", received_at=NOW, due_at=LATER, ended_at=NOW
    )
    return Removal.objects.create(request=request, channel="form", **values)


def _mail(one: Person) -> Delivery:
    return Delivery.objects.create(
        template="x", language="en", to=one.member.email, subject="x", text="x", queued_at=NOW, not_before=NOW
    )


def _campaign(**values: Any) -> Campaign:
    wanted = {"kind": "marketing", "topic": "newsletter", "title": "x", "slug": uuid4().hex, "default_language": "en"}
    return Campaign.objects.create(written_at=NOW, **(wanted | values))


def _log(**values: Any) -> LogEntry:
    wanted = {"content_type": ContentType.objects.get_for_model(Company), "object_id": "1", "action_flag": 2}
    return LogEntry.objects.create(action_time=NOW, **(wanted | values))


RECIPES: dict[str, Callable[[Person], models.Model]] = {
    "account.EmailAddress user": lambda one: one.address,
    "account.EmailConfirmation email_address__user": lambda one: EmailConfirmation.objects.create(
        email_address=one.address, key=uuid4().hex, created=NOW, sent=NOW
    ),
    "accounts.Invitation email": lambda one: InvitationFactory(email=one.member.email),
    "accounts.Invitation invited_by": lambda one: InvitationFactory(invited_by=one.member),
    "accounts.Member pk": lambda one: one.member,
    "accounts.Member_groups member": lambda one: Member.groups.through.objects.create(
        member=one.member, group=Group.objects.get_or_create(name=f"canary{one.name}")[0]
    ),
    "accounts.Member_user_permissions member": lambda one: Member.user_permissions.through.objects.create(
        member=one.member, permission=Permission.objects.order_by("pk")[0]
    ),
    "admin.LogEntry user": lambda one: _log(user=one.member),
    "admin.LogEntry object_id": lambda one: _log(
        user=MemberFactory(), content_type=ContentType.objects.get_for_model(Member), object_id=str(one.member.pk)
    ),
    "directory.Company team__member": lambda one: one.company,
    "directory.Company_industries company__team__member": lambda one: Company.industries.through.objects.create(
        company=one.company, category=CategoryFactory()
    ),
    "directory.TeamMember member": lambda one: TeamMember.objects.get(member=one.member),
    "directory.Verification company__team__member": lambda one: VerificationFactory(company=one.company),
    "directory.Verification verifier": lambda one: VerificationFactory(verifier=one.member),
    "mailings.Campaign written_by": lambda one: _campaign(written_by=one.member),
    "mailings.Campaign approved_by": lambda one: _campaign(approved_by=one.member),
    "mailings.CampaignWriter member": lambda one: CampaignWriter.objects.create(
        campaign=_campaign(), member=one.member
    ),
    "mailings.Delivery to": _mail,
    "mailings.Subscriber email": lambda one: Subscriber.objects.create(
        email=one.member.email, language="en", confirmed_at=NOW
    ),
    "mailings.SubscriptionWish email": lambda one: SubscriptionWish.objects.create(
        email=one.member.email, topics=["newsletter"], language="en", asked_at=NOW
    ),
    "mailings.MailPreference member": lambda one: MailPreference.objects.create(
        member=one.member, kind="reply", frequency="weekly"
    ),
    "mailings.WaitingNotice member": lambda one: WaitingNotice.objects.create(
        member=one.member, kind="reply", key="1", happened_at=NOW, due_at=LATER
    ),
    "mailings.MailReport delivery__to": lambda one: MailReport.objects.create(
        delivery=_mail(one), kind="soft", source="maildir", digest=uuid4().hex, received_at=NOW
    ),
    "mfa.Authenticator user": lambda one: Authenticator.objects.create(user=one.member, type="totp", data={}),
    "moderation.Decision target": lambda one: Decision.objects.create(
        target_kind="member",
        target_id=str(one.member.pk),
        target_title="x",
        action="approve",
        decided_at=NOW,
    ),
    "moderation.Decision decided_by": lambda one: Decision.objects.create(
        target_kind="lead", target_id="x", target_title="x", action="approve", decided_at=NOW, decided_by=one.member
    ),
    "moderation.Report reporter": lambda one: _report(one, reporter=one.member),
    "moderation.Report target": lambda one: _report(one, target_kind="member", target_id=str(one.member.pk)),
    "moderation.Report closed_by": lambda one: _report(one, closed_by=one.member, closed_at=NOW, state="closed"),
    "moderation.Ticket member": lambda one: one.ticket,
    "moderation.TicketReply ticket__member": lambda one: TicketReply.objects.create(
        ticket=one.ticket, text="x", sent_at=NOW
    ),
    "moderation.TicketReply author": lambda one: TicketReply.objects.create(
        ticket=Ticket.objects.create(kind="support", name="x", email="x@example.com", text="x", opened_at=NOW),
        text="x",
        sent_at=NOW,
        author=one.member,
    ),
    "offerboard.Block team__member": lambda one: Block.objects.create(
        company=one.company, blocked=CompanyFactory(), blocked_at=NOW
    ),
    "offerboard.Favourite member": lambda one: FavouriteFactory(member=one.member),
    "offerboard.Inquiry lead__posted_by": lambda one: one.inquiry,
    "offerboard.Lead posted_by": lambda one: one.lead,
    "offerboard.LeadDocument lead__posted_by": lambda one: LeadDocumentFactory(lead=one.lead),
    "offerboard.LeadImport member": lambda one: one.lead_import,
    "offerboard.LeadPicture lead__posted_by": lambda one: LeadPicture.objects.create(
        lead=one.lead, image="x", thumbnail="x", width=1, height=1, digest=uuid4().hex, position=1
    ),
    "offerboard.LeadRevision lead__posted_by": lambda one: LeadRevision.objects.create(
        lead=one.lead, facts={}, public_from=NOW, expires_at=LATER
    ),
    "offerboard.Message author": lambda one: MessageFactory(author=one.member, company=one.company),
    "offerboard.Notice search__member": lambda one: Notice.objects.create(
        search=SavedSearchFactory(member=one.member), lead=one.lead, found_at=NOW, due_at=NOW
    ),
    "offerboard.PriceTier posted_by": lambda one: PriceTierFactory(lead=one.lead),
    "offerboard.ReadMark member": lambda one: ReadMark.objects.create(
        inquiry=one.inquiry, member=one.member, read_at=NOW
    ),
    "offerboard.RefusedRow lead_import__member": lambda one: RefusedRow.objects.create(
        lead_import=one.lead_import, line=2, columns=["x"], reasons=["x"], cells=["x"]
    ),
    "offerboard.SavedSearch member": lambda one: SavedSearchFactory(member=one.member),
    "offerboard.SentFile member": lambda one: SentFile.objects.create(member=one.member, sent_at=NOW),
    "partners.IdempotentCall member": lambda one: IdempotentCall.objects.create(
        key=ApiKey.objects.filter(member=one.member).first() or company_key(one.member, one.company),
        value=uuid4().hex,
        digest="0" * 64,
        begun_at=NOW,
    ),
    "partners.KeyUsage member": lambda one: KeyUsage.objects.create(
        key=ApiKey.objects.filter(member=one.member).first() or company_key(one.member, one.company),
        day=NOW.date() - timedelta(days=KeyUsage.objects.count()),
    ),
    "partners.FeedReading member": lambda one: FeedReading.objects.create(
        key=company_key(one.member, one.company), epoch=uuid4(), position=1, read_at=NOW
    ),
    "partners.Webhook member": lambda one: WebhookFactory(member=one.member, previous_secret="x", previous_until=LATER),
    "partners.WebhookDelivery member": lambda one: WebhookDeliveryFactory(
        webhook=Webhook.objects.filter(member=one.member).first() or WebhookFactory(member=one.member)
    ),
    "partners.Connection member": lambda one: Connection.objects.create(
        service=ConnectedServiceFactory(), member=one.member, fields=["name"], terms="0" * 16, begun_at=NOW
    ),
    "partners.PairwiseId member": lambda one: PairwiseId.objects.create(
        partner=PartnerFactory(), member=one.member, given_at=NOW
    ),
    "partners.ApiKey member": lambda one: company_key(one.member, one.company),
    "partners.Partner contact_email": lambda one: PartnerFactory(contact_email=one.member.email),
    "partners.PartnerApplication email": lambda one: _application(email=one.member.email),
    "partners.PartnerApplication decided_by": lambda one: _application(decided_by=one.member),
    "privacy.ConsentEvent subject": _consent,
    "privacy.ConsentLink member": lambda one: one.link,
    "privacy.Disclosure member": _disclosure,
    "privacy.Disclosure staff": lambda one: _disclosure(
        one,
        member=MemberFactory(),
        receiver_kind="staff",
        receiver_key=f"member:{one.member.pk}",
        ground="staff",
        reason="Asked for help.",
    ),
    "privacy.BreachNotice member": lambda one: BreachNotice.objects.create(
        breach=Breach.objects.create(title="x", happened="x", discovered_at=NOW),
        member=one.member,
        delivery=uuid4(),
        queued_at=NOW,
    ),
    "privacy.Correction request__member": lambda one: Correction.objects.create(request=one.request),
    "privacy.Correction decided_by": lambda one: Correction.objects.create(
        request=SubjectRequest.objects.create(
            kind="correction", state="accepted", received_at=NOW, due_at=LATER, ended_at=NOW
        ),
        decided_by=one.member,
    ),
    "privacy.Erasure request__member": lambda one: Erasure.objects.create(
        request=one.request, member_number=one.member.pk
    ),
    "privacy.Export request__member": lambda one: Export.objects.create(
        request=one.request, ready_at=NOW, expires_at=LATER
    ),
    "privacy.LegalHold member": lambda one: LegalHold.objects.create(
        member=one.member, reason="x", begun_at=NOW, ends_at=NOW + timedelta(hours=1)
    ),
    "privacy.LegalHold owner": lambda one: LegalHold.objects.create(
        table="offerboard.Lead", key="0", reason="x", owner=one.member, begun_at=NOW, ends_at=LATER
    ),
    "privacy.PolicyAcceptance member": lambda one: PolicyAcceptance.objects.create(
        member=one.member, version=_policy("terms"), accepted_at=NOW
    ),
    "privacy.PolicyNotice member": lambda one: PolicyNotice.objects.create(
        member=one.member, version=_policy(), delivery=uuid4(), queued_at=NOW
    ),
    "privacy.Receipt request__member": lambda one: Receipt.objects.create(
        request=one.request,
        receiver_kind="partner",
        receiver_key=f"receiver:{next(numbers)}",
        receiver_name="x",
        change="erase",
        due_at=LATER,
    ),
    "privacy.Removal request__email": lambda one: _removal(one, email=one.member.email),
    "privacy.Removal decided_by": lambda one: _removal(one, decided_by=one.member),
    "privacy.SubjectRequest member": lambda one: one.request,
    "privacy.Suppression digest": lambda one: Suppression.objects.create(
        kind="email", digest=digest_now("email", one.member.email)[1], key_id="local", reason="removed", at=NOW
    ),
    "sessions.Session session_key": lambda one: Session.objects.create(
        session_key=one.session.session_key, session_data="x", expire_date=LATER
    ),
    "usersessions.UserSession user": lambda one: one.session,
}
