"""From a draft to numbers that add up: who gets a campaign, who may release it, and how it is stopped."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from accounts.models import Member
from directory.models import Company
from mailings import delivery
from mailings.delivery import campaigns as running
from mailings.delivery import readers
from mailings.models import Campaign, Delivery
from mailings.services import campaigns as services
from mailings.writing.texts import Unsendable
from privacy.models import Suppression
from privacy.services.suppression import suppress
from tests.factories import NOW, CategoryFactory, CompanyFactory, MemberFactory, TopCategoryFactory, VerificationFactory
from tests.mailings.campaigning import TOPIC, WORDS, agree, ends, figures, fresh, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Campaigns are released at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def without_links(settings: Any, folder: Path, name: str) -> None:
    """A template that stands before the product's own and has lost what leads to unsubscribing."""
    own = (settings.BASE_DIR / "templates" / "mail" / name).read_text()
    (folder / "mail").mkdir()
    (folder / "mail" / name).write_text(own.replace("{{ unsubscribe_url }}", ""))
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [folder, *templates[0]["DIRS"]]
    settings.TEMPLATES = templates


# --- who gets it ---------------------------------------------------------------------------------------------------


@pytest.mark.promise("no-marketing-without-consent")
def test_marketing_goes_to_those_who_say_yes_to_its_topic_and_to_nobody_else(catcher: Catcher) -> None:
    """Not to who never answered, said no since, said yes to something else, or is suspended."""
    agree(MemberFactory(email="yes@example.com"))
    MemberFactory(email="silent@example.com")
    agree(agree(MemberFactory(email="no@example.com")), given=False, now=NOW - timedelta(days=1))
    agree(MemberFactory(email="events@example.com"), "events")
    agree(MemberFactory(email="suspended@example.com", state=Member.State.SUSPENDED))
    subscriber("reader@example.org")

    campaign = release(write())
    send_all()

    assert sorted(catcher.recipients) == ["reader@example.org", "yes@example.com"]
    assert (fresh(campaign).state, figures(campaign)) == ("done", {"audience": 2, "sent": 2})


def test_an_announcement_reaches_every_member_and_no_subscriber(catcher: Catcher) -> None:
    """Whatever they said to marketing."""
    agree(MemberFactory(email="no@example.com"), given=False)
    MemberFactory(email="silent@example.com")
    subscriber("reader@example.org")

    release(write("announcement", written_by=MemberFactory(email="author@example.com")))
    send_all()

    everybody = Member.objects.values_list("email", flat=True)
    assert sorted(catcher.recipients) == sorted(everybody)
    assert {"no@example.com", "silent@example.com", "author@example.com"} <= set(everybody)


def test_an_unconfirmed_mailbox_is_nobodys_yet(catcher: Catcher) -> None:
    """Anybody can sign up with any address."""
    member = agree(MemberFactory(email="typed@example.com"))
    EmailAddress.objects.filter(user=member).update(verified=False)

    release(write())
    send_all()

    assert catcher.recipients == []


def test_filters_narrow_the_audience(catcher: Catcher) -> None:
    """By country, industry, business type, tier and language: one value of each must fit."""
    food = TopCategoryFactory()
    coffee = CategoryFactory(parent=food)
    fits = {"country": "VN", "business_types": ["grower"]}

    def join(email: str, language: str = "en", **changes: Any) -> Company:
        company = CompanyFactory(**{**fits, **changes})
        company.industries.add(coffee)
        VerificationFactory(company=company)
        agree(MemberFactory(email=email, company=company, language=language))
        return company

    join("fits@example.com")
    join("country@example.com", country="KE")
    join("business@example.com", business_types=["buyer"])
    join("language@example.com", language="fr")
    join("industry@example.com").industries.clear()
    join("unverified@example.com").verifications.all().delete()
    agree(MemberFactory(email="nocompany@example.com"))
    subscriber("reader@example.org")

    release(
        write(
            countries=["VN"],
            industries=[food.slug],
            business_types=["grower", "cooperative"],
            tiers=["verified_member"],
            languages=["en"],
        )
    )
    send_all()

    assert catcher.recipients == ["fits@example.com"]


def test_an_address_that_is_there_twice_gets_it_once(catcher: Catcher) -> None:
    """Subscribed as a visitor, then a member."""
    subscriber("amara@example.com")
    agree(MemberFactory(email="Amara@example.com"))

    campaign = release(write())
    send_all()

    assert [one.lower() for one in catcher.recipients] == ["amara@example.com"]
    assert figures(campaign) == {"audience": 1, "sent": 1}


