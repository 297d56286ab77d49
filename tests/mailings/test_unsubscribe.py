"""A no to marketing mail: one click, no log-in, remembered for the address, and it holds when the page says so."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from accounts.models import Member
from mailings.delivery.campaigns import advance
from mailings.models import Delivery, MailReport, Subscriber
from mailings.returning.consequences import take_report
from mailings.services import subscriptions
from mailings.stopping.unsubscribe_links import unsubscribe_link
from privacy.consents import Channel
from privacy.erasing import ledger
from privacy.erasing.replaying import replay
from privacy.models import ConsentEvent, Suppression
from privacy.selectors.consents import says_yes_to
from privacy.selectors.suppression import is_suppressed
from privacy.services.consent import consent_key
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, answer, ends, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.returning import complaint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ALL_TOPICS = ["newsletter", "product_updates", "events", "partner_offers"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Campaigns go out at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def link_in(catcher: Catcher, at: int = -1) -> str:
    """The address in the header, as a mail program would call it."""
    return str(catcher.mails[at]["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost:8000")


def link_for(reader: UUID, address: str) -> str:
    """The path of a link in a mail that went to this address."""
    return unsubscribe_link(reader, "newsletter", address).removeprefix("http://localhost:8000")


def topics_of(member: object) -> set[str]:
    return says_yes_to(subject=consent_key(member=member), purposes=ALL_TOPICS, channel=Channel.EMAIL)  # type: ignore[arg-type]


@pytest.mark.promise("unsubscribe-in-every-mail")
def test_a_mail_programs_button_ends_the_topic(catcher: Catcher) -> None:
    """RFC 8058: a POST without cookie, log-in or redirect; the next campaign finds one reader less."""
    member = agree(MemberFactory(), "newsletter", "events")
    release(write())
    send_all()

    answer = Client(enforce_csrf_checks=True).post(link_in(catcher), ONE_CLICK)
    release(write())
    send_all()

    assert (answer.status_code, answer.cookies) == (200, {})
    assert topics_of(member) == {"events"}
    assert len(catcher.mails) == 1


@pytest.mark.promise("get-changes-nothing")
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_every_link_ends_nothing(method: str, client: Client, catcher: Catcher) -> None:
    """All links of both halves of the mail."""
    member = agree(MemberFactory())
    release(write())
    send_all()
    before = ConsentEvent.objects.count()
    mail = catcher.mails[0]
    halves = "".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
    links = set(re.findall(r"http://localhost:8000([^\s\"<>]*)", halves))

    statuses = {getattr(client, method)(link or "/").status_code for link in links}

    assert any("/newsletter/unsubscribe/" in link for link in links)
    assert statuses == {200}
    assert (ConsentEvent.objects.count(), topics_of(member)) == (before, {"newsletter"})


def test_the_page_offers_a_button_for_this_topic_and_one_for_all(client: Client, catcher: Catcher) -> None:
    member = agree(MemberFactory(), "newsletter", "events")
    release(write())
    send_all()

    page = client.get(link_in(catcher)).content.decode()
    after = client.post(link_in(catcher), {"all": "1"}).content.decode()

    assert "Unsubscribe from “Newsletter”?" in page
    assert "Unsubscribe from everything" in page
    assert "We send you no more of “Newsletter”." in after
    assert topics_of(member) == set()


def test_pressing_it_twice_is_pressing_it_once(catcher: Catcher, client: Client) -> None:
    agree(MemberFactory())
    release(write())
    send_all()

    pages = [client.post(link_in(catcher), ONE_CLICK).content.decode() for _press in range(2)]
    said = ConsentEvent.objects.filter(given=False).count()

    assert ["We send you no more of" in page for page in pages] == [True, True]
    assert said == 1


def test_the_link_of_somebody_who_has_left_still_answers(client: Client) -> None:
    """It never runs out, and says nothing about anybody."""
    link = link_for(subscriber("reader@example.org").key, "reader@example.org")
    Subscriber.objects.all().delete()

    answer = client.post(link, ONE_CLICK)

    assert answer.status_code == 200
    assert "We send you no more of “Newsletter”." in answer.content.decode()


def test_a_changed_link_ends_nothing(client: Client) -> None:
    """Nor does one for somebody else’s key."""
    member = agree(MemberFactory())
    link = link_for(consent_key(member=member), member.email)

    answers = [
        client.post(link[:-4] + "abc/", ONE_CLICK),
        client.post(link.replace(".newsletter", ".events"), ONE_CLICK),
    ]

    assert [one.status_code for one in answers] == [404, 404]
    assert topics_of(member) == {"newsletter"}


BROKEN = "This link is not complete"


STOPS = ["/newsletter/unsubscribe/", "/mails/stop/", "/mails/stop-all/", "/mails/stop-suggestions/"]


@pytest.mark.parametrize("page", STOPS)
@pytest.mark.parametrize("token", ["", "abc/", "abc:def/"])
def test_a_link_that_was_cut_says_so_and_how_else_to_stop_mails(client: Client, page: str, token: str) -> None:
    """Not that a lead has been closed. A mail program's button is refused, since nothing was stopped."""
    answers = [client.get(page + token), client.post(page + token, ONE_CLICK)]

    for answered in answers:
        said = answered.content.decode()
        assert (answered.status_code, BROKEN in said, "Search leads" in said) == (404, True, False)
        for way in ("/my/mails/", "reply to the mail", "/contact/"):
            assert way in said


