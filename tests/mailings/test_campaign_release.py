"""A campaign is looked at as it will arrive, tested on oneself, and released by somebody who has read it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission

from accounts.models import Member
from mailings.models import Campaign, CampaignText, Delivery
from mailings.services import campaigns as services
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import WORDS, agree, fresh, release, write
from tests.mailings.desk import OFFER, place, writer
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
TWO = {"en": WORDS, "ar": {"subject": "أخبار", "body": "في اللوحة مرشح جديد."}}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def now(campaign: Campaign, **changes: Any) -> dict[str, Any]:
    """The form of the release, filled in to let it go at once."""
    return {"when": "now", "starts_at": "", "seen": campaign.written_at.isoformat(), **changes}


@pytest.fixture
def reader() -> Member:
    """Somebody whom the newsletter reaches."""
    return agree(MemberFactory())


def told(answer: Any) -> str:
    """What stands on the page, entities undone as far as these tests need it."""
    return str(answer.content.decode()).replace("&#x27;", "'").replace("&quot;", '"')


# --- the preview -----------------------------------------------------------------------------------------------------


def test_it_is_shown_by_language_at_the_width_of_a_phone_and_of_a_desk() -> None:
    draft = write(texts=TWO)
    client = writer()

    page = told(client.get(place("preview", draft), {"language": "ar"}))

    assert [f'width="{width}"' in page for width in (360, 800)] == [True, True]
    assert f"{place('mail', draft)}?language=ar" in page
    assert "News of November" in told(client.get(place("preview", draft)))


def test_the_frame_has_a_policy_of_its_own_and_only_our_pages_may_hold_it() -> None:
    """Styles of the mail apply; nothing is loaded, no script runs."""
    draft = write()
    client = writer()

    frame, around = client.get(place("mail", draft)), client.get(place("preview", draft))

    policy = frame.headers["Content-Security-Policy"]
    assert ("default-src 'none'" in policy, "style-src 'unsafe-inline'" in policy, "sandbox" in policy) == (True,) * 3
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in around.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in around.headers["Content-Security-Policy"]


def test_what_it_lacks_is_said_in_place_of_it(settings: Any) -> None:
    draft = write()
    settings.OPERATOR = {**settings.OPERATOR, "address": ""}
    client = writer()

    page, frame = client.get(place("preview", draft)), client.get(place("mail", draft))

    assert "It cannot be sent: it lacks our postal address" in told(page)
    assert frame.status_code == 404


def test_a_test_goes_to_whoever_asks_for_it_and_to_nobody_else() -> None:
    agree(MemberFactory(email="yes@example.com"))
    draft = write(texts=TWO)
    client = writer(email="tunde@example.com")

    opened = client.get(place("test", draft))
    before = Delivery.objects.count()
    client.post(place("test", draft), {"language": "ar", "to": "yes@example.com"})

    mail = Delivery.objects.get()
    assert (opened.status_code, before) == (302, 0)
    assert (mail.to, mail.subject, mail.campaign) == ("tunde@example.com", "[Test] أخبار", None)
    assert fresh(draft).state == "draft"


# --- the release -----------------------------------------------------------------------------------------------------


def test_the_page_shows_every_language_the_number_of_readers_and_what_was_looked_at() -> None:
    agree(MemberFactory())
    draft = write(texts=TWO)

    page = told(writer().get(place("release", draft)))

    assert [language in page for language in ("English", "Arabic")] == [True, True]
    assert [f"{place('mail', draft)}?language={code}" in page for code in ("en", "ar")] == [True, True]
    assert ("1 person would get it now." in page, "في اللوحة مرشح جديد." in page) == (True, True)
    assert "Both halves have the link to unsubscribe and our postal address." in page
    assert fresh(draft).state == "draft"


@pytest.mark.usefixtures("reader")
def test_a_button_releases_it_at_once() -> None:
    draft, staff = write(), make_staff("communications", email="tunde@example.com")

    answer = at_work(staff).post(place("release", draft), now(draft))

    campaign = fresh(draft)
    assert answer.headers["Location"] == place("change", draft)
    assert (campaign.state, campaign.approved_by, campaign.starts_at) == ("approved", staff, NOW)


@pytest.mark.usefixtures("reader")
def test_or_at_a_time_to_come_in_the_time_zone_of_whoever_releases_it() -> None:
    draft = write()
    client = writer(time_zone="Asia/Ho_Chi_Minh")

    past = client.post(place("release", draft), now(draft, when="later", starts_at="2026-11-22T18:59"))
    none = client.post(place("release", draft), now(draft, when="later"))
    before = fresh(draft).state
    client.post(place("release", draft), now(draft, when="later", starts_at="2026-11-22T20:00"))

    assert ["Choose a time to come." in told(answer) for answer in (past, none)] == [True, True]
    assert "Asia/Ho_Chi_Minh" in told(past)
    assert (before, fresh(draft).state, fresh(draft).starts_at) == ("draft", "approved", NOW + timedelta(hours=1))


@pytest.mark.usefixtures("reader")
def test_a_time_beside_at_once_is_asked_about_and_nothing_is_chosen_beforehand() -> None:
    """Whoever typed a time did not mean at once."""
    draft, client = write(), writer()

    opened = client.get(place("release", draft))
    both = client.post(place("release", draft), now(draft, starts_at="2026-11-22T20:00"))
    broken = client.post(place("release", draft), now(draft, starts_at="tomorrow"))
    neither = client.post(place("release", draft), now(draft, when=""))

    assert [" checked" in told(answer) for answer in (opened, neither)] == [False, False]
    assert ["There is a time below." in told(answer) for answer in (both, broken)] == [True, True]
    assert told(neither).count("Choose when it goes.") == 2  # also above the words, which may be longer than a screen
    assert "It is not released. Choose when it goes." in told(neither)
    assert (fresh(draft).state, fresh(draft).starts_at) == ("draft", None)


def test_the_button_says_how_many_get_it() -> None:
    for _each in range(3):
        agree(MemberFactory())
    draft = write()

    assert 'value="Release to 3 people"' in told(writer().get(place("release", draft)))


def test_what_nobody_would_get_has_no_button_and_a_forged_press_is_refused() -> None:
    agree(MemberFactory(), given=False)
    draft, client = write(), writer()

    page, pressed = client.get(place("release", draft)), client.post(place("release", draft), now(draft))

    for answer in (page, pressed):
        assert "Nobody would get it, so it is not released." in told(answer)
        assert 'value="Release' not in told(answer)
    assert (fresh(draft).state, fresh(draft).approved_by) == ("draft", None)


def test_the_author_of_an_announcement_finds_no_button_and_is_told_why() -> None:
    """A forged press is refused with the same words."""
    author = make_staff("communications", email="hana@example.com")
    draft, client = write("announcement", written_by=author), at_work(author)

    page, pressed = client.get(place("release", draft)), client.post(place("release", draft), now(draft))

    for answer in (page, pressed):
        assert "nobody who wrote in it can release it" in told(answer)
        assert 'value="Release' not in told(answer)
    assert (fresh(draft).state, fresh(draft).approved_by) == ("draft", None)


def test_a_second_person_releases_an_announcement() -> None:
    draft = write("announcement")
    client = writer(email="tunde@example.com")

    page = told(client.get(place("release", draft)))
    client.post(place("release", draft), now(draft))

    assert "No word that sells, no offer, no link to elsewhere was found in it." in page
    assert fresh(draft).state == "approved"


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("announcement", {"body": "Now 20% off."}, "This text promotes something: English: “20% off”"),
        ("announcement", OFFER, "English: the block with an offer"),
        ("marketing", {"language": "fr"}, "It lacks a text in the language for everybody else."),
    ],
)
def test_what_may_not_go_has_no_button_and_a_forged_press_is_refused(
    kind: str, words: dict[str, str], said: str
) -> None:
    """Whatever way the words came there."""
    draft = write(kind)
    CampaignText.objects.filter(campaign=draft).update(**words)
    client = writer()

    page, pressed = client.get(place("release", draft)), client.post(place("release", draft), now(draft))

    for answer in (page, pressed):
        assert said in told(answer)
        assert 'value="Release' not in told(answer)
    assert fresh(draft).state == "draft"


@pytest.mark.usefixtures("reader")
def test_words_that_were_changed_since_they_were_read_are_not_released() -> None:
    draft = write()
    opened = now(draft)
    services.change_campaign(campaign=fresh(draft), writer=make_staff(), seen=NOW, now=NOW + timedelta(seconds=1))
    client = writer()

    refused = client.post(place("release", draft), opened)
    before = fresh(draft).state
    client.post(place("release", draft), now(fresh(draft)))

    assert "Somebody changed it meanwhile. Read it again, then release it." in told(refused)
    assert f'name="seen" value="{(NOW + timedelta(seconds=1)).isoformat()}"' in told(refused)
    assert (before, fresh(draft).state) == ("draft", "approved")


def test_the_service_asks_the_same_of_words_that_change_while_it_works() -> None:
    """Between the approver's look and the lock."""
    draft = write()
    services.change_campaign(campaign=fresh(draft), writer=make_staff(), seen=NOW, now=NOW + timedelta(seconds=1))

    with pytest.raises(services.Rewritten):
        release(draft)
    assert fresh(draft).state == "draft"


@pytest.mark.usefixtures("reader")
def test_of_two_releases_the_second_hears_that_it_is_released() -> None:
    draft = write()
    client = writer()
    client.post(place("release", draft), now(draft))
    before = Campaign.objects.values().get()

    answer = client.post(place("release", draft), now(draft), follow=True)

    assert "It was released already, or cancelled." in told(answer)
    assert Campaign.objects.values().get() == before


def test_writing_is_not_releasing() -> None:
    """Somebody who may write campaigns but not release them."""
    draft, staff = write(), make_staff()
    staff.user_permissions.set(Permission.objects.filter(codename__in=["view_campaign", "change_campaign"]))
    client = at_work(staff)

    answers = [client.get(place("release", draft)), client.post(place("release", draft), now(draft))]

    assert ([answer.status_code for answer in answers], fresh(draft).state) == ([403, 403], "draft")
    assert "read and release" not in told(client.get(place("change", draft)))
