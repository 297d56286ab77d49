"""What becomes of a key in use: noted once a minute, never in an address, never in a log."""

import io
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client

from marketplace.logs import formatter
from partners.models import ApiKey, Partner
from partners.scopes import Scope
from partners.selectors.changes import place_now
from partners.services.keys import MOST_OF_MEMBER, TooManyKeys, issue_member_key, renew_key
from privacy.models import Receiver
from tests.factories import NOW, MemberFactory
from tests.partners.calling import Caller, partner_caller

pytestmark = pytest.mark.django_db
EXPORT = "export/leads.ndjson"
MINUTE = int(NOW.timestamp()) // 60


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stands at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that would be written to the log of a running market, as it would be written."""
    written, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


def last_used(caller: Caller) -> Any:
    return ApiKey.objects.get(pk=caller.key.pk).last_used_at


def test_the_last_use_is_noted_at_most_once_a_minute(clock: time_machine.Traveller) -> None:
    caller = partner_caller()
    seen = []
    for seconds in (0, 59, 1, 30):
        clock.shift(timedelta(seconds=seconds))
        caller.get(EXPORT)
        seen.append(last_used(caller))

    later = NOW + timedelta(seconds=60)
    assert seen == [NOW, NOW, later, later]


REFUSED: dict[str, Callable[[], Any]] = {
    "revoked": lambda: ApiKey.objects.update(revoked_at=NOW),
    "of a contract that is over": lambda: Receiver.objects.update(until=(NOW - timedelta(days=1)).date()),
    "of a contract that has not begun": lambda: Receiver.objects.update(since=(NOW + timedelta(days=1)).date()),
    "without the scope": lambda: Partner.objects.update(scopes=[Scope.LEADS_READ]),
    "that has called too often": lambda: cache.set(f"api-calls:partner:{Partner.objects.get().pk}:{MINUTE}", 300),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_a_refused_key_was_not_used(refused: str) -> None:
    caller = partner_caller()
    REFUSED[refused]()
    answer = caller.get(EXPORT)

    assert answer.status_code in {401, 403, 429}
    assert last_used(caller) is None


@pytest.mark.parametrize("name", ["access_token", "key", "after", "mk"])
@pytest.mark.parametrize("with_header", [True, False])
def test_a_key_in_an_address_is_refused(name: str, with_header: bool) -> None:
    """Whatever it is called there, and although the same key stands in the header too."""
    caller = partner_caller()
    headers = {"Authorization": f"Bearer {caller.secret}"} if with_header else {}

    answer = Client().get(f"/api/v1/{EXPORT}", {name: caller.secret}, headers=headers)

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (400, "key-in-address")
    assert (caller.secret in answer.content.decode(), last_used(caller)) == (False, None)


@pytest.mark.parametrize("path", ["leads/{}/", "{}/", "export/{}.ndjson"])
def test_a_key_in_the_path_is_refused_too(path: str) -> None:
    """Also where there is no such address."""
    caller = partner_caller()

    answer = caller.get(path.format(caller.secret))

    assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (400, "key-in-address")
    assert (caller.secret in answer.content.decode(), last_used(caller)) == (False, None)


def test_a_key_hidden_by_percent_signs_is_found_too() -> None:
    caller = partner_caller()
    hidden = "".join(f"%{ord(letter):02x}" for letter in caller.secret)

    answer = Client().get(f"/api/v1/{EXPORT}?x={hidden}")

    assert answer.json()["type"].rpartition("#")[2] == "key-in-address"


def test_no_key_reaches_the_log(log: io.StringIO) -> None:
    """Of calls that work, are refused, have the key where it does not belong, and of one that fails."""
    caller, stranger, start = partner_caller(), f"mk_{'A' * 10}_{'b' * 43}", place_now()
    caller.get(EXPORT)
    Client().get(f"/api/v1/{EXPORT}", headers={"Authorization": f"Bearer {stranger}"})
    caller.get(EXPORT, key=caller.secret)
    caller.get(f"{caller.secret}/")
    logging.getLogger("some.library").error("Cannot read %s", caller.secret)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE partners_feed RENAME TO partners_feed_lost")
    caller.client.raise_request_exception = False
    assert caller.get("changes/", after=start).status_code == 500

    said = log.getvalue()
    assert said.count('"event": "request"') >= 4
    assert ("Cannot read" in said, "partners_feed" in said) == (True, True)
    assert (caller.secret in said, stranger in said) == (False, False)
    assert f"{caller.key.prefix}_…" in said or f"{caller.key.prefix}_\\u2026" in said


def issue(member_id: int) -> ApiKey:
    return issue_member_key(
        member_id=member_id, name="Our shop", scopes=[Scope.LEADS_READ], expires_at=None, now=NOW
    ).key


def test_a_member_can_renew_every_key_but_not_without_end() -> None:
    """Twice as many as a member may have are open while programs change over, and no more."""
    member = MemberFactory()
    keys = [issue(member.pk) for _ in range(MOST_OF_MEMBER)]
    with pytest.raises(TooManyKeys):
        issue(member.pk)

    renewed = [renew_key(key=key, expires_at=None, now=NOW).key for key in keys]
    with pytest.raises(TooManyKeys):
        renew_key(key=renewed[0], expires_at=None, now=NOW)

    assert ApiKey.objects.valid(at=NOW).count() == 2 * MOST_OF_MEMBER
    later = NOW + timedelta(days=8)
    renew_key(key=renewed[0], expires_at=None, now=later)
    assert ApiKey.objects.valid(at=later).count() == MOST_OF_MEMBER + 1
