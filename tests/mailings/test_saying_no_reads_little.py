"""Saying no costs the same however many readers there are: no table that grows with them is read from end to end."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from mailings.delivery.campaigns import advance
from mailings.models import Delivery, Subscriber, SubscriptionWish
from mailings.selectors.readers import is_known, keys_of, mailbox_of
from mailings.services import subscriptions
from mailings.stopping.unsubscribe_links import unsubscribe_link
from privacy.datamap import Person, tables
from privacy.services.consent import consent_key
from tests.factories import NOW, MemberFactory
from tests.mailings.campaigning import agree, release, subscriber, write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
GROWING = {
    *("accounts_member", "account_emailaddress", "mailings_subscriber", "mailings_subscriptionwish"),
    *("mailings_delivery", "privacy_consentlink", "privacy_consentevent", "privacy_suppression"),
}
CONDITIONS = ("Index Cond", "Recheck Cond", "TID Cond")
ADDRESS = "amara@example.com"


@pytest.fixture(autouse=True)
def today(db: None) -> Iterator[None]:
    """The planner knows nothing of the tables: what it has learnt of them while they were empty would mislead it."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(GROWING)} CASCADE")
    with time_machine.travel(NOW, tick=False):
        yield


def tables_read_whole(call: Callable[[], Any]) -> set[str]:
    """Of the tables that grow with the readers, those in which the statements of a call look at every row.

    Some rows would be read whole in any case; among a million the planner needs no such help. An index that is walked
    from its beginning to its end is a whole table, too.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    with CaptureQueriesContext(connection) as sent:
        call()
    asked = [one["sql"] for one in sent if one["sql"].startswith(("SELECT", "UPDATE", "DELETE"))]
    assert asked
    return set().union(*map(_read_whole, asked))


def _read_whole(sql: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    (whole,) = json.loads(plan) if isinstance(plan, str) else plan
    return {
        node["Relation Name"]
        for node in _nodes(whole["Plan"])
        if node.get("Relation Name") in GROWING
        and node["Node Type"] != "ModifyTable"
        and not any(condition in node for condition in CONDITIONS)
    }


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def link_for(reader: Any, address: str) -> str:
    return unsubscribe_link(reader, "newsletter", address).removeprefix("http://localhost:8000")


def a_link_for(whose: str) -> str:
    """To somebody here, or to somebody whose last mail is all that is left of them."""
    if whose == "subscriber":
        reader = subscriber(ADDRESS).key
    else:
        reader = consent_key(member=agree(MemberFactory(email=ADDRESS)))
    release(write())
    advance(now=NOW)
    if whose == "somebody who has left":
        Member.objects.filter(email=ADDRESS).delete()
    return link_for(reader, ADDRESS)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("whose", ["member", "subscriber", "somebody who has left"])
def test_a_link_to_unsubscribe_finds_its_reader_by_indexes(client: Client, whose: str, method: str) -> None:
    """Scanners of mail open each of them."""
    link, ends_as = a_link_for(whose), {"get": "pending", "post": "suppressed"}[method]

    assert tables_read_whole(lambda: getattr(client, method)(link, {})) == set()

    assert set(Delivery.objects.values_list("state", flat=True)) == {ends_as}


def test_a_no_that_staff_enter_finds_its_mailbox_by_indexes() -> None:
    agree(MemberFactory(email=ADDRESS))
    said = {"email": ADDRESS.upper(), "refused": ["newsletter"], "language": "en", "now": NOW}

    assert tables_read_whole(lambda: subscriptions.opt_out(**said)) == set()  # type: ignore[arg-type]

    assert mailbox_of(keys_of(ADDRESS)[0]) == ADDRESS


@pytest.mark.parametrize("whose", ["member", "subscriber", "nobody"])
def test_asking_for_mail_and_saying_yes_finds_the_mailbox_by_indexes(whose: str) -> None:
    if whose != "nobody":
        a_link_for(whose)
    wish = {"email": ADDRESS, "wanted": ["events"], "language": "en", "gpc": False, "now": NOW}

    assert tables_read_whole(lambda: subscriptions.ask_for_topics(**wish)) == set()  # type: ignore[arg-type]
    asked = SubscriptionWish.objects.get()
    assert tables_read_whole(lambda: subscriptions.confirm_topics(wish_id=asked.pk, language="en", now=NOW)) == set()

    assert len(keys_of(ADDRESS)) == 1


@pytest.mark.parametrize("find", [is_known, Member.objects.get_by_natural_key])
def test_somebody_is_found_by_an_address_in_any_case_by_an_index(find: Callable[[str], Any]) -> None:
    MemberFactory(email=ADDRESS)
    found: list[Any] = []

    assert tables_read_whole(lambda: found.append(find(ADDRESS.upper()))) == set()

    assert found in ([True], [Member.objects.get()])


@pytest.mark.parametrize("model", [Delivery, Subscriber, SubscriptionWish])
def test_what_is_here_of_a_mailbox_is_found_by_indexes(model: Any) -> None:
    """On each visit to the privacy centre."""
    a_link_for("subscriber")
    SubscriptionWish.objects.create(email=ADDRESS, topics=[], language="en", asked_at=NOW)
    person, table = Person(member_id=None, addresses=frozenset([ADDRESS])), tables()[model]
    found: set[Any] = set()

    def look() -> None:
        for about in table.abouts():
            found.update(table.rows_about(about, person))

    assert tables_read_whole(look) == set()

    assert found == set(model.objects.all())
