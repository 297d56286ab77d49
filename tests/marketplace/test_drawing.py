"""Parts of pages that are drawn once."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from marketplace.memory import Memory
from marketplace.templatetags import drawing


@dataclass(frozen=True)
class Card:
    """A company card's share of words."""

    name: str
    url: str = "/companies/dak-hoa/"
    logo_url: str = ""
    initials: str = "DH"
    place: str = "Buôn Ma Thuột, Viet Nam"
    industries: str = "Green coffee"
    verified: str = ""


@pytest.fixture(autouse=True)
def _nothing_drawn_yet() -> None:
    drawing._drawings.clear()  # noqa: SLF001  # each test begins with an empty memory


def draw(**values: Any) -> str:
    """A company card through the tag."""
    return Template('{% drawn "components/company_card.html" card=card %}').render(Context(values))


def drawings() -> int:
    """How many are remembered."""
    return len(drawing._drawings)  # noqa: SLF001


def test_equal_values_are_drawn_once_and_another_value_anew() -> None:
    first = draw(card=Card("Dak Hoa"))
    second = draw(card=Card("Dak Hoa"))
    other = draw(card=Card("Highland Coffee"))

    assert first == second
    assert "Highland Coffee" in other
    assert "Dak Hoa" not in other
    assert drawings() == 2


def test_it_draws_what_include_draws() -> None:
    included = Template('{% include "components/company_card.html" with card=card only %}')

    assert draw(card=Card("A & B")) == included.render(Context({"card": Card("A & B")}))


def test_what_was_safe_text_once_does_not_make_equal_text_safe() -> None:
    """They are equal as values: only one of them may go out unescaped."""
    label = '{% drawn "components/badge.html" is_sell=True label=label %}'
    safe = Template(label).render(Context({"label": mark_safe("<b>x</b>")}))

    assert "<b>x</b>" in safe
    assert "&lt;b&gt;x&lt;/b&gt;" in Template(label).render(Context({"label": "<b>x</b>"}))


def test_each_language_and_zone_has_its_own() -> None:
    with translation.override("de"):
        draw(card=Card("Dak Hoa"))
    with timezone.override("Asia/Ho_Chi_Minh"):
        draw(card=Card("Dak Hoa"))
    draw(card=Card("Dak Hoa"))

    assert drawings() == 3


def test_nothing_of_the_page_around_gets_in() -> None:
    """A drawing is everybody's: it knows neither the reader nor a token."""
    Template('{% drawn "components/header.html" current="leads" market_name="Market" %}').render(
        Context({"request": "the reader's", "csrf_token": "secret", "nav": {"name": "Amara"}})
    )
    kept = drawing._drawings.get(next(iter(drawing._drawings._values)))  # noqa: SLF001

    assert "Log in" in str(kept)
    assert "Amara" not in str(kept)
    assert "secret" not in str(kept)


def test_memory_holds_no_more_than_its_bytes_and_keeps_what_is_used() -> None:
    memory: Memory[str] = Memory(most=100)
    for number in range(10):
        memory.put(number, "x", size=10)
    memory.get(0)

    memory.put("new", "x", size=10)
    memory.put("too large", "x", size=50)

    assert memory.size == 100
    assert (memory.get(0), memory.get(1), memory.get("new"), memory.get("too large")) == ("x", None, "x", None)


def test_what_is_put_twice_counts_once() -> None:
    memory: Memory[str] = Memory(most=100)

    memory.put("a", "x", size=10)
    memory.put("a", "y", size=12)

    assert (memory.get("a"), memory.size, len(memory)) == ("y", 12, 1)
