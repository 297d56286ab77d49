"""Saved searches send mails about new leads: each lead once for each search, in one mail for each moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction

from accounts.services.suspension import suspend_member
from mailings.models import Delivery
from offerboard import alerting, periodic
from offerboard.models import Lead, NewLead, Notice, SavedSearch, SearchKey
from offerboard.services import lead_states
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory, SavedSearchFactory
from tests.offerboard.alerting import DAY, EIGHT, HOUR, asks, publish, the_mail, told, work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- who is told, of what -----------------------------------------------------------------------------------------


def test_who_asked_for_it_is_told_of_a_new_lead_at_once() -> None:
    saved = asks(words="coffee", name="Beans")
    asks(words="steel")
    asks(words="coffee", frequency="off")
    lead = publish(title="Robusta coffee")

    work()

    assert told() == [(saved.member.email, "1 new lead: Beans")]
    assert f"{lead.get_absolute_url()}\n" in the_mail().text
    assert lead.get_absolute_url() in the_mail().html
    assert list(Notice.objects.values_list("search", "lead", "mailed_at")) == [(saved.pk, lead.pk, NOW)]


def test_looking_again_and_again_tells_nobody_twice() -> None:
    asks(words="coffee")
    lead = publish(title="Robusta coffee")

    for _time in range(3):
        periodic.sweep_alerts()
        NewLead.objects.get_or_create(lead=lead, defaults={"since": NOW})  # as if it had been forgotten
    work(NOW + DAY)

    assert (len(told()), Notice.objects.count(), NewLead.objects.count()) == (1, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_of_four_workers_at_once_one_writes() -> None:
    searches = [asks(words="coffee") for _number in range(5)]
    for number in range(6):
        publish(title=f"Robusta coffee {number}")

    def sweep(_number: int) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sweep, range(4)))
    work(NOW + HOUR)

    assert Notice.objects.exclude(mailed_at=None).count() == 30
    assert NewLead.objects.count() == 0
    for saved in searches:
        texts = list(Delivery.objects.filter(to=saved.member.email).values_list("text", flat=True))
        assert [sum(text.count(lead.get_absolute_url()) for text in texts) for lead in Lead.objects.all()] == [1] * 6


def test_a_second_notice_of_the_same_lead_is_refused_by_the_table() -> None:
    saved, lead = asks(words="coffee"), LeadFactory()
    Notice.objects.create(search=saved, lead=lead, found_at=NOW, due_at=NOW)

    with pytest.raises(IntegrityError, match="notice_once"), transaction.atomic():
        Notice.objects.create(search=saved, lead=lead, found_at=NOW, due_at=NOW)
    assert Notice.objects.count() == 1


def test_a_search_that_sends_mails_but_asks_nothing_is_refused_by_the_table() -> None:
    with pytest.raises(IntegrityError, match="saved_search_mails_what_it_asks"), transaction.atomic():
        SavedSearchFactory(frequency="daily")
    assert SavedSearch.objects.count() == 0


def test_one_mail_brings_all_that_is_new_by_search() -> None:
    member = MemberFactory()
    asks(member, words="coffee", name="Coffee")
    asks(member, kind="sell_offer", name="All offers")
    publish(title="Robusta coffee")
    publish(title="Steel coils")

    work()

    assert told() == [(member.email, "2 new leads of 2 searches")]
    text = the_mail().text
    assert (text.count("Robusta coffee\n"), text.count("Steel coils\n")) == (2, 1)
    assert ("Coffee (1 new lead)\n" in text, "All offers (2 new leads)\n" in text) == (True, True)


def test_ten_leads_of_a_search_are_named_and_the_rest_counted() -> None:
    asks(words="coffee")
    for number in range(12):
        publish(title=f"Coffee {number}.")

    work()

    text = the_mail().text
    assert [number for number in range(12) if f"- Coffee {number}.\n" in text] == list(range(2, 12))
    assert "and 2 more\n" in text
    assert Notice.objects.filter(mailed_at=NOW).count() == 12
    work(NOW + DAY)
    assert len(told()) == 1


def test_own_leads_are_no_news() -> None:
    company = CompanyFactory()
    member = MemberFactory(company=company)
    asks(member, words="coffee")
    publish(company=company, title="Our coffee")
    joined_later = MemberFactory()
    asks(joined_later, words="coffee", frequency="daily")
    alerting.match_new_leads(now=NOW)
    company.team.create(member=joined_later, role="viewer", joined_at=NOW)

    work(EIGHT)

    assert (told(), Notice.objects.count()) == ([], 0)


def test_who_is_suspended_gets_nothing_and_what_waited_is_forgotten() -> None:
    before, after = asks(words="coffee"), asks(words="coffee", frequency="daily")
    suspend_member(member_id=before.member_id, now=NOW)
    publish(title="Coffee")
    work()
    assert [notice.search for notice in Notice.objects.all()] == [after]
    suspend_member(member_id=after.member_id, now=NOW)

    work(EIGHT)

    assert (told(), Notice.objects.count()) == ([], 0)


def test_so_does_one_that_an_older_release_deletes_which_knows_of_no_notices() -> None:
    saved, other = asks(words="coffee", frequency="daily"), asks(words="coffee", frequency="daily")
    first, second = publish(title="Coffee"), publish(title="Coffee too")
    work()
    publish(title="Coffee, the third").delete()

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM offerboard_leadrevision")
        cursor.execute("DELETE FROM offerboard_lead WHERE id = %s", [first.pk])
        cursor.execute("DELETE FROM offerboard_savedsearch WHERE id = %s", [saved.pk])

    assert list(Notice.objects.values_list("search", "lead")) == [(other.pk, second.pk)]
    assert set(SearchKey.objects.values_list("search", flat=True)) == {other.pk}


@pytest.mark.parametrize("gone", [lead_states.pause_lead, lead_states.close_lead])
def test_what_left_the_board_before_the_mail_is_left_out(gone: Any) -> None:
    saved = asks(words="coffee", frequency="daily")
    lead, other = publish(title="First coffee"), publish(title="Second coffee")
    work()
    gone(lead=lead, now=NOW + HOUR)

    work(EIGHT)

    assert told() == [(saved.member.email, "1 new lead: x")]
    assert [notice.lead for notice in Notice.objects.all()] == [other]
    assert "First coffee" not in the_mail().text


def test_where_nothing_is_left_there_is_no_mail() -> None:
    asks(words="coffee", frequency="daily")
    lead = publish(title="Coffee")
    work()
    lead_states.close_lead(lead=lead, now=NOW + HOUR)

    work(EIGHT)

    assert (told(), Notice.objects.count()) == ([], 0)


# --- what is new --------------------------------------------------------------------------------------------------


def test_a_lead_is_new_once_whatever_becomes_of_it_later() -> None:
    asks(words="coffee")
    lead = publish(title="Coffee")
    work()
    Notice.objects.all().delete()  # as after ninety days

    for day, change in enumerate((lead_states.renew_lead, lead_states.pause_lead, lead_states.resume_lead), start=2):
        change(lead=lead, now=NOW + DAY * day)
        work(NOW + DAY * day)

    assert (len(told()), NewLead.objects.count()) == (1, 0)


def test_a_lead_that_waited_for_staff_is_new_when_they_approve_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LEADS_REVIEWED_FIRST", True)
    saved = asks(words="coffee")
    lead = publish(title="Coffee")
    work()
    assert told() == []

    lead_states.approve_lead(lead=lead, now=NOW)
    work()
    lead_states.reject_lead(lead=lead, reason="Forbidden goods.", now=NOW)
    lead_states.approve_lead(lead=lead, now=NOW)
    work(NOW + HOUR)

    assert [to for to, _subject in told()] == [saved.member.email]


def test_a_lead_that_was_hidden_from_the_start_is_new_when_it_is_shown() -> None:
    saved = asks(words="coffee")
    lead = LeadFactory(title="Coffee", holds=["moderation"])
    lead_states.release_leads(leads=Lead.objects.filter(pk=lead.pk), hold=Lead.Hold.MODERATION, now=NOW)

    work()

    assert [to for to, _subject in told()] == [saved.member.email]


def test_a_new_lead_that_is_paused_at_once_waits_for_its_return_but_not_for_ever() -> None:
    saved = asks(words="coffee")
    lead, other = publish(title="Coffee"), publish(title="Coffee too")
    for one in (lead, other):
        lead_states.pause_lead(lead=one, now=NOW)
    work()
    assert (told(), NewLead.objects.count()) == ([], 2)

    lead_states.resume_lead(lead=lead, now=NOW + HOUR)
    work(NOW + HOUR)
    lead_states.resume_lead(lead=other, now=NOW + 8 * DAY)
    work(NOW + 8 * DAY)

    assert told() == [(saved.member.email, "1 new lead: x")]
    assert NewLead.objects.count() == 0


def test_a_search_hears_nothing_of_what_came_before_it() -> None:
    publish(title="Coffee")
    work()
    asks(words="coffee")

    work(NOW + HOUR)

    assert told() == []


def test_a_publication_that_fails_leaves_nothing_new() -> None:
    lead = LeadFactory(state="draft", title="")

    with pytest.raises(lead_states.Incomplete):
        lead_states.publish_lead(lead=lead, now=NOW)

    assert NewLead.objects.count() == 0


def test_a_lead_or_a_search_that_is_deleted_takes_its_notices_along() -> None:
    saved, other = asks(words="coffee", frequency="daily"), asks(words="coffee", frequency="daily")
    first, second = publish(title="Coffee"), publish(title="Coffee too")
    work()

    first.delete()
    saved.delete()

    assert list(Notice.objects.values_list("search", "lead")) == [(other.pk, second.pk)]
