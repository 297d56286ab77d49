"""Whatever goes wrong below /api/, a program reads a problem (RFC 9457)."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from marketplace.middleware import LargestBody
from offerboard.models import Lead
from partners.failures import MOST
from tests.factories import NOW, LeadFactory, PartnerFactory
from tests.partners.calling import member_caller, partner_caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The factories' leads are public at NOW."""
    with time_machine.travel(NOW, tick=False):
        yield


def kind_of(answer: Any) -> tuple[int, str]:
    """Status and kind of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert told["status"] == answer.status_code
    return answer.status_code, told["type"].partition("/api/v1/docs/problems/#")[2]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/v1/lead/", "/api/v1/leads/a/b/", "/api/", "/api/v2/leads/"])
def test_an_unknown_address_is_a_problem_whatever_the_method(path: str, method: str) -> None:
    assert kind_of(Client(enforce_csrf_checks=True).generic(method, path)) == (404, "not-found")


def test_an_address_without_its_slash_is_told_and_not_sent_on() -> None:
    """On the way, many programs would lose their key or body."""
    answer = partner_caller().get("leads")

    assert (*kind_of(answer), answer.json()["detail"]) == (
        404,
        "not-found",
        "Addresses end with a slash: /api/v1/leads/",
    )
    assert "slash" not in partner_caller().get("nothing").json()["detail"]


def test_methods_that_an_address_does_not_know_are_refused_with_those_it_does() -> None:
    answer = partner_caller().send("POST", "leads/", {})

    assert (kind_of(answer), answer.headers["Allow"]) == ((405, "method-not-allowed"), "GET, HEAD, OPTIONS")


def test_options_names_the_methods_and_no_other_site() -> None:
    answer = partner_caller().send("OPTIONS", "leads/", headers={"Origin": "https://elsewhere.example"})

    assert (answer.status_code, answer.headers["Allow"], answer.content) == (204, "GET, HEAD, OPTIONS", b"")
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


@pytest.mark.parametrize("path", ["leads/", "changes/", "export/leads.ndjson"])
def test_head_says_what_get_would(path: str) -> None:
    LeadFactory()
    answer = partner_caller().send("HEAD", path)

    assert (answer.status_code, b"".join(answer)) == (400 if path == "changes/" else 200, b"")


@pytest.mark.parametrize(
    ("path", "accept", "status"),
    [
        ("leads/", "text/html", 406),
        ("leads/", "text/html, */*;q=0.1", 200),
        ("export/leads.ndjson", "application/x-ndjson", 200),
        ("export/leads.ndjson", "text/csv", 406),
    ],
)
def test_who_reads_no_json_is_told(path: str, accept: str, status: int) -> None:
    answer = partner_caller().get(path, headers={"Accept": accept})

    assert answer.status_code == status
    assert status == 200 or kind_of(answer) == (406, "not-acceptable")


def test_a_body_of_more_than_a_megabyte_is_refused_by_its_announced_size() -> None:
    answer = Client().post(
        "/api/v1/leads/", b"", content_type="application/json", headers={"Content-Length": str(MOST + 1)}
    )

    assert MOST < LargestBody.MOST
    assert kind_of(answer) == (413, "too-large")


def test_a_body_whose_length_nobody_said_is_refused_and_not_taken_for_an_empty_one() -> None:
    """As from a program that sends it in chunks."""
    answer = Client().generic("POST", "/api/v1/me/leads/", b"", headers={"Transfer-Encoding": "chunked"})

    assert kind_of(answer) == (411, "length-required")
    assert Client().generic("POST", "/privacy/theme/", b"", headers={"Transfer-Encoding": "chunked"}).status_code != 411


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"title":' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"title": NaN}',
        b'{"kind": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"quantity": ' + b"9" * 5_000 + b"}",
        b'{"title": "\xff"}',
        b"{",
    ],
)
def test_json_that_cannot_be_read_is_a_problem(body: bytes) -> None:
    """Also where it lies so deep in itself that reading it would break us."""
    caller = member_caller()
    headers = {"Authorization": f"Bearer {caller.secret}"}

    answer = Client().post("/api/v1/me/leads/", body, content_type="application/json", headers=headers)

    assert (kind_of(answer), Lead.objects.count()) == ((400, "bad-request"), 0)


def test_more_parameters_than_anybody_sends_are_a_problem() -> None:
    """Django refuses them before anything reads them."""
    query = "&".join(f"a{number}=1" for number in range(600))

    assert kind_of(partner_caller().get(f"leads/?{query}"))[0] == 400


@pytest.mark.parametrize(
    ("fault", "told"), [("database", (503, "away")), ("ours", (500, "broken")), ("request", (400, "bad-request"))]
)
def test_faults_of_ours_are_problems_that_say_nothing_of_them(fault: str, told: tuple[int, str], settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.partners.broken_urls"

    answer = Client(raise_request_exception=False).get(f"/api/v1/broken/{fault}/")

    assert kind_of(answer) == told
    assert "a fault" not in answer.content.decode()
    assert answer.headers.get("Retry-After") == ("10" if told[0] == 503 else None)


def test_people_who_read_the_manual_get_pages() -> None:
    answer = Client().post(
        "/api/v1/docs/", b"", content_type="text/plain", headers={"Content-Length": str(LargestBody.MOST + 1)}
    )

    assert (answer.status_code, answer.headers["Content-Type"]) == (413, "text/html; charset=utf-8")


def test_an_answer_that_is_there_already_is_not_sent_again() -> None:
    """The same page, its tag, and a page that has changed."""
    lead, caller = LeadFactory(), partner_caller()
    first = caller.get("leads/")
    again = caller.get("leads/", headers={"If-None-Match": first.headers["ETag"]})
    type(lead).objects.filter(pk=lead.pk).update(title="Another")
    changed = caller.get("leads/", headers={"If-None-Match": first.headers["ETag"]})

    assert [one.status_code for one in (first, again, changed)] == [200, 304, 200]
    assert (again.content, first.headers["Cache-Control"]) == (b"", "private, no-cache")


def test_long_answers_are_packed_for_who_can_unpack_them() -> None:
    LeadFactory()
    caller = partner_caller()
    plain, packed = caller.get("leads/"), caller.get("leads/", headers={"Accept-Encoding": "gzip"})

    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert gzip.decompress(packed.content) == plain.content
    assert {"Authorization", "Accept-Encoding"} <= set(packed.headers["Vary"].split(", "))


def test_each_answer_says_how_many_calls_are_left_and_none_is_answered_after_them() -> None:
    caller = partner_caller(partner=PartnerFactory(calls_a_minute=2))

    answers = [caller.get("countries/DE/"), caller.get("nothing-here/"), caller.get("countries/XX/")]
    refused = caller.get("countries/DE/")

    assert [one.headers.get("RateLimit") for one in answers] == ['"minute";r=1;t=60', None, '"minute";r=0;t=60']
    assert answers[0].headers["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert (kind_of(refused), refused.headers["Retry-After"]) == ((429, "too-many-requests"), "60")
