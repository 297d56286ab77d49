"""Saved searches send mails about new leads: each lead once for each search, in one mail for each moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from accounts.services.suspension import suspend_member
from mailings.models import Delivery
from mailings.smtp import compose
from offerboard import alerting, periodic
from offerboard.models import Lead, NewLead, Notice, SavedSearch, SearchKey
from offerboard.services import lead_states
from offerboard.services.alerts import choose_frequency
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, MemberFactory, SavedSearchFactory
from tests.offerboard.alerting import asks, links, publish, told, work

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)  # the Monday after NOW


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def the_mail() -> Delivery:
    return Delivery.objects.get(template="new_leads")


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


# --- when ---------------------------------------------------------------------------------------------------------


def test_once_a_day_and_once_a_week_come_together_when_they_meet() -> None:
    member = MemberFactory()
    asks(member, words="coffee", frequency="daily", name="Coffee")
    asks(member, kind="sell_offer", frequency="weekly", name="Offers")
    publish(title="Coffee")

    work(EIGHT - timedelta(seconds=1))
    assert told() == []
    work(EIGHT)

    assert told() == [(member.email, "1 new lead of 2 searches")]


def test_the_members_own_clock_counts() -> None:
    """It is Sunday noon in London: 19:00 in Hanoi, where eight o’clock comes at 1:00."""
    member = MemberFactory(time_zone="Asia/Ho_Chi_Minh")
    asks(member, words="coffee", frequency="daily")
    publish(title="Coffee")
    alerting.match_new_leads(now=NOW)

    assert [notice.due_at for notice in Notice.objects.all()] == [NOW + 13 * HOUR]


def test_mails_at_once_leave_ten_minutes_between_them() -> None:
    asks(words="coffee")
    publish(title="First coffee")
    work()
    publish(title="Second coffee", now=NOW + timedelta(minutes=1))
    publish(title="Third coffee", now=NOW + timedelta(minutes=2))

    work(NOW + timedelta(minutes=2))
    assert len(told()) == 1
    work(NOW + timedelta(minutes=10))

    assert [subject for _to, subject in told()] == ["1 new lead: x", "2 new leads: x"]


def test_what_waits_goes_by_the_frequency_that_is_chosen_last() -> None:
    saved = asks(words="coffee", frequency="weekly")
    publish(title="Coffee")
    work()

    choose_frequency(member=saved.member, pk=saved.pk, frequency="instant", now=NOW)
    work()

    assert len(told()) == 1


def test_what_waits_is_forgotten_when_mails_are_switched_off() -> None:
    saved = asks(words="coffee", frequency="weekly")
    publish(title="Coffee")
    work()

    choose_frequency(member=saved.member, pk=saved.pk, frequency="off", now=NOW)
    choose_frequency(member=saved.member, pk=saved.pk, frequency="instant", now=NOW)
    work(EIGHT)

    assert (told(), Notice.objects.count()) == ([], 0)


# --- choosing -----------------------------------------------------------------------------------------------------


@pytest.fixture
def member(client: Client) -> Member:
    member = MemberFactory()
    client.force_login(member)
    return member


def test_mails_are_chosen_on_the_list(client: Client, member: Member) -> None:
    saved = asks(member, frequency="off", categories=(CategoryFactory().slug,))
    address = reverse("offerboard:search_mails", args=[saved.pk])

    for frequency, says in (("daily", "Once a day"), ("weekly", "Once a week"), ("instant", "At once")):
        page = client.post(address, {"frequency": frequency}, follow=True)
        saved.refresh_from_db()
        assert (saved.frequency, page.context["page"].rows[0].mails) == (frequency, says)
    client.post(address, {"frequency": ""})

    saved.refresh_from_db()
    assert (saved.frequency, client.get("/my/searches/").context["page"].rows[0].mails) == ("off", "")


def test_a_frequency_that_we_do_not_know_changes_nothing(client: Client, member: Member) -> None:
    saved = asks(member, words="coffee", frequency="daily")

    client.post(reverse("offerboard:search_mails", args=[saved.pk]), {"frequency": "hourly"})

    saved.refresh_from_db()
    assert saved.frequency == "daily"


def test_nobody_chooses_for_others(client: Client, member: Member) -> None:
    theirs = asks(words="coffee", frequency="off")

    answer = client.post(reverse("offerboard:search_mails", args=[theirs.pk]), {"frequency": "daily"})

    theirs.refresh_from_db()
    assert (answer.status_code, theirs.frequency, theirs.query) == (404, "off", None)
    assert not choose_frequency(member=member, pk=theirs.pk, frequency="daily", now=NOW)


def test_mails_are_chosen_while_saving_and_come_for_nobody_who_did_not(client: Client, member: Member) -> None:
    assert client.get("/my/searches/save/?q=coffee").context["form"]["frequency"].value() == "off"
    client.post("/my/searches/save/?q=coffee")
    client.post("/my/searches/save/?q=tea", {"name": "Tea", "frequency": "weekly"})
    client.post("/my/searches/save/?q=coffee", {"frequency": "daily"})  # kept already: now with mails
    client.post("/my/searches/save/?q=coffee")  # kept already: stays as it is

    frequencies = SavedSearch.objects.order_by("words").values_list("words", "frequency")
    assert list(frequencies) == [("coffee", "daily"), ("tea", "weekly")]


# --- stopping -----------------------------------------------------------------------------------------------------


def mailed() -> tuple[SavedSearch, SavedSearch, str]:
    """Two searches of a member, of which one has sent a mail, and its text."""
    saved = asks(words="coffee", name="Coffee")
    other = asks(saved.member, words="tea", frequency="daily")
    publish(title="Coffee")
    work()
    return saved, other, the_mail().text


def frequencies() -> list[str]:
    return sorted(SavedSearch.objects.values_list("frequency", flat=True))


@pytest.mark.promise("get-changes-nothing")
def test_opening_the_link_of_a_mail_changes_nothing() -> None:
    _saved, _other, text = mailed()

    for name in ("stop", "stop-all"):
        [link] = links(text, name)
        for method in ("get", "head"):
            assert getattr(Client(), method)(link).status_code == 200
    assert frequencies() == ["daily", "instant"]


def test_one_click_stops_that_search_without_a_log_in_for_ever() -> None:
    saved, _other, text = mailed()
    [link] = links(text, "stop")
    client = Client(enforce_csrf_checks=True)

    with time_machine.travel(NOW + 3650 * DAY, tick=False):
        assert "“Coffee”" in client.get(link).content.decode()
        first, second = client.post(link), client.post(link)

    assert (first.status_code, second.status_code, frequencies()) == (200, 200, ["daily", "off"])
    assert "We send no more mails about “Coffee”" in first.content.decode()
    assert (saved.keys.count(), len(client.cookies)) == (0, 0)
    publish(title="More coffee")
    work(NOW + HOUR)
    assert len(told()) == 1


def test_a_mail_programs_own_button_stops_all_mails_about_new_leads() -> None:
    """RFC 8058: a POST without cookie, log-in or redirect."""
    _saved, _other, text = mailed()
    theirs = asks(words="cocoa")
    [link] = links(text, "stop-all")

    answer = Client(enforce_csrf_checks=True).post(link, {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, frequencies()) == (200, ["instant", "off", "off"])
    theirs.refresh_from_db()
    assert theirs.frequency == "instant"


def test_the_mail_names_that_button_in_its_head() -> None:
    _saved, _other, text = mailed()
    [link] = links(text, "stop-all")

    head = compose(the_mail())

    assert head["List-Unsubscribe"] == f"<{settings.SITE_URL}{link}>"
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert compose(Delivery(template="decision", to="a@example.com", queued_at=NOW))["List-Unsubscribe"] is None


@pytest.mark.parametrize("change", ["{}x", "x{}", "x"])
def test_a_link_that_nobody_was_given_stops_nothing(change: str) -> None:
    _saved, _other, text = mailed()

    for name, route in (("stop", "stop_search"), ("stop-all", "stop_searches")):
        [link] = links(text, name)
        token = change.format(link.rstrip("/").rpartition("/")[2])
        address = reverse(f"offerboard:{route}", args=[token])
        assert [Client().get(address).status_code, Client().post(address).status_code] == [404, 404]
    assert frequencies() == ["daily", "instant"]


def test_the_link_of_one_search_is_none_for_all() -> None:
    _saved, _other, text = mailed()
    [link] = links(text, "stop")

    assert Client().post(link.replace("/stop/", "/stop-all/")).status_code == 404
    assert frequencies() == ["daily", "instant"]


def test_the_link_of_a_search_that_is_gone_says_that_nothing_is_sent() -> None:
    saved, _other, text = mailed()
    saved.delete()

    answer = Client().post(links(text, "stop")[0])

    assert (answer.status_code, "no more mails about new leads" in answer.content.decode()) == (200, True)
    assert frequencies() == ["daily"]
