"""Migration 0006: a new market begins with its map; an older one announces the text that it did not have."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from privacy.models import NOTICE, PolicyDraft, PolicyVersion
from privacy.policies import FIRST_DATE, committed_map, first_contents
from privacy.selectors.policies import policy_in_force
from privacy.snapshot import digest_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


def migrate() -> None:
    import_module("privacy.migrations.0006_policies_carry_their_map").carry_maps(apps, None)


def before(body: str | None = None, **changes: Any) -> None:
    """The privacy policy as an earlier release left it."""
    values = {"data_map": {}, "digest": "", **({"body": body} if body else {}), **changes}
    PolicyVersion.objects.filter(kind="privacy").update(**values)


def bodies() -> list[str]:
    return list(PolicyVersion.objects.filter(kind="privacy").order_by("number").values_list("body", flat=True))


def test_a_new_market_has_its_map_from_the_first_day() -> None:
    """Also after a test that emptied all tables."""
    found = {one.kind: (one.body, one.data_map, one.digest) for one in PolicyVersion.objects.all()}

    contents = first_contents()
    assert found == {kind: tuple(content.values()) for kind, content in contents.items()}
    assert found["privacy"][1] == committed_map()
    assert not PolicyVersion.objects.filter(material=True).exists()


def test_the_shipped_text_of_before_gets_its_map_and_no_new_number() -> None:
    before()

    migrate()
    migrate()

    version = PolicyVersion.objects.get(kind="privacy")
    assert (version.data_map, version.digest) == (committed_map(), first_contents()["privacy"]["digest"])
    assert version.published_at == FIRST_DATE


def test_after_another_text_the_shipped_one_is_announced_as_the_next_number() -> None:
    before("The text of an earlier release.")

    migrate()
    migrate()

    old, new = PolicyVersion.objects.filter(kind="privacy").order_by("number")
    now = timezone.now()
    assert (new.number, new.material, new.data_map) == (2, True, committed_map())
    assert new.effective_at - new.published_at > NOTICE
    assert now - new.published_at < timedelta(minutes=1)
    assert (old.body, old.digest) == (
        "The text of an earlier release.",
        digest_of(body="The text of an earlier release.", snapshot={}),
    )
    assert policy_in_force(kind="privacy", at=now) == old
    assert new.changes


def test_what_a_market_has_published_itself_stays_and_the_shipped_text_waits_as_a_draft() -> None:
    before("Its first text.")
    own = {"kind": "privacy", "number": 2, "body": "Its own text."}
    PolicyVersion.objects.create(**own, published_at=FIRST_DATE, effective_at=FIRST_DATE)

    migrate()

    assert bodies() == ["Its first text.", "Its own text."]
    assert PolicyDraft.objects.get().body == first_contents()["privacy"]["body"]
