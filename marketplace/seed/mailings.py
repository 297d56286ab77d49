"""Rows of mail to many: who wants it, what was sent, what is being written, and a domain that is slow to take it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import Member
from mailings.models import Campaign, CampaignText, Delivery, DomainBudget, Subscriber, SubscriptionWish
from mailings.services import queue_mail
from mailings.services.campaigns import add_campaign
from mailings.subscription_links import confirm_link
from mailings.topics import question_of, topics
from marketplace.seed.catalogue import rng_for
from marketplace.seed.letters import ANNOUNCEMENT, NEWSLETTER
from marketplace.seed.people import People
from privacy.digests import digest_now
from privacy.models import ConsentEvent, Suppression
from privacy.services.consent import consent_key, record_choices

SAYS_YES = 0.4
SUBSCRIBERS = ("hello@roastery.example.net", "office@grainlab.example.org", "mira@post.example.org", "jo@tea.example")
SLOW = "slow.example.net"
SAID = "451 4.7.1 Too many mails from you, try again later"
REFUSED, LOST = (7, 41), (19,)  # places among the announcement's readers


def seed_mailings(people: People, *, seed: int, now: datetime) -> None:
    """An announcement that is done, a newsletter in two languages that waits to be released, and its readers."""
    _answer(people, seed, now)
    _subscribe(now)
    everybody = list(Member.objects.order_by("pk"))
    _announce(people, everybody, now - timedelta(days=3))
    _draft(people, now - timedelta(hours=4))
    _slow_down(now)


def _answer(people: People, seed: int, now: datetime) -> None:
    """Some of the members say yes to some topics."""
    for key, team in people.teams.items():
        rng = rng_for(seed, "topics", key)
        for member in team:
            chosen = [topic for topic in topics() if rng.random() < SAYS_YES]
            said_at = now - timedelta(days=rng.randint(1, 9), minutes=rng.randint(0, 600))
            if chosen:
                method = ConsentEvent.Method.PRIVACY_CENTRE
                _say_yes(consent_key(member=member), chosen, method, max(said_at, member.joined_at))


def _subscribe(now: datetime) -> None:
    for place, email in enumerate(SUBSCRIBERS):
        at = now - timedelta(days=2 + place, hours=place)
        found = Subscriber.objects.create(email=email, language="en", confirmed_at=at)
        _say_yes(found.key, list(topics())[: 1 + place], ConsentEvent.Method.LINK, at)


def _say_yes(key: object, chosen: Sequence[str], method: ConsentEvent.Method, at: datetime) -> None:
    choices = {question_of(topic): True for topic in chosen}
    record_choices(subject=key, choices=choices, method=method, language="en", gpc=False, now=at)  # type: ignore[arg-type]


def _announce(people: People, everybody: Sequence[Member], at: datetime) -> None:
    """Written by one of the staff, released by another, and over within minutes."""
    campaign = Campaign(
        kind=Campaign.Kind.ANNOUNCEMENT,
        title="Maintenance on the first Sunday",
        reason=Campaign.Reason.INTERRUPTION,
        default_language="en",
    )
    add_campaign(campaign=campaign, writer=people.editor, now=at - timedelta(hours=2))
    CampaignText.objects.create(campaign=campaign, language="en", **ANNOUNCEMENT)
    rows = [_handed_over(campaign, member, place, at) for place, member in enumerate(everybody)]
    Delivery.objects.bulk_create(rows)
    numbers = {state: sum(row.state == state for row in rows) for state in ("sent", "bounced", "uncertain")}
    Campaign.objects.filter(pk=campaign.pk).update(
        state=Campaign.State.DONE,
        approved_by=people.writer,
        approved_at=at - timedelta(hours=1),
        starts_at=at,
        began_at=at,
        ended_at=at + timedelta(minutes=3),
        audience=len(rows),
        suppressed=0,
        withdrawn=0,
        **numbers,
    )


def _handed_over(campaign: Campaign, member: Member, place: int, at: datetime) -> Delivery:
    state, error = Delivery.State.SENT, ""
    if place in REFUSED:
        state, error = Delivery.State.BOUNCED, "550 5.1.1 User unknown"
    elif place in LOST:
        state, error = Delivery.State.UNCERTAIN, "may have arrived; not sent again"
    return Delivery(
        campaign=campaign,
        kind=campaign.kind,
        template=campaign.kind,
        to=member.email,
        domain=member.email.partition("@")[2],
        digest=digest_now(Suppression.Kind.EMAIL, member.email)[1],
        language=member.language,
        state=state,
        error=error,
        attempts=1,
        queued_at=at,
        not_before=at,
        ended_at=at + timedelta(seconds=place),
    )


def _draft(people: People, at: datetime) -> None:
    """Its author may release it: marketing goes only to those who asked for it."""
    campaign = Campaign(
        kind=Campaign.Kind.MARKETING, title="News of the season", topic="newsletter", default_language="en"
    )
    add_campaign(campaign=campaign, writer=people.writer, now=at)
    for language, words in NEWSLETTER.items():
        CampaignText.objects.create(campaign=campaign, language=language, **words)


def _slow_down(now: datetime) -> None:
    """A domain that wants fewer mails, and one to it that waits until tomorrow."""
    DomainBudget.objects.create(domain=SLOW, per_minute=30, minute=now, answer=SAID)
    at, address, chosen = now - timedelta(hours=5), f"buying@{SLOW}", ["newsletter"]
    wish = SubscriptionWish.objects.create(email=address, topics=chosen, language="en", asked_at=at)
    mail = queue_mail(
        template="confirm_subscription",
        to=address,
        language="en",
        context={"topics": [topics()[one].title for one in chosen], "confirm_url": confirm_link(wish.pk, chosen)},
        now=at,
        pk=wish.pk,
    )
    Delivery.objects.filter(pk=mail.pk).update(attempts=9, error=SAID, not_before=now + timedelta(hours=18))
