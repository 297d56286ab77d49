"""Which key opens what: every address of the API against its table; an address missing from it fails."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import get_resolver, reverse

from accounts.models import Member
from directory.models import TeamMember
from partners.models import ApiKey
from partners.scopes import OF_MEMBERS, OF_PARTNERS, Scope
from partners.selectors.changes import place_now
from partners.services.keys import renew_key, revoke_key
from privacy.models import Receiver
from tests.authorization import API_KEYS, KEYS, NEEDED, REFUSALS, REFUSED_OTHERWISE, WITHOUT_KEY
from tests.factories import NOW, MemberFactory, PartnerFactory
from tests.partners.calling import Caller, member_caller, partner_caller
from tests.test_authorization import routes
from tests.world import fingerprint, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def all_but(scope: Scope) -> list[Scope]:
    return sorted(OF_PARTNERS - {scope})


def revoked(_scope: Scope) -> Caller:
    caller = partner_caller()
    revoke_key(key=caller.key, now=NOW)
    return caller


def expired(_scope: Scope) -> Caller:
    caller = partner_caller()
    ApiKey.objects.filter(pk=caller.key.pk).update(created_at=NOW - timedelta(days=90), expires_at=NOW)
    return caller


def replaced(_scope: Scope) -> Caller:
    """Renewed eight days ago, when there were seven days left to change over."""
    caller = partner_caller()
    then = NOW - timedelta(days=8)
    ApiKey.objects.filter(pk=caller.key.pk).update(created_at=NOW - timedelta(days=90))
    renew_key(key=caller.key, expires_at=None, now=then)
    return caller


def over(_scope: Scope) -> Caller:
    caller = partner_caller()
    Receiver.objects.filter(partner__keys=caller.key).update(until=(NOW - timedelta(days=1)).date())
    return caller


def shrunk(scope: Scope) -> Caller:
    partner = PartnerFactory()
    caller = partner_caller(partner=partner)
    partner.scopes = all_but(scope)
    partner.save()
    return caller


def suspended(_scope: Scope) -> Caller:
    member = MemberFactory()
    caller = member_caller(member=member)
    Member.objects.filter(pk=member.pk).update(state=Member.State.SUSPENDED)
    return caller


def left(_scope: Scope) -> Caller:
    member = MemberFactory()
    caller = member_caller(member=member)
    TeamMember.objects.filter(member=member).delete()
    return caller


MAKERS: dict[str, Callable[[Scope], Caller]] = {
    "partner": lambda _scope: partner_caller(),
    "member": lambda _scope: member_caller(*sorted(OF_MEMBERS)),
    "without": lambda scope: partner_caller(*all_but(scope)),
    "revoked": revoked,
    "expired": expired,
    "replaced": replaced,
    "over": over,
    "shrunk": shrunk,
    "suspended": suspended,
    "left": left,
}


def call(caller: Caller, name: str, method: str) -> Any:
    """One call of the address as the world has it, with what it cannot do without."""
    path = make_world().address(name).removeprefix("/api/v1/")
    ApiKey.objects.filter(pk=caller.key.pk).update(last_used_at=NOW)  # noted already, so that nothing is to be noted
    before = fingerprint()
    query: dict[str, Any] = {"after": place_now()} if name == "api:changes" else {}
    answer = caller.get(path, **query) if method == "GET" else caller.send(method, path, {})
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert body if answer.status_code == 200 else fingerprint() == before
    return answer


def test_every_address_of_the_api_is_in_the_table_and_the_table_names_no_other() -> None:
    """A new address fails here until somebody has said which key opens it."""
    names = {name for name in routes(get_resolver()) if name.startswith("api:")}

    assert (names - WITHOUT_KEY, set(NEEDED)) == (set(KEYS), set(KEYS))


@pytest.mark.parametrize("key", API_KEYS)
@pytest.mark.parametrize(("name", "method"), [(name, method) for name, row in KEYS.items() for method in row])
def test_each_key_gets_the_answer_of_the_table(name: str, method: str, key: str) -> None:
    """A refusal says why, and leaves everything as it was."""
    expected = dict(zip(API_KEYS, KEYS[name][method].split(), strict=True))[key]

    answer = call(MAKERS[key](Scope(NEEDED[name])), name, method)

    assert str(answer.status_code) == expected
    if answer.status_code in {401, 403}:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["type"].rpartition("#")[2] == REFUSED_OTHERWISE.get((name, key), REFUSALS[key])


def test_addresses_without_a_key_are_open() -> None:
    """They say where the manual is."""
    caller = partner_caller()

    assert {name: caller.client.get(reverse(name)).status_code for name in WITHOUT_KEY} == dict.fromkeys(
        WITHOUT_KEY, 200
    )
