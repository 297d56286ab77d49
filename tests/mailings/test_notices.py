"""Members are told of things as often as they chose: at once, in one mail a day or a week, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Member
from accounts.notices import SECURITY
from mailings import periodic
from mailings.models import Delivery, MailPreference, WaitingNotice
from mailings.notices import NoticeKind, register_notices
from mailings.services.notifying import notify
from mailings.services.preferences import NotOffered
from mailings.times import Frequency
from offerboard.notices import APPROVED, INQUIRY, REJECTED, REPLY
from offerboard.services import inquiries, lead_states
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory
from tests.mailings.noticing import (
    DAY,
    EIGHT,
    HOUR,
    MINUTE,
    digest,
    thread_with,
    told,
    waiting,
    wants,
    work,
    write,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def member() -> Member:
    """The owner of a company to which others write."""
    return MemberFactory(company=CompanyFactory(), full_name="Amara Okonkwo")


# --- how often ----------------------------------------------------------------------------------------------------


def test_who_chose_nothing_is_told_at_once(member: Member) -> None:
    write(thread_with(member))

    assert told(member) == [("reply_received", "Savanna Spice Mills Ltd wrote to you: Robusta")]
    assert waiting() == []


def test_who_chose_a_mail_a_day_gets_one_at_eight_with_what_happened(member: Member) -> None:
    wants(member, REPLY, "daily")
    first, second = thread_with(member), thread_with(member, name="Hanseatic Roasters GmbH", title="Arabica & more")
    write(first, "One.", "Two.")
    write(second)
    assert (told(member), [due for _kind, due in waiting()]) == ([], [EIGHT] * 3)

    work(EIGHT - MINUTE)
    assert told(member) == []
    with time_machine.travel(EIGHT, tick=False):
        periodic.sweep_digests()

    assert told(member) == [("digest", "3 new messages")]
    mail = digest()
    assert "Dear Amara Okonkwo," in mail.text
    assert "- Savanna Spice Mills Ltd: Robusta\n  2 new messages\n  http://localhost:8000/my/inquiries/" in mail.text
    assert "- Hanseatic Roasters GmbH: Arabica & more\n  http" in mail.text
    assert "Hanseatic Roasters GmbH: Arabica &amp; more" in mail.html
    for thread in (first, second):
        assert [text.count(thread.get_absolute_url()) for text in (mail.text, mail.html)] == [1, 1]
    assert "/my/mails/" in mail.text
    assert waiting() == []


def test_one_mail_gathers_all_kinds_and_says_how_many_of_each(member: Member) -> None:
    [team] = member.teams.all()
    for kind in (INQUIRY, REPLY, APPROVED):
        wants(member, kind, "weekly")
    write(thread_with(member), "One.", "Two.")
    lead = LeadFactory(company=team.company, state="rejected", title="Cashew kernels")
    lead_states.approve_lead(lead=lead, now=NOW)
    sender = CompanyFactory()
    inquiries.send_inquiry(
        sender=sender,
        author=MemberFactory(company=sender),
        recipient=team.company,
        lead=None,
        subject="Do you have pepper?",
        text="Ten tonnes.",
        submission=lead.submission,
        now=NOW,
    )

    assert work(EIGHT) == 1

    assert told(member) == [("digest", "1 new inquiry, 2 new messages, 1 approved lead")]
    assert f"{lead.get_absolute_url()}\n" in digest().text
    assert f"{sender.legal_name}: Do you have pepper?" in digest().text


def test_who_chose_never_is_not_told(member: Member) -> None:
    wants(member, REPLY, "off")
    write(thread_with(member))

    work(NOW + 8 * DAY)

    assert (told(member), waiting()) == ([], [])


def test_each_of_a_team_is_told_as_they_chose() -> None:
    company = CompanyFactory()
    owner, editor, viewer = (MemberFactory(company=company, role=role) for role in ("owner", "editor", "viewer"))
    wants(editor, REPLY, "daily")
    write(thread_with(owner))
    work(EIGHT)

    assert [len(told(member)) for member in (owner, editor, viewer)] == [1, 1, 0]
    assert told(editor) == [("digest", "1 new message")]


def test_the_day_of_a_mail_is_the_members_own(member: Member) -> None:
    """It is Sunday noon in London: 19:00 in Hanoi, where eight o’clock comes at 1:00."""
    member.time_zone = "Asia/Ho_Chi_Minh"
    member.save()
    wants(member, REPLY, "daily")

    write(thread_with(member))

    assert waiting() == [("reply", NOW + 13 * HOUR)]


def test_a_mail_is_in_the_language_of_its_reader(member: Member, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "French")]
    Member.objects.filter(pk=member.pk).update(language="fr")
    wants(member, REPLY, "daily")
    write(thread_with(member))

    work(EIGHT)

    assert digest().language == "fr"


# --- changing one's mind ------------------------------------------------------------------------------------------


def test_what_waits_goes_by_what_was_chosen_last(member: Member) -> None:
    wants(member, REPLY, "weekly")
    write(thread_with(member))
    wants(member, REPLY, "instant")

    assert work(NOW) == 1
    wants(member, REPLY, "daily")
    write(thread_with(member), now=NOW + HOUR)

    assert waiting() == [("reply", EIGHT)]


def test_what_waits_is_forgotten_by_who_chooses_never(member: Member) -> None:
    wants(member, REPLY, "weekly")
    write(thread_with(member))

    wants(member, REPLY, "off")

    assert waiting() == []
    wants(member, REPLY, "instant")
    assert (work(EIGHT), told(member)) == (0, [])


def test_what_was_written_down_while_somebody_chose_never_is_not_told(member: Member) -> None:
    wants(member, REPLY, "daily")
    write(thread_with(member))
    MailPreference.objects.update(frequency="off")  # by somebody who did not see the row yet

    assert (work(EIGHT), told(member), waiting()) == (0, [], [])


def test_choosing_what_holds_already_writes_nothing(member: Member) -> None:
    wants(member, REPLY, "instant")

    assert MailPreference.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "frequency"),
    [(SECURITY, "off"), (SECURITY, "daily"), (REJECTED, "off"), (REJECTED, "weekly"), (APPROVED, "off"), (REPLY, "x")],
)
def test_what_a_kind_does_not_offer_cannot_be_chosen(member: Member, kind: NoticeKind, frequency: str) -> None:
    wants(member, REPLY, "weekly")

    with pytest.raises(NotOffered):
        wants(member, kind, frequency)

    assert list(MailPreference.objects.values_list("kind", "frequency")) == [("reply", "weekly")]


def test_a_choice_that_a_kind_no_longer_offers_does_not_count(member: Member) -> None:
    MailPreference.objects.create(member=member, kind="rejected", frequency="off")
    [team] = member.teams.all()

    lead_states.reject_lead(lead=LeadFactory(company=team.company), reason="Forbidden goods.", now=NOW)

    assert [template for template, _subject in told(member)] == ["lead_rejected"]


def test_the_table_refuses_what_makes_no_sense(member: Member) -> None:
    MailPreference.objects.create(member=member, kind="reply", frequency="daily")
    wrong: list[tuple[str, dict[str, object]]] = [
        ("mail_preference_once", {"kind": "reply", "frequency": "weekly"}),
        ("mail_preference_frequency_known", {"kind": "inquiry", "frequency": "hourly"}),
        ("mail_preference_kind_is_key", {"kind": "Replies!", "frequency": "daily"}),
        ("mail_preference_due_with_cursor", {"kind": "inquiry", "frequency": "daily", "due_at": NOW}),
        (
            "mail_preference_due_with_cursor",
            {"kind": "inquiry", "frequency": "off", "due_at": NOW, "told_until": NOW},
        ),
    ]
    for name, values in wrong:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            MailPreference.objects.create(member=member, **values)
    assert MailPreference.objects.count() == 1


# --- many at once -------------------------------------------------------------------------------------------------


def test_fifty_messages_in_a_minute_are_a_handful_of_mails_and_none_is_lost(member: Member) -> None:
    threads = [thread_with(member, name=f"Company {number}.") for number in range(5)]
    for number, thread in enumerate(threads):
        write(thread, *[f"Message {number}{each}." for each in range(10)], now=NOW + number * 10 * MINUTE / 60)

    assert [template for template, _subject in told(member)] == ["reply_received"] * 5
    assert WaitingNotice.objects.count() == 45
    assert work(NOW + HOUR - MINUTE) == 0
    assert work(NOW + HOUR + MINUTE) == 1

    at_once = "".join(Delivery.objects.filter(template="reply_received").values_list("text", flat=True))
    assert [f"Message 0{each}." in at_once for each in range(10)] == [True] * 5 + [False] * 5
    mail = digest()
    assert mail.subject == "45 new messages"
    for thread, said in zip(threads, [5, 10, 10, 10, 10], strict=True):
        line = f"- {thread.sender.legal_name}: Robusta\n  {said} new messages\n"
        assert f"{line}  http://localhost:8000{thread.get_absolute_url()}\n" in mail.text
    assert waiting() == []


def test_what_comes_while_a_mail_is_being_gathered_waits_for_it_too(member: Member) -> None:
    """Else the seventh would be told before the sixth, when the first is an hour old."""
    thread = thread_with(member)
    write(thread, *["x"] * 5)
    write(thread, "Sixth.", now=NOW + 50 * MINUTE)
    write(thread, "Seventh.", now=NOW + 70 * MINUTE)

    assert waiting() == [("reply", NOW + 110 * MINUTE)] * 2
    work(NOW + 110 * MINUTE)
    write(thread, "Eighth.", now=NOW + 111 * MINUTE)

    assert [template for template, _subject in told(member)] == ["reply_received"] * 5 + ["digest", "reply_received"]


def test_five_messages_an_hour_apart_are_five_mails(member: Member) -> None:
    thread = thread_with(member)
    for number in range(8):
        write(thread, now=NOW + number * HOUR / 4)

    assert [template for template, _subject in told(member)] == ["reply_received"] * 8


def test_one_kind_or_one_member_does_not_hold_up_another(member: Member) -> None:
    write(thread_with(member), *["x"] * 6)
    other = MemberFactory(company=CompanyFactory())
    [team] = member.teams.all()

    write(thread_with(other))
    lead_states.approve_lead(lead=LeadFactory(company=team.company, state="rejected"), now=NOW + MINUTE)

    assert [template for template, _subject in told(other)] == ["reply_received"]
    assert told(member)[-1][0] == "lead_approved"


def test_rejections_come_together_where_there_are_many_each_with_its_reasons(member: Member) -> None:
    [team] = member.teams.all()
    for number in range(8):
        lead = LeadFactory(company=team.company, title=f"Lead {number}.")
        lead_states.reject_lead(lead=lead, reason=f"Reason {number}.", now=NOW)

    assert work(NOW + HOUR) == 1

    assert digest().subject == "3 rejected leads"
    texts = [mail.text for mail in Delivery.objects.filter(to=member.email)]
    for number in range(8):
        [said] = [text for text in texts if f"Lead {number}." in text]
        assert f"Reason {number}." in said
    assert "If you think that something of this is a mistake, write to us:\nhttp://localhost:8000/contact/" in (
        digest().text
    )


def test_mails_about_the_account_never_wait(member: Member) -> None:
    for number in range(20):
        said = {"subject": f"Your password was changed {number}", "happened": "x", "timestamp": NOW}
        notify(kind=SECURITY, readers=[member], keys=[], context=said, now=NOW)

    assert (len(told(member)), waiting()) == (20, [])


def test_twenty_threads_are_named_and_the_rest_counted(member: Member) -> None:
    wants(member, REPLY, "daily")
    for number in range(22):
        write(thread_with(member, name=f"Company {number}. {'Savanna ' * 22}", title="Robusta " * 20))

    work(EIGHT)

    mail = digest()
    assert len(mail.html.encode()) < 102 * 1024 / 4  # Gmail hides what follows: room for four kinds
    assert (mail.subject, mail.text.count("\n- Company ")) == ("22 new messages", 20)
    assert "and 2 more:\nhttp://localhost:8000/my/inquiries/\n" in mail.text


# --- the register -------------------------------------------------------------------------------------------------


def test_two_kinds_of_one_key_are_a_mistake() -> None:
    register_notices(SECURITY)  # the very same one again is none

    with pytest.raises(ValueError, match="security is registered twice"):
        register_notices(NoticeKind(key="security", template="x", title="x", hint="x"))


def test_a_kind_that_could_not_be_gathered_cannot_be_told_once_a_day() -> None:
    with pytest.raises(ValueError, match="as often as it says"):
        NoticeKind(key="x", template="x", title="x", hint="x", frequencies=(Frequency.INSTANT, Frequency.DAILY))
    with pytest.raises(ValueError, match="as often as it says"):
        NoticeKind(key="x", template="x", title="x", hint="x", default=Frequency.OFF)
