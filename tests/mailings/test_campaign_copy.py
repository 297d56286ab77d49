"""A campaign begins with the words of another one."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission

from mailings.models import Campaign, CampaignText
from mailings.services import campaigns as services
from tests.factories import NOW, TopCategoryFactory
from tests.mailings.campaigning import WORDS, fresh, write
from tests.mailings.desk import OFFER, at, place, writer
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
LATER = NOW + timedelta(days=30)
TEXTS = {"en": {**WORDS, **OFFER}, "ar": {"subject": "أخبار", "body": "في اللوحة مرشح جديد."}}
KEPT = ("kind", "topic", "reason", "default_language", "is_archived", "countries", "industries", "languages")


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def words(campaign: Campaign) -> list[tuple[str, ...]]:
    names = ("language", "subject", "body", *OFFER)
    return list(CampaignText.objects.filter(campaign=campaign).order_by("pk").values_list(*names))


@pytest.mark.parametrize("state", ["draft", "sending", "done", "cancelled"])
def test_a_copy_is_a_draft_with_the_same_words_and_readers(state: str) -> None:
    """By whoever copies it; the original stays as it is."""
    readers: dict[str, Any] = {"countries": ["KE"], "industries": [TopCategoryFactory().slug], "languages": ["en"]}
    campaign = write(texts=TEXTS, is_archived=False, **readers)
    campaign = campaign if state == "draft" else at(state, released(campaign))
    before, tunde = (Campaign.objects.values().get(), words(campaign)), make_staff("communications")

    answer = at_work(tunde).post(place("copy", campaign))

    copy = Campaign.objects.exclude(pk=campaign.pk).get()
    assert answer.headers["Location"] == place("change", copy)
    assert (copy.state, copy.title, copy.written_by, copy.written_at) == ("draft", "Copy of November", tunde, LATER)
    assert {name: getattr(copy, name) for name in KEPT} == {name: getattr(campaign, name) for name in KEPT}
    assert (copy.approved_by, copy.starts_at, copy.began_at, copy.audience) == (None, None, None, None)
    assert (words(copy), copy.slug != campaign.slug) == (words(campaign), True)
    assert (Campaign.objects.filter(pk=campaign.pk).values().get(), words(campaign)) == before


def released(campaign: Campaign) -> Campaign:
    services.approve_campaign(campaign=campaign, approver=make_staff(), starts_at=NOW, now=NOW)
    return fresh(campaign)


def test_whoever_copies_an_announcement_does_not_release_the_copy() -> None:
    staff = make_staff("communications")
    client = at_work(staff)
    client.post(place("copy", at("done", released(write("announcement")))))
    copy = Campaign.objects.get(state="draft")

    page = client.get(place("release", copy)).content.decode()
    with pytest.raises(services.OwnWords):
        services.approve_campaign(campaign=copy, approver=staff, starts_at=LATER, now=LATER)

    assert "nobody who wrote in it can release it" in page
    assert fresh(copy).state == "draft"


def test_nor_does_anybody_who_wrote_in_the_original() -> None:
    """Else somebody's own words could go out by way of a copy that another made."""
    hana, first, tunde = (make_staff("communications") for _each in range(3))
    draft = write("announcement", written_by=hana)
    services.change_campaign(campaign=draft, writer=first, seen=NOW, now=NOW)
    services.change_campaign(campaign=draft, writer=hana, seen=NOW, now=NOW)

    at_work(tunde).post(place("copy", draft))

    copy = Campaign.objects.exclude(pk=draft.pk).get()
    for author in (hana, first, tunde):
        with pytest.raises(services.OwnWords):
            services.approve_campaign(campaign=copy, approver=author, starts_at=LATER, now=LATER)
    assert fresh(copy).state == "draft"


def test_a_long_title_is_cut() -> None:
    writer().post(place("copy", write(title="x" * 120)))

    assert Campaign.objects.filter(title=f"Copy of {'x' * 112}").exists()


def test_opening_the_address_copies_nothing() -> None:
    draft = write()

    answer = writer().get(place("copy", draft))

    assert (answer.headers["Location"], Campaign.objects.count()) == (place("change", draft), 1)


def test_who_may_only_look_finds_no_button_and_copies_nothing() -> None:
    draft, sent, staff = write(), at("done"), make_staff()
    staff.user_permissions.add(Permission.objects.get(codename="view_campaign"))
    client, others = at_work(staff), writer()

    answer = client.post(place("copy", draft))

    pages = [(client, sent, False), (others, sent, True), (others, draft, True)]
    assert [place("copy", one) in who.get(place("change", one)).content.decode() for who, one, _is in pages] == [
        expected for _who, _one, expected in pages
    ]
    assert (answer.status_code, Campaign.objects.count()) == (403, 2)
