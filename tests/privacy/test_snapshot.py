"""The data map as plain data: what must be told before it takes effect, and that its words are committed."""

import json
from collections.abc import Callable
from copy import deepcopy
from difflib import unified_diff
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from privacy import policies
from privacy.policies import as_text, committed_map
from privacy.snapshot import Snapshot, all_changes, digest_of, material_changes, take_snapshot

BEFORE: Any = {
    "purposes": [
        {
            "key": "contacting",
            "name": "Letting people reach each other",
            "basis": "f",
            "interest": "a market",
            "receivers": ["staff", "hosting"],
            "data": [
                {
                    "what": "Messages",
                    "columns": ["text", "author"],
                    "source": "",
                    "keep": "2 years",
                    "days": 730,
                    "erase": ["deleted"],
                },
                {
                    "what": "Messages",
                    "columns": ["time"],
                    "source": "",
                    "keep": "always",
                    "days": None,
                    "erase": ["deleted"],
                },
            ],
        }
    ],
    "receivers": [{"kind": "mail", "name": "Post Ltd", "country": "IE", "transfer": "none", "task": "Mail"}],
}


def changed(change: Callable[[Any, Any], Any]) -> Snapshot:
    """The same map after a change to it, or to its only purpose."""
    after: Any = deepcopy(BEFORE)
    change(after, after["purposes"][0])
    return after  # type: ignore[no-any-return]


def set_days(number: int, keep: str, days: int | None) -> Callable[[Any, Any], Any]:
    return lambda _map, purpose: purpose["data"][number].update(keep=keep, days=days)


MORE: list[tuple[Callable[[Any, Any], Any], str]] = [
    (
        lambda all_, one: all_["purposes"].append({**one, "key": "selling", "name": "Selling"}),
        "New purpose: Selling",
    ),
    (
        lambda _map, one: one["receivers"].append("partner"),
        "Letting people reach each other: new receiver: Partner sites",
    ),
    (
        lambda all_, _one: all_["receivers"].append({**all_["receivers"][0], "name": "Far Ltd", "country": "US"}),
        "New receiver: Far Ltd, United States of America",
    ),
    (
        lambda all_, _one: all_["receivers"][0].update(country="KE"),
        "Post Ltd receives data in another country: Kenya",
    ),
    (
        lambda all_, _one: all_["receivers"][0].update(transfer="consent"),
        "Post Ltd receives data on another ground of transfer: the person’s explicit consent (art. 49)",
    ),
    (
        lambda all_, _one: all_["receivers"][0].update(kind="partner"),
        "New receiver: Post Ltd, Ireland",
    ),
    (
        lambda _map, one: one["data"][0]["columns"].append("phone"),
        "Letting people reach each other: more data: Messages (phone)",
    ),
    (
        set_days(0, "3 years", 1095),
        "Letting people reach each other: kept longer: Messages",
    ),
    (
        set_days(0, "for ever", None),
        "Letting people reach each other: kept longer: Messages",
    ),
    (
        set_days(1, "while we like", None),
        "Letting people reach each other: kept longer: Messages",
    ),
    (
        lambda _map, one: one.update(basis="b", interest=""),
        "Letting people reach each other: another legal basis: our agreement with you",
    ),
    (
        lambda _map, one: one.update(interest="profit"),
        "Letting people reach each other: another interest: profit",
    ),
    (
        lambda _map, one: one["data"][0].update(erase=["kept for the tax office"]),
        "Letting people reach each other: something else happens when you leave: Messages",
    ),
]
LESS: list[tuple[Callable[[Any, Any], Any], str]] = [
    (
        lambda all_, _one: all_["purposes"].clear(),
        "No longer a purpose: Letting people reach each other",
    ),
    (
        lambda _map, one: one["receivers"].remove("staff"),
        "Letting people reach each other: no longer a receiver: Our staff, as far as their work needs it",
    ),
    (
        lambda all_, _one: all_["receivers"].clear(),
        "No longer a receiver: Post Ltd, Ireland",
    ),
    (
        lambda _map, one: one["data"][0]["columns"].remove("author"),
        "Letting people reach each other: less data: Messages (author)",
    ),
    (
        set_days(0, "1 year", 365),
        "Letting people reach each other: kept for a shorter time: Messages",
    ),
    (
        set_days(1, "1 day", 1),
        "Letting people reach each other: kept for a shorter time: Messages",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), MORE)