def test_suppressed_addresses_are_counted_and_not_written_to(catcher: Catcher) -> None:
    """The numbers add up to everybody who was meant."""
    agree(MemberFactory(email="yes@example.com"))
    agree(MemberFactory(email="bounces@example.com"))
    suppress(kind="email", value="bounces@example.com", reason=Suppression.Reason.BOUNCED, now=NOW)
    agree(MemberFactory(email="refuses@example.com"))
    catcher.on_recipient = lambda address: "550 5.1.1 No such user" if address.startswith("refuses") else None

    campaign = release(write())
    send_all()

    assert ends(campaign) == {
        "yes@example.com": "sent",
        "bounces@example.com": "suppressed",
        "refuses@example.com": "bounced",
    }
    assert figures(campaign) == {"audience": 3, "sent": 1, "suppressed": 1, "bounced": 1}


def test_readers_are_found_in_steps_and_each_once(monkeypatch: pytest.MonkeyPatch, catcher: Catcher) -> None:
    """Whoever takes over goes on where the last commit left it."""
    monkeypatch.setattr(readers, "BATCH", 2)
    for number in range(5):
        agree(MemberFactory(email=f"member{number}@example.com"))
        subscriber(f"reader{number}@example.org")
    campaign = release(write())
    Campaign.objects.filter(pk=campaign.pk).update(state="materialising")

    readers.find_some(campaign_id=campaign.pk, now=NOW)
    after_one_step = len(ends(campaign))
    send_all()

    assert after_one_step in {0, 1, 2}  # staff come first, who never answered
    assert len(catcher.recipients) == len(set(catcher.recipients)) == 10
    assert figures(campaign) == {"audience": 10, "sent": 10}


# --- releasing it --------------------------------------------------------------------------------------------------