@pytest.mark.parametrize("token", ["", "abc/"])
def test_of_a_link_that_asks_only_how_to_open_it_is_said(client: Client, token: str) -> None:
    answered = client.get(f"/newsletter/confirm/{token}")

    said = answered.content.decode()
    assert (answered.status_code, BROKEN in said, "Open the mail again" in said) == (404, True, True)
    assert "reply to the mail" not in said


# --- and back again ------------------------------------------------------------------------------------------------

VISITORS, MEMBERS = 'href="/newsletter/"', 'href="/privacy/consents/"'


def by_mistake(page: str) -> str:
    """What is there for whoever did not mean it: the last thing on the page."""
    (found,) = re.findall(r'<p class="mt-3">(?:(?!</p>).)*By mistake\?.*?</main>', page, re.DOTALL)
    return str(found)


def test_a_member_who_is_logged_in_chooses_again_among_their_consents(client: Client) -> None:
    member = agree(MemberFactory(email="amara@example.com"))
    client.force_login(member)

    page = client.post(link_for(consent_key(member=member), member.email), ONE_CLICK).content.decode()

    assert [where in by_mistake(page) for where in (MEMBERS, VISITORS)] == [True, False]


def test_nobody_else_learns_from_a_link_whether_its_mailbox_is_a_members(client: Client) -> None:
    """Also not another member."""
    member = agree(MemberFactory(email="amara@example.com"))
    reader = subscriber("reader@example.org")
    links = [link_for(consent_key(member=member), member.email), link_for(reader.key, reader.email)]

    for log_in in (False, True):
        if log_in:
            client.force_login(MemberFactory())
        said = [by_mistake(client.post(link, ONE_CLICK).content.decode()) for link in links]
        assert said[0] == said[1]
        assert (VISITORS in said[0], MEMBERS in said[0]) == (True, True)


@pytest.mark.promise("unsubscribed-at-once")
def test_what_waits_is_taken_back(catcher: Catcher, client: Client) -> None:
    """A campaign that was queued before the no (invariant 1 of the privacy design)."""
    member = agree(MemberFactory(email="late@example.com"))
    campaign = release(write())
    advance(now=NOW)
    queued = ends(campaign)

    client.post(link_for(consent_key(member=member), member.email), ONE_CLICK)
    send_all()

    assert queued == {"late@example.com": "pending"}
    assert (ends(campaign), catcher.mails) == ({"late@example.com": "suppressed"}, [])


def test_a_no_in_the_privacy_centre_holds_as_well(catcher: Catcher, client: Client) -> None:
    """Wherever it is said, the same follows."""
    member = agree(MemberFactory(email="late@example.com"))
    campaign = release(write())
    advance(now=NOW)
    client.force_login(member)

    client.post("/privacy/consents/", {"newsletter-email": "no"})
    send_all()

    assert (ends(campaign), catcher.mails) == ({"late@example.com": "suppressed"}, [])


def test_a_no_is_for_the_address_whichever_key_it_was_sent_under(catcher: Catcher) -> None:
    """Subscribed as a visitor, then a member who says no: the older yes is worth nothing."""
    subscriber("amara@example.com")
    member = MemberFactory(email="amara@example.com")

    answer(consent_key(member=member), given=False)
    campaign = release(write())
    send_all()

    assert (ends(campaign), catcher.mails) == ({"amara@example.com": "suppressed"}, [])


def test_a_new_yes_after_a_no_counts(catcher: Catcher) -> None:
    member = agree(MemberFactory(email="again@example.com"))
    answer(consent_key(member=member), given=False)
    answer(consent_key(member=member), given=True, now=NOW + timedelta(seconds=1))

    with time_machine.travel(NOW + timedelta(seconds=2), tick=False):
        release(write(), now=NOW + timedelta(seconds=2))
        send_all()

    assert catcher.recipients == ["again@example.com"]


def test_staff_enter_what_was_said_on_the_telephone(catcher: Catcher) -> None:
    """For a member, a subscriber, and an address that nobody here has."""
    member = agree(MemberFactory(email="amara@example.com"), "newsletter", "events")
    subscriber("reader@example.org")

    for email in ("Amara@example.com", "reader@example.org", "nobody@example.net"):
        subscriptions.opt_out(email=email, refused=ALL_TOPICS, language="en", now=NOW)
    agree(MemberFactory(email="other@example.com"))
    release(write())
    send_all()

    assert topics_of(member) == set()
    assert catcher.recipients == ["other@example.com"]
    assert is_suppressed("topic", "newsletter nobody@example.net")
    assert set(ConsentEvent.objects.filter(given=False).values_list("method", flat=True)) == {"staff"}


