"""Who may do what: the whole resolver against the matrix; an address missing from it fails."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.authorization import MATRIX, MEMBERS_ONLY, OPEN
from tests.factories import NOW
from tests.world import ROLES, fingerprint, make_world

pytestmark = pytest.mark.django_db
REFUSALS = {"login", "join", "400", "401", "403", "404", "405", "410"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The name of every address, with its namespace."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def admin_routes() -> list[str]:
    """Every address of the admin."""
    return sorted({name for name in routes(get_resolver()) if name.startswith("admin:")})


def test_every_address_is_in_the_matrix_and_the_matrix_names_no_other() -> None:
    """A new page fails here until somebody has said who may open it."""
    known = set(MATRIX) | OPEN | MEMBERS_ONLY

    assert {name for name in routes(get_resolver()) if not name.startswith("admin:")} == known


@pytest.mark.promise("get-changes-nothing")
@pytest.mark.parametrize(("name", "method"), [(name, method) for name, row in MATRIX.items() for method in row])
def test_each_role_gets_the_answer_of_the_matrix(name: str, method: str) -> None:
    """And a refusal leaves everything as it was."""
    world = make_world()
    words = MATRIX[name][method].split()
    expected = dict(zip(ROLES, words * len(ROLES) if len(words) == 1 else words, strict=False))

    answers = {}
    for role in ROLES:
        client, before = world.client(role), fingerprint()
        response = client.generic(method, world.address(name)) if method == "GET" else client.post(world.address(name))
        place = response.headers.get("Location", "")
        if response.status_code in {301, 302, 303}:
            answers[role] = (
                "login"
                if place.startswith("/account/login/")
                else "join"
                if place.startswith("/my/company/new/")
                else "ok"
            )
        else:
            answers[role] = str(response.status_code)
        if answers[role] in REFUSALS or method == "GET":
            assert (role, fingerprint()) == (role, before)

    assert answers == expected


def test_a_refusal_is_compared_with_mails_to_many_and_with_who_gets_them() -> None:
    """There is one of each in this world, so that a page that changed one would be noticed."""
    make_world()

    rows = {name: len(found) for name, found in fingerprint().items()}

    wanted = ("Campaign", "CampaignText", "Subscriber", "SubscriptionWish")
    assert {name: rows.get(name) for name in wanted} == dict.fromkeys(wanted, 1)


@pytest.mark.parametrize("name", sorted(MEMBERS_ONLY))
def test_a_visitor_is_asked_to_log_in(name: str) -> None:
    """The libraries' pages about oneself."""
    try:
        address = reverse(name)
    except NoReverseMatch:
        address = reverse(name, kwargs={"pk": 1})

    response = Client().get(address)

    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/account/login/")


@pytest.mark.parametrize("role", ROLES)
def test_admin_pages_refuse_everyone_without_a_second_factor(role: str) -> None:
    """Staff included; the moderator of this world has only a password."""
    world = make_world()
    if role == "moderator":
        world.people["moderator"].is_superuser = True  # type: ignore[union-attr]
        world.people["moderator"].save()  # type: ignore[union-attr]
    client, answers = world.client(role), {}
    for name in admin_routes():
        for arguments in ([], ["1"], ["accounts"], ["1", "1"]):
            try:
                address = reverse(name, args=arguments)
            except NoReverseMatch:
                continue
            answers[name] = client.get(address).status_code

    assert len(answers) > 20
    assert {name: status for name, status in answers.items() if status not in {302, 403}} == {
        name: 200 for name in ("admin:jsi18n",) if answers.get(name) == 200
    }


NOT_BY_COOKIE = {"401", "405"}
UNSAFE = sorted(  # what a browser's cookie could do; an address that is not there does nothing
    name for name, row in MATRIX.items() if name != "api_unknown" and row.get("POST", "405") not in NOT_BY_COOKIE
)


@pytest.mark.parametrize("name", UNSAFE)
def test_a_post_from_another_site_is_refused(name: str) -> None:
    """Every unsafe address, with the checks a browser would meet."""
    world = make_world()
    client = world.client("owner", enforce_csrf_checks=True)
    before = fingerprint()

    response = client.post(
        world.address(name), headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    )

    assert (response.status_code, fingerprint()) == (403, before)
