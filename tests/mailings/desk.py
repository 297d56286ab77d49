"""Staff who write to many, in tests."""

from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from mailings.models import Campaign, CampaignText, Delivery
from tests.factories import NOW
from tests.mailings.campaigning import fresh, release, write
from tests.staff import at_work, make_staff

LIST, ADD = reverse("admin:mailings_campaign_changelist"), reverse("admin:mailings_campaign_add")
STATES = ["pending", "claimed", "in_flight", "sent", "bounced", "suppressed", "uncertain", "withdrawn"]
TEXT = {"language": "en", "subject": "News of November", "body": "The board has a new filter."}
OFFER = {
    "offer_title": "Stand 12",
    "offer_text": "Coffee is on us.",
    "offer_button": "Come",
    "offer_link": "https://fair.example/",
}


def writer(**changes: Any) -> Client:
    """The browser of somebody from communications."""
    return at_work(make_staff("communications", **changes))


def place(step: str, campaign: Campaign, *more: Any) -> str:
    """A campaign's page: change, preview, mail, test, release, progress, step."""
    return reverse(f"admin:mailings_campaign_{step}", args=[campaign.pk, *more])


def form(*texts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A newsletter as its form sends it, in one language unless others are given."""
    filled: dict[str, Any] = {
        "kind": "marketing",
        "title": "November",
        "topic": "newsletter",
        "default_language": "en",
        "is_archived": "on",
        "texts-TOTAL_FORMS": len(texts) or 1,
        "texts-INITIAL_FORMS": sum("id" in text for text in texts),
    }
    for number, text in enumerate(texts or [TEXT]):
        filled |= {f"texts-{number}-{name}": value for name, value in text.items()}
    return filled | changes


def announcement(*texts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The same for something that every member must hear of."""
    return form(*texts, **{"kind": "announcement", "topic": "", "reason": "service", **changes})


def form_of(campaign: Campaign, *texts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A draft's form as it is opened, with its texts; `texts` are changes, one for each of them."""
    names = ("language", "subject", "body", *OFFER)
    rows = CampaignText.objects.filter(campaign=campaign).order_by("pk")
    shown = [{"id": row.pk, "campaign": campaign.pk, **{name: getattr(row, name) for name in names}} for row in rows]
    changed = [row | text for row, text in zip(shown, [*texts, *({} for _ in shown[len(texts) :])], strict=True)]
    kept = {name: getattr(campaign, name) for name in ("kind", "title", "topic", "reason", "default_language")}
    return form(*changed, **{**kept, "seen": campaign.written_at.isoformat(), **changes})


def at(state: str, campaign: Campaign | None = None) -> Campaign:
    """A released campaign that has come so far."""
    campaign = campaign or release(write())
    ended = {"ended_at": NOW} if state in {"done", "cancelled"} else {}
    cancelled = {"cancelled_at": NOW} if state in {"draining", "cancelled"} else {}
    began = {} if state == "approved" else {"began_at": NOW}
    Campaign.objects.filter(pk=campaign.pk).update(state=state, **ended, **cancelled, **began)
    return fresh(campaign)


def mails(campaign: Campaign, state: str, number: int = 1, **changes: Any) -> list[Delivery]:
    """Rows of a campaign in a state."""
    usual = {
        "campaign": campaign,
        "kind": campaign.kind,
        "template": campaign.kind,
        "language": "en",
        "reader": uuid4(),
        "state": state,
        "queued_at": NOW,
        "not_before": NOW,
        "lease_until": NOW if state in {"claimed", "in_flight"} else None,
        "ended_at": NOW if state in STATES[3:] else None,
    }
    return Delivery.objects.bulk_create(
        Delivery(**{**usual, "to": f"{uuid4().hex[:6]}@example.com", "digest": uuid4().hex, **changes})
        for _each in range(number)
    )
