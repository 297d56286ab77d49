"""How keys are used: counted without a write, added up once, shown to whom they belong, forgotten after 400 days."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from directory.models import TeamMember
from offerboard.models import Lead
from partners import periodic
from partners.epochs import begin_epoch
from partners.models import ApiKey, FeedReading, KeyUsage
from partners.numbering import number_changes
from partners.selectors.usage import DayOfUse, usage_page
from partners.services.usage import KEPT, add_up_usage, forget_usage
from tests.factories import NOW, LeadFactory, MemberFactory, PartnerFactory
from tests.partners.calling import Caller, member_caller, partner_caller
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def a_minute_later(clock: time_machine.Traveller) -> int:
    """Beat adds up what was counted until then."""
    clock.shift(timedelta(minutes=1))
    return add_up_usage(now=timezone.now())


def figures(key: ApiKey) -> dict[date, tuple[int, int, int, int]]:
    rows = KeyUsage.objects.filter(key=key).order_by("day")
    return {row.day: (row.answered, row.client_errors, row.server_errors, row.refused) for row in rows}


def test_each_call_is_counted_once_by_how_it_was_answered(clock: time_machine.Traveller) -> None:
    caller = partner_caller(partner=PartnerFactory(calls_a_minute=5))
    for path in ("countries/", "leads/", "leads/nothing-here/", "leads/?page_size=0", "removals/"):
        caller.get(path)
    over = [caller.get("leads/").status_code for _call in range(2)]
    unknown = Client().get("/api/v1/leads/", headers={"Authorization": "Bearer x"}).status_code
    too_early = add_up_usage(now=timezone.now())
    counted = a_minute_later(clock)
    again = add_up_usage(now=timezone.now())

    assert (over, unknown) == ([429, 429], 401)
    assert (too_early, counted, again) == (0, 7, 0)
    assert figures(caller.key) == {TODAY: (3, 2, 0, 2)}


def test_a_key_that_may_not_do_it_is_counted_too(clock: time_machine.Traveller) -> None:
    caller = member_caller()
    ApiKey.objects.filter(pk=caller.key.pk).update(scopes=["companies:read"])
    answer = caller.get("leads/").status_code
    a_minute_later(clock)

    assert (answer, figures(caller.key)) == (403, {TODAY: (0, 1, 0, 0)})


def test_faults_of_ours_are_counted_as_ours(clock: time_machine.Traveller, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.partners.failing_urls"
    caller = partner_caller()
    caller.client.raise_request_exception = False
    answer = caller.get("failing/").status_code
    a_minute_later(clock)

    assert (answer, figures(caller.key)) == (500, {TODAY: (0, 0, 1, 0)})


def test_a_call_writes_nothing_to_the_database() -> None:
    """But once a minute that the key was used."""
    caller = partner_caller()
    caller.get("countries/")
    with CaptureQueriesContext(connection) as sent:
        caller.get("countries/")
        caller.get("leads/nothing-here/")

    assert [one["sql"] for one in sent if not one["sql"].startswith("SELECT")] == []


def test_days_end_at_midnight_and_add_up_over_the_day(clock: time_machine.Traveller) -> None:
    caller = partner_caller()
    clock.move_to(NOW.replace(hour=23, minute=58))
    for _minute in range(4):
        caller.get("countries/")
        a_minute_later(clock)

    assert figures(caller.key) == {TODAY: (2, 0, 0, 0), TODAY + timedelta(days=1): (2, 0, 0, 0)}


def test_a_beat_that_was_away_for_some_minutes_catches_up(clock: time_machine.Traveller) -> None:
    caller = partner_caller()
    for _minute in range(10):
        caller.get("countries/")
        clock.shift(timedelta(minutes=1))
    periodic.add_up_usage()

    assert figures(caller.key) == {TODAY: (10, 0, 0, 0)}


def test_a_redis_that_forgets_takes_the_last_minutes_along_and_nothing_else(clock: time_machine.Traveller) -> None:
    caller = partner_caller()
    caller.get("countries/")
    a_minute_later(clock)
    caller.get("countries/")
    cache.clear()
    caller.get("countries/")
    a_minute_later(clock)

    assert figures(caller.key) == {TODAY: (2, 0, 0, 0)}


def test_two_who_add_up_at_once_count_nothing_twice(clock: time_machine.Traveller) -> None:
    """The second one leaves it to the first."""
    caller = partner_caller()
    caller.get("countries/")
    clock.shift(timedelta(minutes=1))

    def other() -> int:
        try:
            return add_up_usage(now=timezone.now())
        finally:
            connection.close()

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('partners.usage'))")
        with ThreadPoolExecutor(1) as pool:
            meanwhile = pool.submit(other).result(120)

    assert (meanwhile, add_up_usage(now=timezone.now())) == (0, 1)
    assert figures(caller.key) == {TODAY: (1, 0, 0, 0)}


# --- how far the feed was read ----------------------------------------------------------------------------------------


def follow(caller: Caller, after: str) -> str:
    """A page of the feed; its cursor."""
    return str(caller.get("changes/", after=after, page_size=2).json()["next"])


def first_cursor(caller: Caller) -> str:
    lines = caller.get("export/leads.ndjson").getvalue().decode()
    return str(re.findall(r'"changes": "([^"]+)"', lines)[0])


def test_it_says_how_far_behind_a_reader_is(clock: time_machine.Traveller) -> None:
    caller = partner_caller()
    cursor = first_cursor(caller)
    before = usage_page(caller.key, now=NOW).reading
    LeadFactory.create_batch(2)
    read_at = timezone.now()
    cursor = follow(caller, cursor)
    while caller.get("changes/", after=cursor).json()["changes"]:
        cursor = follow(caller, cursor)
    a_minute_later(clock)
    caught_up = usage_page(caller.key, now=NOW).reading
    Lead.objects.update(title="Changed")
    numbered_at = timezone.now()
    number_changes(now=numbered_at)
    clock.shift(timedelta(hours=3))
    Lead.objects.filter(pk=Lead.objects.earliest("pk").pk).update(title="Changed again")
    LeadFactory(company=Lead.objects.earliest("pk").company, category=Lead.objects.earliest("pk").category)
    number_changes(now=timezone.now())
    behind = usage_page(caller.key, now=NOW).reading

    assert before is None
    assert caught_up is not None
    assert behind is not None
    assert (caught_up.behind, caught_up.oldest_at, caught_up.read_at) == (0, None, read_at)
    assert (behind.behind, behind.oldest_at, behind.read_at) == (3, numbered_at, read_at)


def test_changes_of_kinds_that_the_key_may_not_read_do_not_count(clock: time_machine.Traveller) -> None:
    caller = partner_caller()
    follow(caller, first_cursor(caller))
    a_minute_later(clock)
    LeadFactory()  # with its company and categories
    number_changes(now=timezone.now())
    all_kinds = usage_page(caller.key, now=NOW).reading
    caller.key.scopes = ["changes:read", "companies:read"]
    without_leads = usage_page(caller.key, now=NOW).reading

    assert all_kinds is not None
    assert without_leads is not None
    assert (all_kinds.behind, without_leads.behind) == (4, 1)  # categories go with leads


def test_after_a_restore_it_says_that_the_reader_has_to_export_again(clock: time_machine.Traveller) -> None:
    caller = partner_caller()
    follow(caller, first_cursor(caller))
    a_minute_later(clock)
    begin_epoch()
    reading = usage_page(caller.key, now=NOW).reading

    assert reading is not None
    assert (reading.has_ended, FeedReading.objects.count()) == (True, 1)


# --- the pages, and the end ------------------------------------------------------------------------------------------


def test_a_team_sees_how_its_keys_are_used_for_thirty_days(clock: time_machine.Traveller) -> None:
    caller = member_caller()
    for back, calls in ((0, 1234), (29, 5), (30, 7)):
        KeyUsage.objects.create(key=caller.key, day=TODAY - timedelta(days=back), answered=calls, refused=1)
    company = TeamMember.objects.get(member=caller.key.member).company
    viewer = MemberFactory(company=company, role="viewer")
    browser = Client()
    browser.force_login(viewer)
    page = browser.get(reverse("accounts:key_usage", args=[caller.key.pk]))
    shown = usage_page(caller.key, now=NOW)

    assert [one.calls for one in shown.days] == [1235, *[0] * 28, 6]
    assert shown.total == DayOfUse(TODAY - timedelta(days=29), answered=1239, refused=2)
    assert page.status_code == 200
    assert page.text.count('<th scope="row"><time') == 30
    assert "<td>1,235</td><td>0</td><td>0</td><td>1</td>" in page.text


def test_another_company_cannot_find_it() -> None:
    caller, stranger = member_caller(), MemberFactory()
    member_caller(member=stranger)
    browser = Client()
    browser.force_login(stranger)

    assert browser.get(reverse("accounts:key_usage", args=[caller.key.pk])).status_code == 404


def test_staff_see_how_a_partners_key_is_used_and_nobodys_else() -> None:
    officer = at_work(make_staff("privacy officer"))
    partner, member = partner_caller(), member_caller()
    KeyUsage.objects.create(key=partner.key, day=TODAY, answered=77)
    address = reverse("admin:partners_apikey_usage", args=[partner.key.pk])

    assert "<td>77</td>" in officer.get(address).text
    assert address in officer.get(reverse("admin:partners_apikey_change", args=[partner.key.pk])).text
    assert officer.get(reverse("admin:partners_apikey_usage", args=[member.key.pk])).status_code == 404
    assert at_work(make_staff("moderator")).get(address).status_code == 403


def test_the_page_asks_five_questions_at_most(
    django_assert_max_num_queries: Any, clock: time_machine.Traveller
) -> None:
    caller = partner_caller()
    follow(caller, first_cursor(caller))
    a_minute_later(clock)
    LeadFactory()
    number_changes(now=timezone.now())
    key = ApiKey.objects.select_related("partner").get(pk=caller.key.pk)

    with django_assert_max_num_queries(5):
        usage_page(key, now=NOW)


def test_what_is_older_than_400_days_is_forgotten() -> None:
    key = partner_caller().key
    for days in (KEPT.days, KEPT.days + 1):
        KeyUsage.objects.create(key=key, day=TODAY - timedelta(days=days), answered=1)

    assert forget_usage(now=NOW) == 1
    assert list(figures(key)) == [TODAY - KEPT]


def test_beat_adds_up_and_forgets() -> None:
    scheduled = {entry["task"] for entry in django_settings.CELERY_BEAT_SCHEDULE.values()}

    assert {periodic.add_up_usage.name, periodic.forget_usage.name} <= scheduled
