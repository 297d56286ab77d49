"""From a draft to a published version: what it carries, when it may take effect, and that it is final."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import translation

from privacy.models import NOTICE, PolicyDraft, PolicyVersion, Receiver
from privacy.policies import committed_map
from privacy.selectors.policies import policy_in_force
from privacy.services.policies import DraftGone, NothingNew, TooSoon, publish_policy, start_draft
from privacy.snapshot import digest_of
from tests.factories import NOW
from tests.privacy.publishing import IN_A_MONTH, draft, knew_less_before, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


def receiver(**changes: object) -> Receiver:
    """A company that carries our mail."""
    values = {"kind": "mail", "name": "Post Ltd", "country": "IE", "transfer": "none", "task": "Carries our mail"}
    return Receiver.objects.create(**{"since": NOW.date(), **values, **changes})


def numbers(kind: str = "privacy") -> list[int]:
    return sorted(PolicyVersion.objects.filter(kind=kind).values_list("number", flat=True))


def test_a_version_carries_the_map_and_the_receivers_by_name_and_a_digest_of_all() -> None:
    receiver()
    receiver(name="Gone Ltd", until=(NOW - timedelta(days=1)).date())

    version = publish(body="New words.")

    version.refresh_from_db()
    assert (version.number, version.body, version.published_at) == (2, "New words.", NOW)
    assert version.data_map == {
        **committed_map(),
        "receivers": [
            {"kind": "mail", "name": "Post Ltd", "country": "IE", "transfer": "none", "task": "Carries our mail"}
        ],
    }
    assert version.digest == digest_of(body="New words.", snapshot=version.data_map)
    assert not PolicyDraft.objects.exists()


def test_terms_and_cookies_carry_no_map() -> None:
    assert [publish(kind).data_map for kind in ("terms", "cookies")] == [{}, {}]


def test_words_alone_are_not_material_unless_staff_say_so() -> None:
    plain, told = publish("terms"), publish("cookies", material=True)

    assert (plain.material, plain.changes, told.material, told.changes) == (False, [], True, [])


@pytest.mark.promise("told-14-days-before")
def test_a_new_purpose_makes_a_version_material_whatever_staff_say() -> None:
    knew_less_before("watching")

    version = publish(material=False)

    assert version.material
    assert version.changes == ["New purpose: Remembering what you want to watch"]


def test_a_new_receiver_makes_a_version_material_and_its_going_does_not() -> None:
    post = receiver()
    first = publish()
    PolicyVersion.objects.filter(pk=first.pk).update(notices_done_at=NOW)
    post.delete()

    second = publish(now=IN_A_MONTH, effective_at=IN_A_MONTH + timedelta(days=1))

    assert (first.changes, first.material) == (["New receiver: Post Ltd, Ireland"], True)
    assert (second.changes, second.material) == ([], False)


def test_what_follows_a_change_that_is_still_to_come_is_material_too() -> None:
    """It contains that change; else it would take effect before everybody was told of it."""
    publish(material=True, body="A change in words alone.")

    assert publish(body="The same change, and a comma.").material


@pytest.mark.promise("never-retroactive")
@pytest.mark.parametrize("effective_in", [-timedelta(days=1), timedelta(0)])
def test_no_version_takes_effect_when_it_is_published_or_earlier(effective_in: timedelta) -> None:
    waiting = draft("terms", effective_at=NOW + effective_in)

    with pytest.raises(TooSoon):
        publish_policy(draft=waiting, now=NOW)

    assert (numbers("terms"), list(PolicyDraft.objects.all())) == ([1], [waiting])


@pytest.mark.promise("told-14-days-before")
def test_a_material_version_takes_effect_a_fortnight_later_at_the_earliest() -> None:
    soon = draft("terms", effective_at=NOW + NOTICE - timedelta(seconds=1))

    with pytest.raises(TooSoon) as refusal:
        publish_policy(draft=soon, now=NOW, material=True)

    assert (refusal.value.earliest, numbers("terms")) == (NOW + NOTICE, [1])
    assert publish("terms", effective_at=NOW + NOTICE, material=True).number == 2


def test_no_version_overtakes_an_announced_one() -> None:
    publish("terms", body="Second.")

    with pytest.raises(TooSoon) as refusal:
        publish("terms", body="Third.", effective_at=IN_A_MONTH - timedelta(days=1))

    assert (refusal.value.earliest, numbers("terms")) == (IN_A_MONTH, [1, 2])
    publish("terms", body="Third.")
    assert policy_in_force(kind="terms", at=IN_A_MONTH).number == 3


def test_the_same_text_and_tables_are_not_published_again() -> None:
    publish()

    with pytest.raises(NothingNew):
        publish()

    assert numbers() == [1, 2]


def test_a_draft_that_was_changed_since_it_was_shown_is_not_published() -> None:
    shown = draft("terms")
    draft("terms", body="Something else.")

    with pytest.raises(DraftGone):
        publish_policy(draft=shown, now=NOW)

    assert (numbers("terms"), PolicyDraft.objects.get().body) == ([1], "Something else.")


def test_changes_are_kept_in_the_language_of_the_map_whoever_publishes() -> None:
    receiver(country="DE")

    with translation.override("de"):
        version = publish()

    assert version.changes == ["New receiver: Post Ltd, Germany"]


def test_a_new_draft_begins_with_the_newest_text_and_there_is_one_for_each_policy() -> None:
    publish("terms", body="Second.")

    begun = start_draft(kind="terms", now=NOW)
    PolicyDraft.objects.filter(pk=begun.pk).update(body="Half written")
    again = start_draft(kind="terms", now=NOW)

    assert (begun.body, begun.effective_at) == ("Second.", datetime(2026, 12, 13, tzinfo=UTC))
    assert (again.pk, again.body) == (begun.pk, "Half written")


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_one_publishes() -> None:
    shown, together = draft("terms"), Barrier(2)

    def click(_number: int) -> str:
        together.wait()
        try:
            publish_policy(draft=shown, now=NOW)
        except DraftGone:
            return "gone"
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(click, range(2)))

    assert (answers, numbers("terms")) == (["gone", "published"], [1, 2])


# --- invariant 12 ---------------------------------------------------------------------------------------------------


@pytest.mark.promise("told-14-days-before")
@pytest.mark.parametrize(
    ("told", "holds"),
    [
        (lambda: None, [1, 1, 1]),
        (lambda: IN_A_MONTH - timedelta(days=1), [1, 1, 2]),  # late: a fortnight after the last mail, whatever was said
        (lambda: NOW, [1, 2, 2]),
    ],
)
def test_a_material_version_does_not_take_effect_before_everybody_was_told(
    told: Callable[[], object], holds: list[int]
) -> None:
    """Although its date has come."""
    version = publish("terms", material=True)
    PolicyVersion.objects.filter(pk=version.pk).update(notices_done_at=told())

    days = [IN_A_MONTH - timedelta(seconds=1), IN_A_MONTH, IN_A_MONTH - timedelta(days=1) + NOTICE]

    assert [policy_in_force(kind="terms", at=day).number for day in days] == holds
    for day, number in zip(days, holds, strict=True):
        version.refresh_from_db()
        assert (version.earliest(at=day) <= day) == (number == 2)
        coming = PolicyVersion.objects.filter(kind="terms").coming(at=day)
        assert list(coming) == ([] if number == 2 else [version])
