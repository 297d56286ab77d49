"""The list of places where one is logged in is kept without a write on every page."""

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client

from tests.factories import NOW, MemberFactory

pytestmark = pytest.mark.django_db


def last_use() -> list[object]:
    """When each session was last noted."""
    return list(UserSession.objects.values_list("last_seen_at", flat=True))


def test_a_session_is_noted_at_its_first_page_and_then_not_for_a_while() -> None:
    """Ten minutes are kept by the cache; without it the note is simply written sooner."""
    client = Client()
    client.force_login(MemberFactory())
    seen = []
    for minutes in (0, 1):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            client.get("/help/")
        seen.append(last_use())
    cache.clear()
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        client.get("/help/")

    assert seen == [[NOW], [NOW]]
    assert last_use() == [NOW + timedelta(minutes=11)]


def test_visitors_leave_no_session() -> None:
    """There is nothing to list."""
    Client().get("/help/")

    assert last_use() == []
