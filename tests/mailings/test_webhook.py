"""A mail provider posts what came back; nobody else can."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from mailings.models import Delivery, MailReport
from mailings.returning.reading import MOST
from mailings.returning.signatures import sign
from privacy.models import Suppression
from tests.factories import NOW
from tests.mailings.returning import postfix, sent_mail

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "only the provider knows"
NOW_SAID = str(int(NOW.timestamp()))


@pytest.fixture(autouse=True)
def secret(settings: Any) -> Iterator[None]:
    settings.BOUNCE_WEBHOOK_SECRETS = [SECRET]
    with time_machine.travel(NOW, tick=False):
        yield


def post(body: bytes, *, kind: str = "message/rfc822", signed: bytes | None = None, **changes: str) -> tuple[int, str]:
    """The answer's status and word."""
    said = {"timestamp": NOW_SAID, "secret": SECRET, **changes}
    signature = changes.get("signature") or sign(
        body if signed is None else signed, timestamp=said["timestamp"], secret=said["secret"]
    )
    answer = Client(enforce_csrf_checks=True).post(
        reverse("mailings:returned"),
        body,
        content_type=kind,
        headers={"X-Bounce-Timestamp": changes.get("told", said["timestamp"]), "X-Bounce-Signature": signature},
    )
    return answer.status_code, answer.json()["result"]


def everything() -> list[Any]:
    return [list(model._default_manager.order_by("pk").values_list()) for model in (Delivery, Suppression, MailReport)]


def test_a_message_is_taken_as_it_is_or_in_json() -> None:
    one, other = sent_mail(), sent_mail("kofi@example.com")

    raw = post(postfix(one))
    packed = post(json.dumps({"message": postfix(other).decode()}).encode(), kind="application/json; charset=utf-8")

    assert (raw, packed) == ((200, "counted"), (200, "counted"))
    assert set(Delivery.objects.values_list("state", flat=True)) == {"bounced"}
    assert set(MailReport.objects.values_list("kind", "source")) == {("hard", "webhook")}


def test_sent_again_it_counts_once() -> None:
    raw = postfix(sent_mail())
    first = post(raw)
    before = everything()

    assert (first, post(raw), everything()) == ((200, "counted"), (200, "known"), before)


def test_the_secret_can_be_changed_while_both_are_in_use(settings: Any) -> None:
    settings.BOUNCE_WEBHOOK_SECRETS = ["the next one", SECRET]
    raw = postfix(sent_mail())

    assert [post(raw, secret=one)[0] for one in ("the next one", SECRET, "another")] == [200, 200, 403]


@pytest.mark.parametrize("seconds", [-300, 300])
def test_clocks_may_differ_by_minutes(seconds: int) -> None:
    told = str(int((NOW + timedelta(seconds=seconds)).timestamp()))

    assert post(postfix(sent_mail()), timestamp=told) == (200, "counted")


OLD = str(int((NOW - timedelta(seconds=301)).timestamp()))
EARLY = str(int((NOW + timedelta(seconds=301)).timestamp()))


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "guessed"},
        {"signed": b"another body"},
        {"signature": "0" * 64},
        {"signature": "ü"},
        {"timestamp": OLD},
        {"timestamp": EARLY},
        {"timestamp": OLD, "told": NOW_SAID},
        {"timestamp": ""},
        {"timestamp": "-1"},
        {"timestamp": "9" * 13},
        {"timestamp": "1e9"},
    ],
)
def test_what_is_not_signed_now_changes_nothing(changes: dict[str, Any]) -> None:
    raw = postfix(sent_mail())
    before = everything()

    assert post(raw, **changes) == (403, "not signed, or not now")
    assert everything() == before


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_nobody_can_post(secrets: list[str], settings: Any) -> None:
    settings.BOUNCE_WEBHOOK_SECRETS = secrets
    raw = postfix(sent_mail())
    before = everything()

    assert post(raw, secret="")[0] == 403
    assert everything() == before


def test_a_large_body_is_refused_unread() -> None:
    assert post(b"x" * (MOST + 1)) == (413, "too large")
    assert MailReport.objects.count() == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"message": ', b'"message"', b'{"message": ""}', b"\xff", b"[" * 100_000]
)
def test_json_of_another_shape_is_unreadable(body: bytes) -> None:
    assert post(body, kind="application/json") == (400, "unreadable")
    assert MailReport.objects.count() == 0


@pytest.mark.parametrize("body", [b'{"message": null}', b'{"message": "\\ud800"}', b'{"message": 7}'])
def test_json_that_holds_no_report_changes_nothing(body: bytes) -> None:
    assert post(body, kind="application/json") == (200, "other")
    assert MailReport.objects.count() == 0


def test_a_forged_report_is_counted_also_when_it_is_signed() -> None:
    """The provider forwards what it gets."""
    row = sent_mail()

    assert post(postfix(row, to="kofi@example.com")) == (200, "forged")

    row.refresh_from_db()
    assert (row.state, Suppression.objects.count(), MailReport.objects.get().doubt) == ("sent", 0, "other_receiver")
