"""Each promise with its control and its proofs, on a page for everybody; no promise without a control."""

from collections.abc import Iterator
from html import escape

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from privacy.checks import promises_have_controls, uncontrolled
from privacy.marks import Promised, promised
from privacy.models import PolicyDraft, PolicyVersion
from privacy.policies import first_texts
from privacy.promises import CONTROLS
from privacy.selectors.promises import Place, promises_page, proofs
from privacy.services.policies import UnknownPromise, publish_policy
from tests.factories import NOW
from tests.privacy.publishing import draft

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def in_force(kind: str, body: str) -> PolicyVersion:
    """The text that holds."""
    PolicyVersion.objects.filter(kind=kind).update(body=body)
    return PolicyVersion.objects.get(kind=kind)


def test_a_promise_is_the_last_sentence_before_its_mark() -> None:
    text = "We keep little. We sell no data (art. 6).\r\nEver. [promise: a]  It goes\non! Is it true? [promise: b] Yes."

    assert promised({"terms": f"Before.\n\n{text}", "cookies": "None. [promise: a]"}) == [
        Promised("a", "terms", "Ever."),
        Promised("b", "terms", "Is it true?"),
        Promised("a", "cookies", "None."),
    ]


def test_every_shipped_promise_is_on_the_page_with_control_policy_and_tests(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        page = client.get("/privacy/promises/").text

    given = promised(first_texts())
    assert len(given) > 2
    for one in given:
        section = page.split(f'id="{one.promise}"')[1].split("</section>")[0]
        assert escape(one.sentence) in section
        assert escape(str(CONTROLS[one.promise])) in section
        assert f'?version=1">{PolicyVersion.Kind(one.kind).label}</a>' in section
        assert [test["test"] for test in proofs()[one.promise] if test["test"] not in section] == []


def test_a_promise_in_two_policies_is_one_entry_with_both_places() -> None:
    privacy = in_force("privacy", "We sell no data. [promise: no-sale]")
    cookies = in_force("cookies", "Nor cookies. [promise: no-sale]")
    in_force("terms", "Nothing.")

    (promise,) = promises_page(at=NOW)

    assert promise.id == "no-sale"
    assert promise.places == [Place("We sell no data.", privacy), Place("Nor cookies.", cookies)]


def test_a_promise_that_the_program_no_longer_knows_is_shown_without_a_proof(client: Client) -> None:
    """The text in force is older than the program."""
    in_force("privacy", "We <never> dance. [promise: no-dancing]")

    section = client.get("/privacy/promises/").text.split('id="no-dancing"')[1].split("</section>")[0]

    assert "We &lt;never&gt; dance." in section
    assert "This version of the program has no test for it." in section


def test_a_policy_leads_to_the_promises_and_so_does_every_page(client: Client) -> None:
    assert 'href="/privacy/promises/#no-sale"' in client.get("/privacy/policy/").text
    assert '<a href="/privacy/promises/">Our promises</a>' in client.get("/terms/").text


def test_a_promise_without_a_control_and_a_control_without_a_promise_fail_the_check() -> None:
    assert promises_have_controls(None) == []
    assert [(error.id, error.msg) for error in uncontrolled(["a", "b"], ["b", "c"])] == [
        ("privacy.E006", "“a” is promised in privacy/policies and has no control in CONTROLS."),
        ("privacy.E007", "“c” has a control in CONTROLS and no text promises it."),
    ]


def test_a_draft_that_promises_what_the_program_does_not_keep_is_not_published() -> None:
    waiting = draft("terms", body="We sell no data. [promise: no-sale] We dance. [promise: dance]")

    with pytest.raises(UnknownPromise) as refusal:
        publish_policy(draft=waiting, now=NOW)

    assert refusal.value.promises == ["dance"]
    assert (PolicyVersion.objects.filter(kind="terms").count(), list(PolicyDraft.objects.all())) == (1, [waiting])