def test_more_of_anything_is_material_and_said_in_a_sentence(change: Callable[[Any, Any], Any], sentence: str) -> None:
    after = changed(change)

    assert material_changes(BEFORE, after) == [sentence]
    assert all_changes(BEFORE, after)[0] == sentence


@pytest.mark.parametrize(("change", "sentence"), LESS)
def test_less_of_anything_is_shown_and_not_material(change: Callable[[Any, Any], Any], sentence: str) -> None:
    after = changed(change)

    assert (material_changes(BEFORE, after), all_changes(BEFORE, after)) == ([], [sentence])


def test_a_receiver_that_moved_on_another_ground_is_told_as_both_and_is_not_gone() -> None:
    after = changed(lambda all_, _one: all_["receivers"][0].update(country="US", transfer="clauses"))

    assert all_changes(BEFORE, after) == [
        "Post Ltd receives data in another country: United States of America",
        "Post Ltd receives data on another ground of transfer: standard contractual clauses (art. 46)",
    ]


def test_a_map_does_not_differ_from_itself() -> None:
    """Although columns of one table are kept for different times."""
    now = take_snapshot()

    assert len(now["purposes"]) > 10
    assert all_changes(now, deepcopy(now)) == all_changes(BEFORE, deepcopy(BEFORE)) == []


def test_the_map_in_the_code_is_the_one_that_the_texts_speak_of() -> None:
    """A change of the map without its words fails here: change privacy/policies/*.txt, then `policy_map --write`."""
    now, committed = as_text(take_snapshot()), policies.MAP.read_text(encoding="utf-8")

    assert "\n".join(unified_diff(committed.splitlines(), now.splitlines(), "committed", "in the code", n=8)) == ""


def test_what_rests_on_consent_lists_its_data_and_lasts_until_a_no() -> None:
    """Although the columns are kept for another purpose."""
    entry = next(one for one in take_snapshot()["purposes"] if one["key"] == "partners")

    assert (entry["basis"], entry["receivers"]) == ("a", ["partner", "staff", "hosting"])
    assert entry["data"] == [
        {
            "what": "Your name, e-mail, phone and settings",
            "columns": ["e-mail", "full name", "phone"],
            "source": "",
            "keep": "until you say no",
            "days": None,
            "erase": ["emptied; only the number of the account stays, so that no other account gets it"],
        },
        {
            "what": "The companies you act for",
            "columns": ["company"],
            "source": "",
            "keep": "until you say no",
            "days": None,
            "erase": ["deleted"],
        },
    ]


def test_the_command_says_how_the_code_differs_and_writes_when_asked(
    tmp_path: Any, monkeypatch: Any, capsys: Any
) -> None:
    older = deepcopy(committed_map())
    gone = older["purposes"].pop()
    copy = tmp_path / "map.json"
    copy.write_text(json.dumps(older))
    monkeypatch.setattr(policies, "MAP", copy)

    with pytest.raises(CommandError):
        call_command("policy_map")
    assert (f"New purpose: {gone['name']}" in capsys.readouterr().out, json.loads(copy.read_text())) == (True, older)
    call_command("policy_map", write=True)
    call_command("policy_map")

    assert copy.read_text() == as_text(take_snapshot())


def test_the_digest_depends_on_text_and_tables_and_not_on_the_order_of_keys() -> None:
    turned = dict(reversed(BEFORE.items()))
    shorter = {**BEFORE, "receivers": []}

    assert digest_of(body="a", snapshot=BEFORE) == digest_of(body="a", snapshot=turned)
    assert len({digest_of(body=body, snapshot=map_) for body in "ab" for map_ in (BEFORE, shorter)}) == 4
