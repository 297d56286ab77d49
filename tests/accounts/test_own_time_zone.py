"""Members read times in their own zone, visitors in UTC."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.middleware import OwnTimeZone
from accounts.models import Member
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def zone_seen_by(member: Member) -> str:
    """The zone in which a page would write its times."""
    request = HttpRequest()
    request.user = member
    seen = OwnTimeZone(lambda _request: HttpResponse(timezone.get_current_timezone_name()))(request)
    return seen.content.decode()


def test_a_member_reads_times_of_the_own_zone_and_leaves_none_behind() -> None:
    """The thread serves somebody else next."""
    assert zone_seen_by(MemberFactory(time_zone="Asia/Ho_Chi_Minh")) == "Asia/Ho_Chi_Minh"
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize("unknown", ["Mars/Olympus", "../../etc/passwd", "", "Europe"])
def test_an_unknown_zone_counts_as_utc(unknown: str) -> None:
    """A page is never refused for it."""
    assert zone_seen_by(MemberFactory(time_zone=unknown)) == "UTC"


def test_a_visitor_costs_no_query(client: Client, django_assert_num_queries: object) -> None:
    """The help page asks the database nothing."""
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/help/")
