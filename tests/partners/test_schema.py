"""The description of the API, held against the specification and against the API itself."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from openapi_spec_validator import validate
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from tests.factories import ConnectedServiceFactory, LeadFactory, PriceTierFactory, VerificationFactory
from tests.partners.calling import Caller, member_caller, partner_caller

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = ["2xx", "400", "404", "409", "410", "412", "422", "429"]
MANUAL = {"api:manual", "api:manual_problems", "api:manual_reference", "api:manual_mirror"}  # pages for people


def document() -> dict[str, Any]:
    """As programs read it."""
    told: dict[str, Any] = Client().get("/api/v1/schema/").json()
    return told


def test_the_description_is_valid_openapi_3_1() -> None:
    validate(document())

    assert document()["openapi"] == "3.1.0"


def test_every_address_of_the_api_is_described() -> None:
    (ours,) = [one for one in get_resolver().url_patterns if getattr(one, "namespace", None) == "api"]
    programs = [one for one in ours.url_patterns if f"api:{one.name}" not in MANUAL]  # type: ignore[union-attr]

    assert set(document()["paths"]) == {
        "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(one.pattern)) for one in programs
    }


def test_every_key_that_an_endpoint_asks_for_is_described_with_its_scope() -> None:
    paths = document()["paths"]

    assert [paths[f"/api/v1/{path}"]["get"].get("security") for path in ("", "countries/", "leads/", "changes/")] == [
        [{}],
        [{"key": []}],
        [{"key": ["leads:read"]}],
        [{"key": ["changes:read"]}],
    ]


def test_a_tag_is_promised_where_there_is_one() -> None:
    """Exports are too long for one."""
    promised = {
        (method, path.removeprefix("/api/v1/"))
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
        for status, answer in told["responses"].items()
        if status.startswith("2") and "ETag" in answer.get("headers", {})
    }
    cached = {(method, path) for method, path in promised if method != "get"}

    assert ("get", "export/{plural}.ndjson") not in promised
    assert "304" not in document()["paths"]["/api/v1/export/{plural}.ndjson"]["get"]["responses"]
    assert cached == {("post", "me/leads/"), ("patch", "me/leads/{key}/"), ("post", "me/leads/{key}/{step}/")}
    assert {("get", "contacts/"), ("get", "contacts/{number}/")} & promised == set()


def test_what_a_lead_needs_depends_on_whether_it_is_published_so_nothing_is_required() -> None:
    """Each member of a body says what it means, and when it is needed."""
    bodies = {name: document()["components"]["schemas"][name] for name in ("LeadBody", "PatchedLeadChange", "TierBody")}

    assert {name: one.get("required", []) for name, one in bodies.items()} == {
        "LeadBody": [],
        "PatchedLeadChange": [],
        "TierBody": ["min_quantity", "price"],
    }
    assert [
        name for one in bodies.values() for name, told in one["properties"].items() if not told["description"]
    ] == []
    assert set(bodies["LeadBody"]["properties"]) - set(bodies["PatchedLeadChange"]["properties"]) == {"publish"}


def test_headers_that_a_call_honours_are_declared_there_and_nowhere_else() -> None:
    declared = {
        (one["name"], method, path.removeprefix("/api/v1/"))
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
        for one in told.get("parameters", [])
        if one["in"] == "header"
    }

    assert declared == {
        ("Idempotency-Key", "post", "me/leads/"),
        ("If-Match", "patch", "me/leads/{key}/"),
        ("If-Match", "delete", "me/leads/{key}/"),
        ("If-Match", "post", "me/leads/{key}/{step}/"),
    }


OF_ONES_OWN = r"^/api/v1/me/"


def wrong_answers(address: str, *, phases: Iterable[str], examples: int) -> Iterator[str]:
    """What schemathesis finds wrong when it calls everything; all of its checks are on.

    With a partner's key, and with a member's where only members have a way in. 4xx of these kinds are right answers
    to what the schema allows: that one parameter needs another, that a cursor is ours, that a tag is of what
    stands there now, that an address is on the public internet, or that there are enough webhooks, no schema can say.
    """
    service = ConnectedServiceFactory(partner__calls_a_minute=100_000)  # no policy has to name it before it is given
    partner = _description(address, partner_caller(partner=service.partner), phases, examples)
    yield from _wrong_answers(partner.exclude(path_regex=OF_ONES_OWN))
    member = _description(address, member_caller(), phases, examples)
    yield from _wrong_answers(member.include(path_regex=OF_ONES_OWN))


def _description(address: str, caller: Caller, phases: Iterable[str], examples: int) -> Any:
    # A connection that is kept keeps a thread of the server, and that its session with the database.
    headers = {"Authorization": f"Bearer {caller.secret}", "Connection": "close"}
    settings = {
        "base-url": address,
        "headers": headers,
        "generation": {"max-examples": examples, "database": "none"},
        "checks": {"positive_data_acceptance": {"expected-statuses": RIGHT}},
        "phases": {name: {"enabled": name in phases} for name in ("examples", "coverage", "fuzzing", "stateful")},
        "seed": 7,
    }
    config = schemathesis.Config.from_dict(settings)
    return schemathesis.openapi.from_url(f"{address}/api/v1/schema/", config=config)


def _wrong_answers(schema: Any) -> Iterator[str]:
    for event in from_schema(schema).execute():
        match event:
            case ScenarioFinished(recorder=recorder):
                checks = [one for found in recorder.checks.values() for one in found]
                yield from (f"{recorder.label} {one.failure_info.failure}" for one in checks if one.failure_info)
            case NonFatalError(value=error, label=label):
                yield f"{label} {error!r}"
            case FatalError(exception=error):
                raise error


@pytest.fixture
def market() -> None:
    """With something of each kind in it."""
    now = timezone.now()
    lead = LeadFactory(posted_at=now - timedelta(days=1), expires_at=now + timedelta(days=9))
    PriceTierFactory(lead=lead)
    VerificationFactory(company=lead.company)


@pytest.mark.usefixtures("market", "policies")
def test_the_api_answers_as_described(live_server: Any) -> None:
    assert list(wrong_answers(live_server.url, phases=["fuzzing"], examples=8)) == []


@pytest.mark.long
@pytest.mark.usefixtures("market", "policies")
def test_the_api_answers_as_described_whatever_it_is_asked(live_server: Any) -> None:
    phases = ["examples", "coverage", "fuzzing", "stateful"]

    assert list(wrong_answers(live_server.url, phases=phases, examples=100)) == []
