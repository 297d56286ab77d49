"""Staff write, look at and publish policies in admin; what is published nobody changes there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from privacy.models import PolicyDraft, PolicyVersion
from tests.factories import NOW
from tests.privacy.publishing import draft, knew_less_before
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The day on which the factories' things are public."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def officer() -> Client:
    """The privacy officer's browser."""
    return at_work(make_staff("privacy officer"))


def address(page: str, pk: int | None = None, model: str = "policydraft") -> str:
    return reverse(f"admin:privacy_{model}_{page}", args=[pk] if pk else [])


def counts() -> tuple[int, int]:
    return PolicyVersion.objects.count(), PolicyDraft.objects.count()


def test_a_draft_is_begun_written_looked_at_and_published(officer: Client) -> None:
    begun = officer.post(address("add"), {"kind": "terms"})
    waiting = PolicyDraft.objects.get()
    assert begun.headers["Location"] == address("change", waiting.pk)
    assert waiting.body == PolicyVersion.objects.get(kind="terms").body

    written = {"body": "## A heading\n\nNew words.", "effective_at_0": "2026-12-22", "effective_at_1": "12:00:00"}
    saved = officer.post(address("change", waiting.pk), {**written, "_preview": ""})
    preview = officer.get(saved.headers["Location"]).content.decode()
    saved = officer.post(address("change", waiting.pk), {**written, "_publish": ""})
    page = officer.get(saved.headers["Location"]).content.decode()
    shown = PolicyDraft.objects.get().changed_at.isoformat()
    published = officer.post(saved.headers["Location"], {"shown": shown}, follow=True)

    assert "<h2>A heading</h2>" in preview
    assert "This is a draft. Only staff can see it" in preview
    assert "Version 2, takes effect on" in preview
    assert "<ins>New words.</ins>" in page
    assert "Version 2 is published now and takes effect on 22 Dec 2026, 12:00 UTC." in page
    assert "Terms 2 is published." in published.content.decode()
    version = PolicyVersion.objects.get(kind="terms", number=2)
    assert (version.body, version.material, counts()) == (written["body"], False, (4, 0))
    assert LogEntry.objects.filter(object_id=str(version.pk), change_message="Published.").count() == 1


def test_the_page_of_publishing_lists_what_members_must_be_told(officer: Client) -> None:
    knew_less_before("watching")
    waiting = draft(body=PolicyVersion.objects.get(kind="privacy").body)

    page = officer.get(address("publish", waiting.pk)).content.decode()

    assert "Every member is told by mail" in page
    assert "<li>New purpose: Remembering what you want to watch</li>" in page
    assert 'name="material"' not in page  # staff cannot unsay it
    assert "Not a word has changed." in page


def test_staff_may_say_that_words_alone_are_material(officer: Client) -> None:
    waiting = draft("terms")
    assert 'name="material"' in officer.get(address("publish", waiting.pk)).content.decode()

    officer.post(address("publish", waiting.pk), {"shown": waiting.changed_at.isoformat(), "material": "on"})

    assert PolicyVersion.objects.get(kind="terms", number=2).material


def test_a_second_click_says_that_it_is_done(officer: Client) -> None:
    waiting = draft("terms")
    for _click in range(2):
        response = officer.post(address("publish", waiting.pk), {"shown": waiting.changed_at.isoformat()}, follow=True)

    assert "This draft has been published already, or deleted." in response.content.decode()
    assert counts() == (4, 0)


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        ("changed", "Somebody changed the draft meanwhile."),
        ("same", "Text and tables are the same as in the newest version."),
        ("promise", "This program keeps no promise called “dance”. Correct or remove the mark"),
        ("soon", "It cannot take effect before 22 Nov 2026, 12:00 UTC. Set a later date in the draft"),
    ],
)
def test_a_refusal_says_what_to_do_and_loses_nothing(officer: Client, problem: str, sentence: str) -> None:
    waiting = draft("terms", effective_at=NOW + timedelta(days=-1 if problem == "soon" else 30))
    if problem == "same":
        waiting = draft("terms", body=PolicyVersion.objects.get(kind="terms").body)
    if problem == "promise":
        waiting = draft("terms", body="We dance. [promise: dance]")
    shown = "2026-11-01" if problem == "changed" else waiting.changed_at.isoformat()

    response = officer.post(address("publish", waiting.pk), {"shown": shown})

    assert (response.status_code, sentence in response.content.decode()) == (200, True)
    assert (counts(), PolicyDraft.objects.get().body) == ((3, 1), waiting.body)


@pytest.mark.parametrize("group", ["moderator", "communications"])
def test_other_staff_neither_see_drafts_nor_publish(group: str) -> None:
    waiting, other = draft("terms"), at_work(make_staff(group))

    answers = [
        other.get(address("changelist")).status_code,
        other.get(address("preview", waiting.pk)).status_code,
        other.get(address("publish", waiting.pk)).status_code,
        other.post(address("publish", waiting.pk), {"shown": waiting.changed_at.isoformat()}).status_code,
    ]

    assert (answers, counts()) == ([403, 404, 403, 403], (3, 1))


def test_not_even_a_superuser_changes_adds_or_deletes_a_published_version() -> None:
    version = PolicyVersion.objects.get(kind="terms")
    client = at_work(make_staff("administrator", is_superuser=True))

    answers = [
        client.post(address("change", version.pk, "policyversion"), {"body": "Other."}).status_code,
        client.post(address("delete", version.pk, "policyversion"), {"post": "yes"}).status_code,
        client.post(address("add", model="policyversion"), {"kind": "terms"}).status_code,
    ]
    many = {"action": "delete_selected", "_selected_action": [str(version.pk)], "post": "yes"}
    client.post(address("changelist", model="policyversion"), many)

    assert (answers, list(PolicyVersion.objects.filter(kind="terms"))) == ([403, 403, 403], [version])
    assert PolicyVersion.objects.get(pk=version.pk).body == version.body
    assert client.get(address("change", version.pk, "policyversion")).status_code == 200