@pytest.mark.parametrize("state", ["active", "suspended"])
def test_a_member_who_was_never_asked_finds_what_staff_entered_among_their_consents(client: Client, state: str) -> None:
    """That they said no, when and how; also where they came back only later."""
    member = MemberFactory(email="amara@example.com", state=state)
    subscriptions.opt_out(email="Amara@example.com", refused=["newsletter"], language="en", now=NOW)
    Member.objects.update(state="active")
    client.force_login(member)

    page = client.get("/privacy/consents/").content.decode()

    when = '<time datetime="2026-11-22T12:00:00+00:00">22 Nov 2026</time>'
    assert re.findall(r"Now: No, since (.*?)</span>", page) == [f"{when} (told to our staff)."]


def test_a_restored_copy_does_not_forget_a_no(django_capture_on_commit_callbacks: Any) -> None:
    """The digest of address and topic stands in the file outside of the database."""
    member = agree(MemberFactory(email="amara@example.com"))
    with django_capture_on_commit_callbacks(execute=True):
        answer(consent_key(member=member), given=False)
    Suppression.objects.all().delete()  # yesterday's copy has no digest

    replay(now=NOW)

    assert is_suppressed("topic", "newsletter amara@example.com")
    assert any(line.reason == "opted_out" for line in ledger.lines())


def test_the_last_no_of_a_subscriber_forgets_the_address(client: Client) -> None:
    """A day later; the digest stays."""
    reader = subscriber("reader@example.org", "newsletter", "events")

    answer(reader.key, "newsletter", given=False)
    after_one = Subscriber.objects.get().stopped_at
    answer(reader.key, "events", given=False, now=NOW + timedelta(minutes=1))

    assert (after_one, Subscriber.objects.get().stopped_at) == (None, NOW + timedelta(minutes=1))


@pytest.mark.promise("unsubscribed-at-once")
def test_an_old_link_stops_the_mailbox_under_whichever_key_it_came_back(client: Client, catcher: Catcher) -> None:
    """Subscribed, unsubscribed, forgotten, subscribed again: the link in the first mail is good for ever."""
    first = subscriber("reader@example.org")
    old = link_for(first.key, "reader@example.org")
    answer(first.key, given=False)
    Subscriber.objects.all().delete()
    again = subscriber("reader@example.org", confirmed_at=NOW)
    answer(again.key, given=True, now=NOW + timedelta(seconds=1))
    before = client.get(old).content.decode()

    page = client.post(old, ONE_CLICK).content.decode()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        release(write(), now=NOW + timedelta(minutes=1))
        send_all()

    assert "Unsubscribe from “Newsletter”?" in before
    assert "We send you no more of “Newsletter”." in page
    assert catcher.mails == []


def test_the_link_of_a_mailbox_that_was_given_up_stops_that_mailbox_too(client: Client, catcher: Catcher) -> None:
    """Whoever reads there now gets the topic under a key of their own, and was told that no more of it comes."""
    member = agree(MemberFactory(email="old@example.com"))
    link = link_for(consent_key(member=member), "old@example.com")
    Member.objects.filter(pk=member.pk).update(email="new@example.com")
    reader = subscriber("old@example.com", "newsletter", "events")

    page = client.post(link, ONE_CLICK).content.decode()
    release(write())
    release(write(topic="events"))
    send_all()

    assert "We send you no more of" in page
    assert [(str(mail["To"]), str(mail["List-Id"]).split(" <")[0]) for mail in catcher.mails] == [
        ("old@example.com", "Trade fairs and events")
    ]
    assert topics_of(member) == set()
    assert says_yes_to(subject=reader.key, purposes=ALL_TOPICS, channel=Channel.EMAIL) == {"newsletter", "events"}


@pytest.mark.promise("unsubscribed-at-once")
def test_the_older_key_of_a_member_stops_the_member(client: Client, catcher: Catcher) -> None:
    """Whoever clicks means the mailbox, not a number that we have for it."""
    reader = subscriber("amara@example.com")
    answer(reader.key, given=False)
    agree(MemberFactory(email="amara@example.com"), now=NOW)

    page = client.post(link_for(reader.key, "amara@example.com"), ONE_CLICK).content.decode()
    release(write())
    send_all()

    assert "We send you no more of “Newsletter”." in page
    assert catcher.mails == []


def test_a_complaint_about_a_newsletter_is_a_no_to_it(catcher: Catcher, settings: Any) -> None:
    """Also when the address is proved anew some day, which lifts what mail servers said."""
    settings.BOUNCE_DOMAIN = "back.market.example"
    member = agree(MemberFactory(email="amara@example.com"), "newsletter", "events")
    release(write())
    send_all()

    take_report(raw=complaint(Delivery.objects.get()), source=MailReport.Source.MAILDIR, now=NOW)

    assert topics_of(member) == {"events"}
    assert ConsentEvent.objects.filter(given=False).values_list("method", flat=True).get() == "complaint"
    assert is_suppressed("topic", "newsletter amara@example.com")
