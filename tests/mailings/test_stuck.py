"""What is stuck in the outbox and why: in numbers, on one page, without anybody's address or words."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from mailings.models import Campaign, Delivery, DomainBudget, Outage
from mailings.selectors.stuck import stuck_page
from mailings.services import queue_message
from tests.factories import NOW
from tests.mailings.desk import at, mails, writer
from tests.staff import at_work, changelist, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies", "sender")]
PAGE = reverse("admin:mailings_stuck")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def single(to: str = "amara@slow.example", **changes: Any) -> Delivery:
    """A mail to one person."""
    row = queue_message(
        template="x", to=to, language="en", subject="Wombat", text="Quokka", html="<p>Quokka", now=NOW, asked_for=True
    )
    Delivery.objects.filter(pk=row.pk).update(**changes)
    return row


def groups() -> list[tuple[str, str, str, str, int]]:
    found = stuck_page(at=NOW).groups
    return [(one.kind, one.state, one.said, one.domain, one.number) for one in found]


# --- which mails -----------------------------------------------------------------------------------------------------


def test_mails_that_were_put_off_are_grouped_by_what_was_answered_and_by_domain() -> None:
    """Whom a server names in its answer makes no group of its own, and is not shown."""
    for number in range(3):
        single(error=f"451 4.7.1 <amara{number}@slow.example>: greylisted", not_before=NOW + HOUR)
    single("kofi@other.example", error="451 4.7.1 kofi@other.example greylisted", not_before=NOW + HOUR)
    mails(at("sending"), "pending", 2, domain="slow.example", error="451 busy")

    assert groups() == [
        ("transactional", "waiting", "451 4.7.1 <…>: greylisted", "slow.example", 3),
        ("marketing", "waiting", "451 busy", "slow.example", 2),
        ("transactional", "waiting", "451 4.7.1 … greylisted", "other.example", 1),
    ]


def test_what_only_waits_for_its_turn_is_not_stuck() -> None:
    """A mail to one person is, when no worker comes to it for minutes."""
    single(not_before=NOW - timedelta(minutes=9))
    single(error="451 busy", state="sent", ended_at=NOW)
    mails(at("sending"), "pending", 5, not_before=NOW - HOUR)
    before = groups()

    single(not_before=NOW - timedelta(minutes=11))

    assert (before, groups()) == ([], [("transactional", "waiting", "", "slow.example", 1)])


def test_the_oldest_of_a_group_says_since_when() -> None:
    for hours in (1, 5, 3):
        single(error="451 busy", queued_at=NOW - hours * HOUR)

    assert [one.oldest for one in stuck_page(at=NOW).groups] == [NOW - 5 * HOUR]


# --- what else stands in the way -------------------------------------------------------------------------------------


def test_campaigns_that_rest_or_stumble_say_why_and_how_much_waits() -> None:
    """Not those that go well, or are over."""
    stopped, paused, stumbling, well = (at(state) for state in ("paused", "paused", "sending", "sending"))
    at("done")
    Campaign.objects.filter(pk=stopped.pk).update(halt="no server takes its mails: 550 blocked")
    Campaign.objects.filter(pk=stumbling.pk).update(failures=37)
    for campaign in (stopped, well):
        mails(campaign, "pending", 4)

    found = {one.campaign.pk: (one.campaign.halt, one.waiting) for one in stuck_page(at=NOW).campaigns}

    assert found == {
        stopped.pk: ("no server takes its mails: 550 blocked", 4),
        paused.pk: ("", 0),
        stumbling.pk: ("", 0),
    }


def test_uncertain_mails_of_the_last_week_are_counted_by_campaign_and_template() -> None:
    campaign = at("sending")
    mails(campaign, "uncertain", 3, ended_at=NOW - timedelta(days=6), queued_at=NOW - timedelta(days=9))
    mails(campaign, "uncertain", 2, ended_at=NOW - timedelta(days=8))
    single(state="uncertain", ended_at=NOW)

    found = [(one.what, one.campaign, one.number) for one in stuck_page(at=NOW).uncertain]

    assert found == [("November", campaign.pk, 3), ("x", None, 1)]


# --- the page --------------------------------------------------------------------------------------------------------


def crowd() -> None:
    """Something of everything."""
    single(error="451 4.7.1 <amara@slow.example>: greylisted")
    mails(at("sending"), "uncertain", to="lost@example.com")
    Campaign.objects.filter(pk=at("paused").pk).update(title="December", halt="550 blocked")
    DomainBudget.objects.create(domain="slow.example", per_minute=30, minute=NOW, answer="451 slowly")


def test_the_page_shows_all_of_it_and_nobodys_address_or_words() -> None:
    crowd()
    client = writer()

    page = client.get(PAGE).content.decode().split('id="content"')[1]

    shown = ["greylisted", "slow.example", "blocked", "slowly", "December", "100 in a row stop one"]
    hidden = ["amara@", "lost@", "Wombat", "Quokka"]
    assert [word for word in shown if word not in page] == []
    assert [word for word in hidden if word in page] == []
    assert PAGE in client.get(changelist("mailings_delivery")).content.decode()


def test_an_empty_page_says_that_nothing_is_stuck() -> None:
    assert "Every mail has left, or waits for its time." in writer().get(PAGE).content.decode()


def test_a_silent_mail_server_stands_above_all_else_with_what_it_said() -> None:
    Outage.objects.create(since=NOW - HOUR, tries=31, ask_again_at=NOW, said="535 5.7.8 Authentication failed")

    page = writer().get(PAGE).content.decode()

    assert "Our own mail server does not answer" in page
    assert "asked 31 times: “535 5.7.8 Authentication failed”" in page


def test_who_sees_mails_but_no_campaigns_sees_no_campaigns_here() -> None:
    crowd()

    page = at_work(make_staff("privacy officer")).get(PAGE).content.decode()

    assert ("greylisted" in page, "blocked" in page, "slowly" in page) == (True, False, False)


def test_moderators_see_none_of_it() -> None:
    client = at_work(make_staff("moderator"))

    pages = [PAGE, changelist("mailings_domainbudget")]

    assert [client.get(page).status_code for page in pages] == [403, 403]


def test_the_page_asks_few_questions(django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        single(error=f"451 busy {number}")
        mails(at("paused"), "uncertain")
    client = writer()

    with django_assert_max_num_queries(15):
        client.get(PAGE)


def test_slowed_down_domains_are_a_list_that_is_only_read() -> None:
    budget = DomainBudget.objects.create(domain="slow.example", per_minute=30, minute=NOW, answer="451 slowly")
    client = writer()
    place = reverse("admin:mailings_domainbudget_change", args=[budget.pk])

    listed = client.get(changelist("mailings_domainbudget")).content.decode()
    answers = [client.post(place, {"per_minute": 9}).status_code]
    answers.append(client.post(reverse("admin:mailings_domainbudget_delete", args=[budget.pk])).status_code)

    assert ("slow.example" in listed, answers) == (True, [403, 403])
    assert DomainBudget.objects.get().per_minute == 30
