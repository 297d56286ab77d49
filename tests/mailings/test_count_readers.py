"""How many a campaign would reach is what it reaches when it begins."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import Member
from mailings.audiences import Filters
from mailings.models import Campaign
from mailings.selectors.campaigns import count_readers
from tests.factories import NOW, CompanyFactory, MemberFactory
from tests.mailings.campaigning import TOPIC, agree, answer, fresh, release, send_all, subscriber, write
from tests.mailings.catcher import Catcher
from tests.mailings.desk import place, writer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
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
    ("kind", "chosen", "number"),
    [
        ("marketing", {}, 6),
        ("marketing", {"languages": ["en"]}, 5),
        ("marketing", {"countries": ["VN"]}, 1),
        ("marketing", {"countries": ["VN", "KE"], "tiers": ["member"]}, 2),
        ("announcement", {"countries": ["VN"]}, 2),
        ("announcement", {"countries": ["DE"]}, 0),
    ],
)
def test_it_is_the_number_of_those_who_get_it(
    everybody: None, kind: str, chosen: dict[str, Any], number: int, catcher: Catcher
) -> None:
    """Each mailbox once, whether it is a member's, a subscriber's or both."""
    campaign = write(kind, **chosen)
    counted = count_readers(
        filters=Filters(**{name: tuple(values) for name, values in chosen.items()}),
        kind=kind,
        topic=TOPIC,  # may still be chosen in the form of an announcement, which has none
        at=NOW,
    )

    release(campaign)
    send_all()

    assert (counted, fresh(campaign).audience, len(catcher.mails)) == (number, number or 0, number)


def test_an_announcement_counts_every_member_with_a_proved_mailbox_and_an_open_account(everybody: None) -> None:
    assert count_readers(filters=Filters(), kind="announcement", topic="", at=NOW) == 6


def test_marketing_without_a_topic_reaches_nobody(everybody: None) -> None:
    assert count_readers(filters=Filters(), kind="marketing", topic="", at=NOW) == 0


def test_it_is_one_question(everybody: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):  # and the beginning and the end of a savepoint
        count_readers(filters=Filters(), kind="marketing", topic=TOPIC, at=NOW)


def test_a_count_that_takes_too_long_is_given_up_and_breaks_nothing(everybody: None) -> None:
    """PostgreSQL stops every statement that a page asks after some seconds."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_member RENAME TO accounts_quick")
        cursor.execute(
            "CREATE VIEW accounts_member AS SELECT * FROM accounts_quick WHERE pg_sleep(1)::text IS NOT NULL"
        )
        cursor.execute("SET LOCAL statement_timeout = 100")

    found = count_readers(filters=Filters(), kind="announcement", topic="", at=NOW)

    assert found is None
    assert Campaign.objects.count() == 0  # the transaction goes on


# --- on the form -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"kind": "marketing", "topic": TOPIC}, "6 people would get it now."),
        ({"kind": "marketing", "topic": TOPIC, "countries": ["VN"]}, "1 person would get it now."),
        ({"kind": "marketing", "topic": TOPIC, "countries": ["DE", "<b>"]}, "Nobody would get it now."),
        ({"kind": "marketing", "topic": ""}, "Choose a topic first: only those who said yes to it get it."),
        ({"kind": "", "topic": TOPIC}, "Choose first what it is."),
        ({"kind": "announcement", "topic": TOPIC, "countries": ["VN", "KE"]}, "4 people would get it now."),
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
    draft = write(countries=["VN", "KE"])

    page = writer().get(place("change", draft)).content.decode()

    assert "2 people would get it now." in page


def test_chosen_countries_stand_before_the_others() -> None:
    """Nobody looks for two among two hundred and fifty."""
    page = writer().get(place("change", write(countries=["VN", "KE"]))).content.decode()

    order = [page.index(f'value="{code}"') for code in ("KE", "VN", "AF", "ZW")]

    assert order == sorted(order)
