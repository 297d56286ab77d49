"""Before a lead is published, its company is shown the leads it has that say nearly the same."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from directory.models import Company, TeamMember
from offerboard.models import Lead
from offerboard.selectors import own_alike as module
from offerboard.selectors.own_alike import own_alike
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.offerboard.posting import filled

pytestmark = pytest.mark.django_db
TITLE = "Robusta green coffee, grade 1, screen 18"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def company() -> Company:
    return CompanyFactory()


@pytest.fixture
def browser(client: Client, company: Company) -> Client:
    client.force_login(MemberFactory(company=company, role=TeamMember.Role.EDITOR))
    return client


def titles(lead: Lead) -> list[str]:
    return [one.title for one in own_alike(lead=lead, now=NOW)]


def preview(lead: Lead) -> str:
    return reverse("offerboard:preview", args=[lead.slug])


@pytest.mark.parametrize(
    ("mine", "is_alike"),
    [
        (TITLE, True),
        ("ROBUSTA GREEN COFFEE, GRADE 1, SCREEN 18", True),
        ("Robusta green coffee grade 1 screen 16", True),
        ("Arabica green coffee, washed", False),
        ("Jute bags", False),
    ],
)
def test_titles_are_compared_by_what_they_share(company: Company, mine: str, is_alike: bool) -> None:
    LeadFactory(company=company, title=mine)
    draft = LeadFactory(company=company, state="draft", title=TITLE)

    assert titles(draft) == ([mine] if is_alike else [])


def test_titles_without_latin_letters_are_alike_when_they_are_the_same(company: Company) -> None:
    LeadFactory(company=company, title="越南咖啡")
    draft = LeadFactory(company=company, state="draft", title="越南咖啡")

    assert titles(draft) == ["越南咖啡"]


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "buy_inquiry"},
        {"state": "draft"},
        {"state": "closed"},
        {"state": "rejected"},
        {"posted_at": NOW - timedelta(days=30), "expires_at": NOW},
    ],
)
def test_what_is_over_or_of_the_other_kind_is_not_meant(company: Company, other: dict[str, Any]) -> None:
    LeadFactory(company=company, **other)
    LeadFactory()  # another company's

    assert titles(LeadFactory(company=company, state="draft")) == []


@pytest.mark.parametrize("state", ["published", "paused", "pending"])
def test_what_is_or_may_come_on_the_board_is_meant(company: Company, state: str) -> None:
    LeadFactory(company=company, state=state)

    assert titles(LeadFactory(company=company, state="draft")) == [TITLE]


def test_at_most_three_are_shown_of_a_bounded_number(
    company: Company, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    for days in range(6):
        LeadFactory(company=company, title=f"{TITLE} {days}", updated_at=NOW - timedelta(days=days))
    draft = LeadFactory(company=company, state="draft", title=f"{TITLE} 5")

    with django_assert_num_queries(1):
        shown = titles(draft)
    monkeypatch.setattr(module, "COMPARED", 2)

    assert (shown[0], len(shown)) == (f"{TITLE} 5", 3)
    assert sorted(titles(draft)) == [f"{TITLE} 0", f"{TITLE} 1"]


def test_publishing_stops_once_shows_the_other_and_loses_nothing(browser: Client, company: Company) -> None:
    other = LeadFactory(company=company)

    response = browser.post("/leads/new/", filled(title=TITLE, description="New crop."))

    [draft] = Lead.objects.drafts()
    assert (response["Location"], draft.description) == (f"{preview(draft)}#alike", "New crop.")
    page = browser.get(preview(draft)).content.decode()
    assert "You have a lead like this already." in page
    assert [f'href="{other.get_absolute_url()}"' in page, ">Keep editing<" in page] == [True, True]
    assert f'href="{reverse("offerboard:edit", args=[other.slug])}"' in page
    assert [">Publish anyway<" in page, ">Publish<" in page] == [True, False]


def test_it_warns_and_never_forbids(browser: Client, company: Company) -> None:
    LeadFactory(company=company)
    draft = LeadFactory(company=company, state="draft")
    address = reverse("offerboard:publish", args=[draft.slug])

    stopped = browser.post(address)
    assert (stopped["Location"], Lead.objects.get(pk=draft.pk).state) == (f"{preview(draft)}#alike", "draft")
    browser.post(address, {"anyway": "1"})

    assert Lead.objects.get(pk=draft.pk).state == "published"


def test_a_lead_like_no_other_is_published_at_once(browser: Client, company: Company) -> None:
    LeadFactory(company=company, title="Jute bags")
    draft = LeadFactory(company=company, state="draft")

    assert "alike" not in browser.get(preview(draft)).content.decode()
    browser.post(reverse("offerboard:publish", args=[draft.slug]))

    assert Lead.objects.get(pk=draft.pk).state == "published"


def test_the_publish_button_pressed_twice_says_so(browser: Client, company: Company) -> None:
    """The lead that the first click published is not mistaken for another one like it."""
    data = filled()
    browser.post("/leads/new/", data)

    response = browser.post("/leads/new/", data, follow=True)

    assert "You have posted this lead already. Nothing was changed." in response.content.decode()
    assert Lead.objects.count() == 1
