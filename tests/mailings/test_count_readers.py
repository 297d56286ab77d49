"""How many a campaign would reach is what it reaches when it begins."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import Count
from django.urls import reverse

from accounts.models import Member
from mailings.audiences import Filters
from mailings.models import Campaign, Delivery
from mailings.selectors.counting import count_readers
from tests.factories import NOW, CompanyFactory, MemberFactory
from tests.mailings.campaigning import TOPIC, WORDS, agree, answer, fresh, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.desk import place, writer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
EN_AND_FR = {"texts-0-language": "en", "texts-1-language": "fr", "texts-__prefix__-language": "de"}
COUNT = reverse("admin:mailings_campaign_count")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def everybody() -> None:
    """Members and subscribers of every sort."""
    vietnamese, kenyan = CompanyFactory(country="VN"), CompanyFactory(country="KE")
    agree(MemberFactory(email="vn@example.com", company=vietnamese))
    agree(MemberFactory(email="ke@example.com", company=kenyan))
    agree(MemberFactory(email="alone@example.com"))
    agree(agree(MemberFactory(email="no@example.com", company=vietnamese)), given=False, now=NOW - timedelta(days=1))
    agree(MemberFactory(email="events@example.com"), "events")
    agree(MemberFactory(email="suspended@example.com", state=Member.State.SUSPENDED))
    MemberFactory(email="silent@example.com", company=kenyan)
    subscriber("reader@example.org")
    subscriber("french@example.org", language="fr")
    subscriber("Alone@example.com")  # a member by now, who has agreed
    subscriber("silent@example.com")  # a member by now, who has not been asked
    answer(subscriber("stopped@example.org").key, given=False)


@pytest.mark.parametrize(
    ("kind", "chosen", "numbers"),
    [
        ("marketing", {}, {"en": 5, "fr": 1}),
        ("marketing", {"languages": ["en"]}, {"en": 5}),
        ("marketing", {"countries": ["VN"]}, {"en": 1}),
        ("marketing", {"countries": ["VN", "KE"], "tiers": ["member"]}, {"en": 2}),
        ("announcement", {"countries": ["VN"]}, {"en": 2}),
        ("announcement", {"countries": ["DE"]}, {}),
    ],
)
def test_it_is_the_number_of_those_who_get_it(
    everybody: None, kind: str, chosen: dict[str, Any], numbers: dict[str, int], catcher: Catcher
) -> None:
    """By language, each mailbox once, whether it is a member's, a subscriber's or both."""
    campaign = write(kind, **chosen)
    counted = count_readers(
        filters=Filters(**{name: tuple(values) for name, values in chosen.items()}),
        kind=kind,
        topic=TOPIC,  # may still be chosen in the form of an announcement, which has none
        at=NOW,
    )

    release(campaign)
    send_all()

    rows = Delivery.objects.filter(campaign=campaign).values_list("language").annotate(Count("pk"))
    assert (counted, dict(rows)) == (numbers, numbers)
    assert (fresh(campaign).audience, len(catcher.mails)) == (sum(numbers.values()),) * 2


def test_who_is_a_member_and_a_subscriber_counts_in_the_language_of_the_member(catcher: Catcher) -> None:
    """And gets that text."""
    agree(MemberFactory(email="amara@example.com", language="en"))
    subscriber("Amara@example.com", language="fr")
    campaign = write(texts={"en": WORDS, "fr": {"subject": "Nouvelles", "body": "Lisez."}})
    counted = count_readers(filters=Filters(), kind="marketing", topic=TOPIC, at=NOW)

    release(campaign)
    send_all()

    assert counted == {"en": 1}
    assert [str(mail["Subject"]) for mail in catcher.mails] == ["News of November"]


def test_an_announcement_counts_every_member_with_a_proved_mailbox_and_an_open_account(everybody: None) -> None:
    assert count_readers(filters=Filters(), kind="announcement", topic="", at=NOW) == {"en": 6}


def test_marketing_without_a_topic_reaches_nobody(everybody: None) -> None:
    assert count_readers(filters=Filters(), kind="marketing", topic="", at=NOW) == {}


def test_it_is_one_question(everybody: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):  # and the beginning and the end of a savepoint
        count_readers(filters=Filters(), kind="marketing", topic=TOPIC, at=NOW)


def test_a_count_that_takes_too_long_is_given_up_and_breaks_nothing(everybody: None) -> None:
    """PostgreSQL stops every statement that a page asks after some seconds."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_member RENAME TO accounts_quick")
        cursor.execute(
            "CREATE VIEW accounts_member AS SELECT * FROM accounts_quick WHERE pg_sleep(60)::text IS NOT NULL"
        )
        cursor.execute("SET LOCAL statement_timeout = '1s'")  # what takes no time has time enough on a busy machine

    found = count_readers(filters=Filters(), kind="announcement", topic="", at=NOW)

    assert found is None
    assert Campaign.objects.count() == 0  # the transaction goes on


# --- on the form -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "marketing", "topic": TOPIC}, "6 people would get it now. English 5 · French 1"),
        (
            {"kind": "marketing", "topic": TOPIC, "default_language": "en", "texts-0-language": "en"},
            "6 people would get it now. English 5 · French 1 (gets the English text)",
        ),
        (
            {"kind": "marketing", "topic": TOPIC, "default_language": "en", **EN_AND_FR},
            "6 people would get it now. English 5 · French 1",
        ),
        (
            {"kind": "marketing", "topic": TOPIC, "default_language": "fr", **EN_AND_FR, "texts-0-DELETE": "on"},
            "6 people would get it now. English 5 (get the French text) · French 1",
        ),
        ({"kind": "marketing", "topic": TOPIC, "countries": ["VN"]}, "1 person would get it now. English 1"),
        ({"kind": "marketing", "topic": TOPIC, "countries": ["DE", "<b>"]}, "Nobody would get it now."),
        ({"kind": "marketing", "topic": ""}, "Choose a topic first: only those who said yes to it get it."),
        ({"kind": "", "topic": TOPIC}, "Choose first what it is."),
        ({"kind": "announcement", "topic": TOPIC, "countries": ["VN", "KE"]}, "4 people would get it now. English 4"),
    ],
)
def test_the_form_is_told_the_number_for_its_filters_as_they_stand(
    everybody: None, sent: dict[str, Any], words: str
) -> None:
    """Nothing is saved for it; without a script the button opens the same words on a page."""
    client = writer()

    for_htmx, page = client.post(COUNT, sent, headers=HTMX), client.post(COUNT, sent)

    assert (for_htmx.content.decode(), for_htmx.headers["Content-Type"]) == (words, "text/plain")
    assert words in page.content.decode()
    assert "<html" in page.content.decode()
    assert not Campaign.objects.exists()


def test_a_draft_says_how_many_it_would_reach_as_it_is_saved(everybody: None) -> None:
    """In each language, with the text that they get; so does the page of the release."""
    draft, client = write(texts={"fr": {"subject": "Nouvelles", "body": "Lisez."}}), writer()

    pages = [client.get(place(name, draft)).content.decode() for name in ("change", "release")]

    words = "6 people would get it now. English 5 (get the French text) · French 1"
    assert [words in page for page in pages] == [True, True]


def test_chosen_countries_stand_before_the_others() -> None:
    """Nobody looks for two among two hundred and fifty."""
    page = writer().get(place("change", write(countries=["VN", "KE"]))).content.decode()

    order = [page.index(f'value="{code}"') for code in ("KE", "VN", "AF", "ZW")]

    assert order == sorted(order)
