"""What was sent to many can be read again, also what was cancelled halfway."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mailings.models import Campaign
from tests.mailings.campaigning import write
from tests.mailings.desk import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
NONE = dict.fromkeys(("audience", "sent", "bounced", "suppressed", "uncertain", "withdrawn"), 0)


def cancelled(**numbers: int) -> Campaign:
    """A campaign that ended so."""
    campaign = at("cancelled")
    Campaign.objects.filter(pk=campaign.pk).update(**{**NONE, **numbers, "audience": sum(numbers.values())})
    return campaign


def status(client: Client, campaign: Campaign) -> int:
    return client.get(reverse("mailings:archived", args=[campaign.slug])).status_code


@pytest.mark.parametrize("numbers", [{"sent": 1, "withdrawn": 1}, {"uncertain": 1}])
def test_what_was_cancelled_after_some_had_left_is_where_their_links_lead(client: Client, numbers: Any) -> None:
    campaign = cancelled(**numbers)

    assert status(client, campaign) == 200
    assert campaign.slug in client.get(reverse("mailings:archive")).content.decode()


def test_what_nobody_got_is_not_there(client: Client) -> None:
    """Cancelled before it began, before anything left, being cancelled before it began, or a draft."""
    never = at("cancelled")
    waiting = at("draining")
    Campaign.objects.filter(pk__in=[never.pk, waiting.pk]).update(began_at=None)

    for campaign in (never, waiting, cancelled(withdrawn=2), write()):
        assert status(client, campaign) == 404
