"""A lead's words, prices and pictures as the start of a new draft."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings as django_settings
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import TeamMember
from offerboard.models import Lead, LeadPicture
from offerboard.services.copies import NotCopyable, copy_lead
from offerboard.services.lead_states import close_lead
from offerboard.services.leads import LeadDetails
from offerboard.services.pictures import change_pictures, read_uploads
from offerboard.services.tiers import set_tiers
from offerboard.tiers import Tier
from tests.factories import NOW, CompanyFactory, LeadDocumentFactory, LeadFactory, MemberFactory
from tests.offerboard.posting import picture
from tests.offerboard.test_publish_lead import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    with time_machine.travel(NOW, tick=False):
        yield


def editor_of(lead: Lead) -> Client:
    client = Client()
    client.force_login(MemberFactory(company=lead.company, role=TeamMember.Role.EDITOR))
    return client


def press(browser: Client, lead: Lead, number: object = None) -> Any:
    return browser.post(reverse("offerboard:copy", args=[lead.slug]), {"submission": str(number or uuid4())})


def drafts() -> list[Lead]:
    return list(Lead.objects.drafts())


def pictured(lead: Lead, *colours: str) -> None:
    good, _refused = read_uploads([picture(f"{colour}.jpg", colour=colour) for colour in colours])
    change_pictures(lead=lead, added=good, removed=[], now=NOW)


def test_a_copy_says_the_same_and_is_a_draft_of_its_own() -> None:
    lead = LeadFactory(
        state="closed", brand="Dak Hoa", destinations=["DE"], lead_time_days=14, samples="paid", valid_days=45
    )
    set_tiers(lead=lead, tiers=[Tier(Decimal(10), Decimal(4180)), Tier(Decimal(50), Decimal(4060))])
    before = Lead.objects.filter(pk=lead.pk).values().get()
    browser = editor_of(lead)

    response = press(browser, lead)

    [draft] = drafts()
    assert LeadDetails.of(draft) == LeadDetails.of(Lead.objects.get(pk=lead.pk))
    assert (draft.company, draft.posted_by, draft.posted_at) == (lead.company, Member.objects.get(), None)
    assert (draft.slug == lead.slug, Lead.objects.filter(pk=lead.pk).values().get()) == (False, before)
    assert response["Location"] == reverse("offerboard:edit", args=[draft.slug])
    assert browser.get(response["Location"]).status_code == 200


def test_pictures_are_copied_and_not_shared(django_capture_on_commit_callbacks: Any) -> None:
    lead = LeadFactory()
    pictured(lead, "red", "blue")
    press(editor_of(lead), lead)
    [draft] = drafts()

    with django_capture_on_commit_callbacks(execute=True):
        change_pictures(lead=lead, added=[], removed=list(lead.pictures.values_list("pk", flat=True)), now=NOW)

    assert (lead.pictures.count(), [one.position for one in draft.pictures.all()]) == (0, [0, 1])
    for one in draft.pictures.all():
        assert (one.width, one.height, one.image.size > 0, one.thumbnail.size > 0) == (640, 480, True, True)
    assert sum(path.is_file() for path in Path(django_settings.MEDIA_ROOT).rglob("*")) == 4


def test_a_picture_whose_file_is_lost_is_left_out() -> None:
    lead = LeadFactory()
    pictured(lead, "red", "blue")
    first = lead.pictures.first()
    assert first is not None
    first.image.storage.delete(first.image.name)

    press(editor_of(lead), lead)

    assert [draft.pictures.count() for draft in drafts()] == [1]


def test_documents_stay_behind() -> None:
    """A certificate belongs to its lot and its date."""
    document = LeadDocumentFactory()

    press(editor_of(document.lead), document.lead)

    assert [draft.documents.count() for draft in drafts()] == [0]


def test_pressed_twice_it_makes_one() -> None:
    lead, number = LeadFactory(), uuid4()
    browser = editor_of(lead)
    pictured(lead, "red")

    answers = [press(browser, lead, number)["Location"] for _click in range(2)]

    assert (len(drafts()), len(set(answers)), LeadPicture.objects.count()) == (1, 1, 2)


def test_the_same_number_copies_two_leads() -> None:
    lead, number = LeadFactory(), uuid4()
    other = LeadFactory(company=lead.company)
    browser = editor_of(lead)

    press(browser, lead, number)
    press(browser, other, number)

    assert len(drafts()) == 2


def test_a_copy_that_was_posted_since_is_not_made_again() -> None:
    lead, number = LeadFactory(), uuid4()
    browser = editor_of(lead)
    press(browser, lead, number)
    Lead.objects.drafts().update(state="pending")

    response = press(browser, lead, number)

    assert (Lead.objects.count(), response["Location"]) == (2, "/my/leads/?state=waiting")
    assert [str(message) for message in get_messages(response.wsgi_request)][-1] == (
        "This copy was posted already. Nothing was changed."
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_at_once_one_copies() -> None:
    lead, number = LeadFactory(), uuid4()
    pictured(lead, "red")
    member = MemberFactory(company=lead.company)

    outcomes = at_once(*[lambda: copy_lead(lead=lead, member=member, submission=number, now=NOW)] * 2)

    assert (outcomes, len(drafts()), LeadPicture.objects.count()) == (["done", "done"], 1, 2)
    assert sum(path.is_file() for path in Path(django_settings.MEDIA_ROOT).rglob("*")) == 4


@pytest.mark.parametrize("fate", [{"state": "rejected"}, {"holds": ["moderation"]}])
def test_what_staff_took_away_does_not_come_back_as_another_lead(fate: dict[str, Any]) -> None:
    lead = LeadFactory(**fate)
    browser = editor_of(lead)

    response = press(browser, lead)

    assert (list(Lead.objects.all()), response.status_code) == ([lead], 302)
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "Our staff took this lead off the board, so it cannot be copied. Change it instead."
    ]
    assert "Copy as new" not in browser.get(response["Location"]).content.decode()


def test_an_expired_lead_offers_the_copy_on_its_page_and_in_its_row() -> None:
    lead = LeadFactory(posted_at=NOW - timedelta(days=40), expires_at=NOW - timedelta(days=10))
    browser = editor_of(lead)

    pages = [browser.get(lead.get_absolute_url()), browser.get("/my/leads/?state=expired")]

    address = f'action="{reverse("offerboard:copy", args=[lead.slug])}"'
    assert [address in page.content.decode() for page in pages] == [True, True]


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("stranger", 404)])
def test_others_copy_nothing(role: str, status: int) -> None:
    lead, browser = LeadFactory(), Client()
    company = lead.company if role == "viewer" else CompanyFactory()
    browser.force_login(MemberFactory(company=company, role="viewer" if role == "viewer" else "owner"))

    assert (press(browser, lead).status_code, list(Lead.objects.all())) == (status, [lead])


def test_a_rejected_lead_that_was_closed_is_not_copied_past_the_staff() -> None:
    lead = LeadFactory(state="rejected")
    close_lead(lead=lead, now=NOW)
    member = MemberFactory(company=lead.company)

    with pytest.raises(NotCopyable):
        copy_lead(lead=lead, member=member, submission=uuid4(), now=NOW)

    assert drafts() == []