@pytest.mark.promise("announcements-without-promotion")
def test_the_author_cannot_release_an_announcement() -> None:
    """The service refuses, and the database would."""
    campaign = write("announcement")

    with pytest.raises(services.OwnWords):
        services.approve_campaign(campaign=campaign, approver=campaign.written_by, starts_at=NOW, now=NOW)
    assert (fresh(campaign).state, fresh(campaign).approved_by) == ("draft", None)
    with pytest.raises(IntegrityError, match="campaign_announcement_read_by_two"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(
            state="approved", approved_by=campaign.written_by, approved_at=NOW, starts_at=NOW
        )


@pytest.mark.promise("announcements-without-promotion")
def test_nobody_who_wrote_in_an_announcement_releases_it_whoever_wrote_after_them() -> None:
    """Not when the last of them has left, nor when it was released once and taken back."""
    author, editor, reader = MemberFactory(is_staff=True), MemberFactory(is_staff=True), MemberFactory(is_staff=True)
    campaign = write("announcement")
    for who in (author, editor):
        services.change_campaign(campaign=campaign, writer=who, seen=NOW, now=NOW)

    for who in (author, editor):
        with pytest.raises(services.OwnWords):
            services.approve_campaign(campaign=campaign, approver=who, starts_at=NOW, now=NOW)
    Campaign.objects.filter(pk=campaign.pk).update(written_by=None)
    with pytest.raises(services.OwnWords):
        services.approve_campaign(campaign=campaign, approver=author, starts_at=NOW, now=NOW)
    before = fresh(campaign).state
    services.approve_campaign(campaign=campaign, approver=reader, starts_at=NOW, now=NOW)
    services.take_back_approval(campaign=campaign)
    with pytest.raises(services.OwnWords):
        services.approve_campaign(campaign=campaign, approver=author, starts_at=NOW, now=NOW)

    assert (before, fresh(campaign).state, fresh(campaign).approved_by) == ("draft", "draft", None)


def test_the_author_may_release_marketing() -> None:
    campaign = write()

    services.approve_campaign(campaign=campaign, approver=campaign.written_by, starts_at=NOW, now=NOW)

    assert fresh(campaign).state == "approved"


@pytest.mark.promise("announcements-without-promotion")
@pytest.mark.parametrize(
    "words",
    [
        {"subject": "Maintenance, and 20% off", "body": "On Sunday."},
        {"subject": "Maintenance", "body": "On Sunday. Buy now and save."},
        {"subject": "Maintenance", "body": "On Sunday. [More](https://elsewhere.example/shop)"},
        {"subject": "Wartung", "body": "Am Sonntag. Rabatt für alle!"},
        {
            **WORDS,
            "offer_title": "Stand 12",
            "offer_button": "Come",
            "offer_link": "http://testserver/",
        },
    ],
)
def test_an_announcement_that_promotes_is_not_released(words: dict[str, str]) -> None:
    campaign = write("announcement", texts={"en": words})

    with pytest.raises(services.Promotes):
        release(campaign)
    assert fresh(campaign).state == "draft"


@pytest.mark.promise("unsubscribe-in-every-mail")
@pytest.mark.parametrize("half", ["newsletter.txt", "newsletter.html"])
def test_marketing_whose_template_lost_its_link_is_neither_released_nor_sent(
    half: str, settings: Any, tmp_path: Path, catcher: Catcher
) -> None:
    """Whoever changes the template: the mail as it would arrive is looked at."""
    agree(MemberFactory())
    released, draft = release(write()), write()
    without_links(settings, tmp_path, half)

    with pytest.raises(Unsendable):
        release(draft)
    send_all()

    assert (catcher.mails, fresh(draft).state) == ([], "draft")
    assert (fresh(released).state, fresh(released).halt) == ("paused", "the link to unsubscribe")


def test_marketing_without_a_postal_address_is_not_released(settings: Any) -> None:
    """The law of many countries wants one."""
    settings.OPERATOR = {**settings.OPERATOR, "address": ""}

    with pytest.raises(Unsendable):
        release(write())


def test_a_topic_that_nobody_is_asked_about_reaches_nobody() -> None:
    with pytest.raises(Unsendable):
        release(write(topic="horoscopes"))


def test_of_two_approvals_one_counts() -> None:
    campaign = release(write())

    with pytest.raises(services.WrongState):
        release(campaign)


def test_it_waits_for_its_time(catcher: Catcher) -> None:
    agree(MemberFactory(email="yes@example.com"))
    campaign = release(write(), at=NOW + timedelta(hours=1))

    send_all()
    waiting = (fresh(campaign).state, len(catcher.mails))
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        send_all()

    assert (waiting, catcher.recipients) == (("approved", 0), ["yes@example.com"])


# --- stopping it ---------------------------------------------------------------------------------------------------


def test_a_paused_campaign_sends_nothing_until_it_goes_on(catcher: Catcher) -> None:
    """Not what a worker has claimed already, either."""
    agree(MemberFactory(email="yes@example.com"))
    campaign = release(write())
    running.advance(now=NOW)
    services.pause_campaign(campaign=campaign)

    send_all()
    while_paused = len(catcher.mails)
    services.resume_campaign(campaign=campaign)
    send_all()

    assert (while_paused, catcher.recipients) == (0, ["yes@example.com"])
    assert fresh(campaign).state == "done"


def test_a_cancelled_campaign_counts_what_it_did_not_send(catcher: Catcher) -> None:
    """And nobody gets it afterwards."""
    for number in range(3):
        agree(MemberFactory(email=f"member{number}@example.com"))
    campaign = release(write())
    running.advance(now=NOW)

    services.cancel_campaign(campaign=campaign, now=NOW)
    send_all()

    assert (fresh(campaign).state, figures(campaign)) == ("cancelled", {"audience": 3, "withdrawn": 3})
    assert catcher.mails == []
    with pytest.raises(services.WrongState):
        services.resume_campaign(campaign=campaign)


@pytest.mark.parametrize("kind", ["marketing", "announcement"])
def test_what_died_at_the_dot_is_repeated_only_where_missing_it_is_worse(kind: str, catcher: Catcher) -> None:
    """Marketing stays uncertain and is counted as that; an announcement goes again under the same Message-ID."""
    agree(MemberFactory(email="yes@example.com"))
    campaign = release(write(kind))
    running.advance(now=NOW)
    row = Delivery.objects.get(campaign=campaign, to="yes@example.com")
    Delivery.objects.filter(pk=row.pk).update(state="in_flight", attempts=1, lease_until=NOW - timedelta(seconds=1))

    delivery.settle_abandoned(now=NOW)
    send_all()

    again = [mail["Message-ID"] for mail in catcher.mails if mail["To"] == "yes@example.com"]
    if kind == "marketing":
        assert (again, figures(campaign)) == ([], {"audience": 1, "uncertain": 1})
    else:
        assert again == [f"<{row.pk}@localhost>"]
        assert ends(campaign)["yes@example.com"] == "sent"


def test_numbers_that_do_not_add_up_are_refused_by_the_database() -> None:
    campaign = release(write())

    with pytest.raises(IntegrityError, match="campaign_numbers_add_up"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(
            audience=5, sent=1, bounced=1, suppressed=1, uncertain=1, withdrawn=0
        )


def test_the_topic_of_a_campaign_is_in_its_list_header(catcher: Catcher) -> None:
    """By which mail programs sort, and show their own button (RFC 2919, RFC 8058)."""
    agree(MemberFactory())

    release(write())
    send_all()

    head = catcher.mails[0]
    assert head["List-Id"].endswith(f"<{TOPIC}.localhost>")
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/newsletter/unsubscribe/" in head["List-Unsubscribe"]
