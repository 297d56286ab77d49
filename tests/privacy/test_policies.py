"""The terms, the privacy policy and the cookie policy, by version."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from privacy.models import PolicyAcceptance, PolicyVersion
from privacy.policies import first_texts
from privacy.selectors.policies import Passage, Run, passages, policy_in_force
from privacy.services.policies import accept_policy
from tests.factories import NOW, MemberFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
PAGES = ["/terms/", "/privacy/policy/", "/privacy/cookies/"]


def publish(number: int, *, body: str, effective_in: timedelta) -> PolicyVersion:
    return PolicyVersion.objects.create(
        kind="terms",
        number=number,
        body=body,
        published_at=NOW + min(effective_in, timedelta(0)),
        effective_at=NOW + effective_in,
    )


def test_a_new_market_has_the_first_version_of_each() -> None:
    assert sorted(first_texts()) == sorted(PolicyVersion.Kind.values)
    assert {version.kind: version.body for version in PolicyVersion.objects.all()} == first_texts()


@pytest.mark.parametrize("path", PAGES)
def test_shows_number_date_and_text_without_a_cookie(
    client: Client, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(2):
        response = client.get(path)

    page = response.content.decode()
    assert (response.status_code, response.cookies) == (200, {})
    assert "Version 1, in force from" in page
    assert '<time datetime="2026-11-01' in page
    assert "## " not in page


@time_machine.travel(NOW, tick=False)
def test_the_newest_version_that_took_effect_holds_and_the_others_stay_readable(client: Client) -> None:
    publish(2, body="Second text.", effective_in=-timedelta(days=1))
    publish(3, body="Third text.", effective_in=timedelta(days=30))

    current = client.get("/terms/").content.decode()
    earlier = client.get("/terms/?version=1").content.decode()
    coming = client.get("/terms/?version=3").content.decode()

    assert "Second text." in current
    assert all(f'href="/terms/?version={number}"' in current for number in (1, 3))
    assert "This is an earlier version." in earlier
    assert "This version is not in force yet." in coming
    assert policy_in_force(kind="terms", at=NOW).number == 2
    assert policy_in_force(kind="terms", at=NOW + timedelta(days=30)).number == 3


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("version", ["2", "99", "0", "-1", "x", "1x", "１", "9" * 5000])
def test_a_version_that_is_not_published_is_not_found(client: Client, version: str) -> None:
    PolicyVersion.objects.create(
        kind="terms", number=2, body="Draft.", published_at=NOW + timedelta(1), effective_at=NOW + timedelta(1)
    )

    response = client.get("/terms/", {"version": version})

    assert response.status_code == 404
    assert "Draft." not in response.content.decode()


@time_machine.travel(NOW, tick=False)
def test_a_text_is_never_taken_for_html(client: Client) -> None:
    publish(2, body="## <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>", effective_in=timedelta(0))

    page = client.get("/terms/").content.decode()

    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_an_empty_line_parts_paragraphs_and_a_mark_starts_a_heading() -> None:
    assert passages("One\nline.\r\n\r\n## Title\n\n\n\nTwo ## three.\n") == [
        Passage(is_heading=False, runs=(Run("One line."),)),
        Passage(is_heading=True, runs=(Run("Title"),)),
        Passage(is_heading=False, runs=(Run("Two ## three."),)),
    ]


def test_accepting_twice_keeps_the_first_date() -> None:
    member, version = MemberFactory(), policy_in_force(kind="terms", at=NOW)

    accept_policy(member_id=member.pk, version=version, now=NOW)
    accept_policy(member_id=member.pk, version=version, now=NOW + timedelta(days=1))

    assert PolicyAcceptance.objects.get().accepted_at == NOW


@pytest.mark.promise("never-retroactive")
def test_no_version_takes_effect_before_it_is_published() -> None:
    with pytest.raises(IntegrityError, match="policy_effective_after_publication"), transaction.atomic():
        PolicyVersion.objects.create(
            kind="terms", number=2, body="x", published_at=NOW, effective_at=NOW - timedelta(seconds=1)
        )


@pytest.mark.parametrize("path", PAGES)
def test_is_read_only(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
