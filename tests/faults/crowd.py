"""The database's side of the crash of a campaign: its readers, and what its rows say; each call in its own process."""

import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils import timezone

from accounts.models import Member
from mailings.models import Campaign, CampaignText, Delivery, Subscriber
from mailings.services.campaigns import approve_campaign
from mailings.topics import question_of
from privacy.models import ConsentEvent
from privacy.services.consent import record_choices


def gather(recipients: int, kind: str) -> None:
    """Readers at two hundred domains, who say yes, and a campaign that somebody else has released."""
    now, readers = timezone.now(), [f"reader{number}@host{number % 200}.example" for number in range(recipients)]
    writer, approver = (Member(email=f"{name}@example.com", full_name=name, is_staff=True) for name in ("a", "b"))
    Member.objects.bulk_create([writer, approver])
    if kind == "marketing":
        subscribers = [Subscriber(email=one, language="en", confirmed_at=now) for one in readers]
        Subscriber.objects.bulk_create(subscribers, batch_size=5_000)
        agree([one.key for one in subscribers])
    else:
        members = Member.objects.bulk_create(
            [Member(email=one, full_name="Reader") for one in readers], batch_size=5_000
        )
        confirmed = [EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in members]
        EmailAddress.objects.bulk_create(confirmed, batch_size=5_000)
    about = {"topic": "newsletter"} if kind == "marketing" else {"reason": "service"}
    campaign = Campaign.objects.create(
        kind=kind,
        title="Crash",
        slug=f"crash-{uuid4().hex[:8]}",
        default_language="en",
        written_by=writer,
        written_at=now,
        **about,
    )
    CampaignText.objects.create(campaign=campaign, language="en", subject="Hello", body="Words for many.")
    approve_campaign(campaign=campaign, approver=approver, starts_at=now, now=now)
    note("readers", readers)


def agree(keys: Sequence[UUID]) -> None:
    """All of them at once, as if each had pressed the button."""
    now = timezone.now()
    (example,) = record_choices(
        subject=keys[0],
        choices={question_of("newsletter"): True},
        method=ConsentEvent.Method.LINK,
        language="en",
        gpc=False,
        now=now,
    )
    events = [
        ConsentEvent(
            subject=key,
            purpose="newsletter",
            channel="email",
            given=True,
            words_id=example.words_id,
            policy_id=example.policy_id,
            method="link",
            at=now,
        )
        for key in keys[1:]
    ]
    ConsentEvent.objects.bulk_create(events, batch_size=5_000)


def leases_run_out() -> None:
    """As if minutes had passed."""
    Delivery.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def numbers(*, hurried: bool) -> None:
    """The campaign's state and figures; and, in files, who is uncertain and who was written to more than once."""
    if hurried:
        Delivery.objects.filter(state="pending").update(not_before=timezone.now() - timedelta(seconds=1))
    campaign = Campaign.objects.get()
    rows = Delivery.objects.filter(campaign=campaign)
    note("uncertain", rows.filter(state="uncertain").values_list("to", flat=True))
    # Marketing never goes again; of an announcement only what was claimed once more.
    note("resent", rows.filter(kind="announcement", attempts__gt=1).values_list("to", flat=True))
    figures = {name: getattr(campaign, name) or 0 for name in ("state", "audience", "sent", "uncertain")}
    sys.stdout.write(" ".join(f"{name} {figure}" for name, figure in figures.items()))


def note(name: str, lines: Iterable[str]) -> None:
    """A file in the state directory."""
    (Path(settings.LOCAL_STATE) / name).write_text("\n".join(lines))
