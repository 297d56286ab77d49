"""What was sent to many can be read again, also what was cancelled halfway."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mailings.models import Campaign, CampaignText
from mailings.selectors.archive import ON_A_PAGE
from tests.factories import NOW
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


def test_the_list_shows_the_subject_that_readers_saw_and_not_the_title_that_staff_gave(client: Client) -> None:
    campaign = cancelled(sent=1)
    Campaign.objects.filter(pk=campaign.pk).update(title="Push no. 7, second try")

    page = client.get(reverse("mailings:archive")).content.decode()

    assert '<b lang="en" dir="auto">News of November</b>' in page
    assert "second try" not in page


def test_the_list_is_in_the_language_of_its_reader_where_a_campaign_has_that(client: Client, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]
    campaign = cancelled(sent=1)
    CampaignText.objects.create(campaign=campaign, language="ar", subject="أخبار", body="في اللوحة مرشح جديد.")

    pages = [client.get(reverse("mailings:archive"), headers={"accept-language": code}).text for code in ("ar", "en")]

    assert ['<b lang="ar" dir="auto">أخبار</b>' in page for page in pages] == [True, False]


def test_many_campaigns_cost_as_much_as_one(client: Client, django_assert_max_num_queries: Any) -> None:
    for _campaign in range(9):
        cancelled(sent=1)

    with django_assert_max_num_queries(2):
        client.get(reverse("mailings:archive"))


def test_what_nobody_got_is_not_there(client: Client) -> None:
    """Cancelled before it began, before anything left, being cancelled before it began, or a draft."""
    never = at("cancelled")
    waiting = at("draining")
    Campaign.objects.filter(pk__in=[never.pk, waiting.pk]).update(began_at=None)

    for campaign in (never, waiting, cancelled(withdrawn=2), write()):
        assert status(client, campaign) == 404


def test_of_many_that_began_at_one_moment_none_is_passed_over_between_two_pages(client: Client) -> None:
    campaigns = [cancelled(sent=1) for _campaign in range(ON_A_PAGE + 2)]
    Campaign.objects.update(began_at=NOW)

    first = client.get(reverse("mailings:archive")).text
    (older,) = re.findall(r'href="(\?after=[^"]+)"', first)
    second = client.get(reverse("mailings:archive") + older).text

    shown = [[one.pk for one in campaigns if one.slug in page] for page in (first, second)]
    assert shown == [[one.pk for one in campaigns[2:]], [one.pk for one in campaigns[:2]]]
    assert "?after=" not in second


@pytest.mark.parametrize("after", ["", "x", "2026-11-22", f"{NOW.isoformat()}", f"{NOW.isoformat()}_x", "_1", "9999_9"])
def test_what_says_no_place_in_the_list_begins_it_anew(client: Client, after: str) -> None:
    campaign = cancelled(sent=1)

    assert campaign.slug in client.get(reverse("mailings:archive"), {"after": after}).text
