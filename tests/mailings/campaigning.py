"""Campaigns and their readers for tests."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings

from accounts.models import Member
from mailings import tasks
from mailings.models import Campaign, CampaignText, Delivery, Subscriber
from mailings.services.campaigns import approve_campaign
from mailings.topics import question_of
from privacy.models import ConsentEvent
from privacy.services.consent import consent_key, record_choices
from tests.factories import NOW, MemberFactory

TOPIC = "newsletter"
WORDS = {
    "subject": "News of November",
    "body": "The **board** has a new filter.\n\n- by Incoterm\n- by [port](http://localhost:8000/leads/)",
}


def write(kind: str = "marketing", *, texts: dict[str, dict[str, str]] | None = None, **changes: Any) -> Campaign:
    """A draft, written by somebody; `texts` are words by language, of which the first is everybody else's."""
    texts = texts or {"en": WORDS}
    about = {"topic": TOPIC} if kind == "marketing" else {"reason": "service"}
    usual = {
        "kind": kind,
        "title": "November",
        "slug": f"november-{uuid4().hex[:8]}",
        "default_language": next(iter(texts)),
        "written_by": changes.pop("written_by", None) or MemberFactory(is_staff=True),
        "written_at": NOW,
        **about,
    }
    campaign = Campaign.objects.create(**(usual | changes))
    for language, words in texts.items():
        own = {name: text.replace("http://localhost:8000", settings.SITE_URL) for name, text in words.items()}
        CampaignText.objects.create(campaign=campaign, language=language, **own)
    return campaign


def release(campaign: Campaign, *, at: datetime = NOW, now: datetime = NOW) -> Campaign:
    """Approved by somebody else."""
    approve_campaign(campaign=campaign, approver=MemberFactory(is_staff=True), starts_at=at, now=now)
    return fresh(campaign)


def agree(member: Member, *topics: str, given: bool = True, now: datetime = NOW - timedelta(days=9)) -> Member:
    """The member says yes to topics by e-mail, to the newsletter unless others are named."""
    answer(consent_key(member=member), *topics, given=given, now=now)
    return member


def answer(subject: Any, *topics: str, given: bool, now: datetime = NOW) -> list[ConsentEvent]:
    """Yes or no under a key."""
    return record_choices(
        subject=subject,
        choices={question_of(topic): given for topic in topics or [TOPIC]},
        method=ConsentEvent.Method.PRIVACY_CENTRE,
        language="en",
        gpc=False,
        now=now,
    )


def subscriber(email: str, *topics: str, **changes: Any) -> Subscriber:
    """Somebody without an account who has confirmed."""
    usual = {"language": "en", "confirmed_at": NOW - timedelta(days=9)}
    found: Subscriber = Subscriber.objects.create(email=email, **(usual | changes))
    answer(found.key, *topics, given=True, now=found.confirmed_at)
    return found


def send_all() -> None:
    """What a worker does when it is woken."""
    tasks.send_campaign_mail()


def fresh(campaign: Campaign) -> Campaign:
    """As the database has it."""
    return Campaign.objects.get(pk=campaign.pk)


def ends(campaign: Campaign) -> dict[str, str]:
    """How each address fared."""
    return dict(Delivery.objects.filter(campaign=campaign).values_list("to", "state"))


def figures(campaign: Campaign) -> dict[str, int | None]:
    """The numbers that are not nought."""
    campaign = fresh(campaign)
    names = ("audience", "sent", "bounced", "suppressed", "uncertain", "withdrawn")
    return {name: number for name in names if (number := getattr(campaign, name))}
