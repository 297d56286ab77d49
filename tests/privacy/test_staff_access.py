"""Staff look into a person's record with a reason only, and the person sees who looked and why."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from directory.models import TeamMember
from privacy import datamap
from privacy.models import Disclosure
from tests.factories import NOW, CompanyFactory, MemberFactory
from tests.privacy.publishing import knew_less_before
from tests.staff import WHY, at_work, changelist, make_staff, open_record

pytestmark = pytest.mark.django_db
HIDDEN = ["wilhelmina", "quokka", "Walvis Bay", "+84 24 3825 4321", "female"]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Stands at NOW until a test moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def member() -> Member:
    """With something in every column that a page could show."""
    return MemberFactory(
        company=CompanyFactory(legal_name="Walvis Bay Trading"),
        email="wilhelmina@example.com",
        full_name="Amara Okonkwo",
        display_name="quokka",
        gender="female",
    )


@pytest.fixture
def moderator() -> Client:
    """Nobody's browser but the moderator's, with a second factor."""
    return at_work(make_staff("moderator"))


def address(verb: str, member: Member) -> str:
    """Of one of the record's pages."""
    return reverse(f"admin:accounts_member_{verb}", args=[member.pk])


def shown(client: Client, place: str) -> list[str]:
    """What of the record stands on the page."""
    page = client.get(place, follow=True).content.decode()
    return [text for text in HIDDEN if text in page]


# --- the question ----------------------------------------------------------------------------------------------------


@pytest.mark.promise("staff-look-with-reason")
@pytest.mark.parametrize("group", ["moderator", "privacy officer", "communications", "administrator"])
def test_a_record_is_asked_about_before_it_is_shown_and_the_person_sees_the_look(member: Member, group: str) -> None:
    """Who is the role; which member of the staff is known to us."""
    staff = make_staff(group)
    client = at_work(staff)

    before = shown(client, address("change", member))
    looks = Disclosure.objects.count()
    place = open_record(client, member)

    assert (before, looks) == (["quokka"], 0)  # the name that lists show too
    assert "wilhelmina" in shown(client, place)
    look = Disclosure.objects.get()
    assert (look.member, look.receiver_kind, look.receiver_name, look.receiver_key) == (
        *(member, "staff", f"Our staff: {group}"),
        f"member:{staff.pk}",
    )
    assert (look.purpose, look.ground, look.reason) == (
        *("account", "staff"),
        "They asked us for help: Ticket 7: cannot log in.",
    )


@pytest.mark.promise("staff-look-with-reason")
def test_superusers_are_asked_too(member: Member) -> None:
    client = at_work(make_staff(is_superuser=True))

    assert shown(client, address("change", member)) == ["quokka"]

    open_record(client, member)
    assert list(Disclosure.objects.values_list("receiver_name", flat=True)) == ["Our staff: administrator"]


def test_the_person_is_told_every_column_that_was_shown(member: Member, moderator: Client) -> None:
    """Columns that the map holds about people; the team's rows on the page included."""
    open_record(moderator, member)

    told = Disclosure.objects.get().columns
    page = moderator.get(address("change", member)).content.decode()

    assert told == sorted(
        [f"accounts.Member.{name}" for name in ("adult_declared_at", "country", "display_name", "email", "full_name")]
        + [f"accounts.Member.{name}" for name in ("is_staff", "joined_at", "language", "state")]
        + [f"directory.TeamMember.{name}" for name in ("company", "joined_at", "role")]
    )
    assert "Walvis Bay Trading" in page
    table = datamap.tables()[Member]
    rows = [column.name for column in table.columns if f"field-{column.name}" in page]
    assert {f"accounts.Member.{name}" for name in rows} <= set(told)


def test_what_a_group_may_not_see_is_not_told_as_seen(member: Member) -> None:
    """Communications open no team lists."""
    open_record(at_work(make_staff("communications")), member)

    told = Disclosure.objects.get().columns

    assert [name for name in told if name.startswith(TeamMember._meta.label)] == []


@pytest.mark.promise("staff-look-with-reason")
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"why-words": "Ticket 7: cannot log in."},
        {"why-usual": "They asked us for help"},
        {"why-usual": "They asked us for help", "why-words": "just so"},
        {"why-usual": "They asked us for help", "why-words": " " * 20},
        {"why-usual": "They asked us for help", "why-words": "x" * 401},
        {"why-usual": "Curiosity", "why-words": "Ticket 7: cannot log in."},
    ],
)
def test_no_reason_is_no_reason(member: Member, moderator: Client, answer: dict[str, str]) -> None:
    """What was typed stays in its field."""
    response = moderator.post(address("change", member), answer)

    assert [text for text in HIDDEN if text in response.content.decode()] in ([], ["quokka"])
    assert answer.get("why-words", "").strip() in response.content.decode()
    assert list(Disclosure.objects.all()) == []
    assert shown(moderator, address("change", member)) == ["quokka"]


# --- no way around it ------------------------------------------------------------------------------------------------


@pytest.mark.promise("staff-look-with-reason")
@pytest.mark.parametrize(
    "place",
    [
        "{pk}/change/",
        "{pk}/history/",
        "{pk}/delete/",
        "{pk}/",
        "{pk}/change/?_popup=1",
        "{pk}/change/?_to_field=id",
        "{pk}/change/?_to_field=id&_popup=1",
        "{email}/change/?_to_field=email",
        "{pk}/change/?_changelist_filters=state__exact%3Dactive",
    ],
)
def test_no_address_of_the_record_leads_around_the_question(member: Member, place: str) -> None:
    """For an administrator, who may do more than anybody."""
    client = at_work(make_staff("administrator"))
    path = changelist("accounts_member") + place.format(pk=member.pk, email=member.email)

    assert [text for text in shown(client, path) if text != "quokka"] == []
    assert list(Disclosure.objects.all()) == []


def test_the_history_of_a_record_is_asked_about_too(member: Member) -> None:
    staff = make_staff("administrator")
    client = at_work(staff)
    LogEntry.objects.log_actions(staff.pk, [member], CHANGE, "Changed Walvis Bay.", single_object=True)

    before = shown(client, address("history", member))
    client.post(address("history", member), WHY)

    assert (before, shown(client, address("history", member))) == (["quokka"], ["quokka", "Walvis Bay"])
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize("field", ["_save", "_continue", "_popup"])
def test_a_form_is_not_saved_before_the_reason_is_given(member: Member, field: str) -> None:
    """And comes back with the question, as it was filled in; the answer saves it."""
    client = at_work(make_staff("administrator"))
    values = {"full_name": "Amara Eze", "country": "VN", "language": "en", field: "1"}
    none = {"teams-TOTAL_FORMS": "0", "teams-INITIAL_FORMS": "0"}

    asked = client.post(address("change", member), {**values, **none})

    member.refresh_from_db()
    assert (asked.status_code, member.full_name) == (200, "Amara Okonkwo")
    kept = dict(asked.context["kept"])
    assert kept == {**values, **none}

    client.post(address("change", member), {**kept, **WHY})

    member.refresh_from_db()
    assert (member.full_name, Disclosure.objects.count()) == ("Amara Eze", 1)


def test_saving_as_new_leads_nowhere(member: Member) -> None:
    """Nobody adds members here, with a reason or without."""
    client = at_work(make_staff("administrator"))

    asked = client.post(address("change", member), {"_saveasnew": "1"})
    refused = client.post(address("change", member), {"_saveasnew": "1", **WHY})

    assert [text for text in HIDDEN if text in asked.content.decode()] == ["quokka"]
    assert (refused.status_code, Member.objects.count()) == (403, 2)


@pytest.mark.parametrize("column", ["phone__startswith", "gender", "password__startswith", "last_login__year"])
def test_lists_cannot_be_asked_about_columns_that_they_do_not_show(
    member: Member, moderator: Client, column: str
) -> None:
    """Guess by guess a filter would tell a telephone number."""
    response = moderator.get(changelist("accounts_member"), {column: "+84"})

    assert (response.status_code, b"Amara" in response.content) == (400, False)


def test_the_lists_own_filters_work(member: Member, moderator: Client) -> None:
    filters = {"state__exact": "active", "is_staff__exact": "0", "joined_at__year": "2026", "q": "wilhelmina"}

    page = moderator.get(changelist("accounts_member"), filters)

    assert [row.pk for row in page.context["cl"].result_list] == [member.pk]


def test_lists_and_suggestions_show_what_finds_somebody_and_no_more(member: Member) -> None:
    """No phone number, no log-in time."""
    client = at_work(make_staff("administrator"))

    page = client.get(changelist("accounts_member")).content.decode()
    answers = client.get(reverse("admin:autocomplete"), {"app_label": "accounts", "model_name": "member"})

    assert [text for text in HIDDEN if text in page] == ["wilhelmina", "quokka"]
    assert "wilhelmina" not in answers.content.decode()


# --- how far a reason reaches ----------------------------------------------------------------------------------------


def test_a_reason_holds_for_half_an_hour(member: Member, moderator: Client, clock: time_machine.Traveller) -> None:
    place = open_record(moderator, member)

    clock.move_to(NOW + timedelta(minutes=29, seconds=59))
    early = "wilhelmina" in shown(moderator, place)
    clock.move_to(NOW + timedelta(minutes=30))

    assert (early, shown(moderator, place)) == (True, ["quokka"])


def test_a_reason_opens_one_persons_record_and_all_its_pages(member: Member, moderator: Client) -> None:
    other = MemberFactory(email="wilhelmina2@example.com", display_name="Other")
    open_record(moderator, member)

    assert moderator.get(address("history", member)).templates[0].name == "admin/object_history.html"
    assert shown(moderator, address("change", other)) == []


def test_a_reason_is_one_sessions_own(member: Member) -> None:
    """Neither a colleague's nor another browser's of the same person."""
    staff = make_staff("moderator")
    first, second = at_work(staff), Client()
    second.force_login(staff, backend="allauth.account.auth_backends.AuthenticationBackend")
    colleague = at_work(make_staff("moderator"))

    place = open_record(first, member)

    assert "wilhelmina" in shown(first, place)
    assert "wilhelmina" not in shown(second, place)
    assert "wilhelmina" not in shown(colleague, place)


def test_the_same_look_again_on_a_day_is_one_entry_and_another_reason_another(
    member: Member, moderator: Client
) -> None:
    for _each in range(2):
        open_record(moderator, member)
    moderator.session.flush()
    assert Disclosure.objects.count() == 1

    other = at_work(make_staff("moderator"))
    other.post(address("change", member), WHY | {"why-words": "Ticket 8: cannot log in."})

    assert Disclosure.objects.count() == 2


# --- who may not look ------------------------------------------------------------------------------------------------


def test_staff_without_the_permission_see_nothing_of_the_question_either(member: Member) -> None:
    client = at_work(make_staff())

    answers = [client.get(address("change", member)), client.post(address("change", member), WHY)]

    assert [response.status_code for response in answers] == [403, 403]
    assert "quokka" not in "".join(response.content.decode() for response in answers)
    assert list(Disclosure.objects.all()) == []


def test_somebody_who_is_not_there_is_asked_nothing_about(moderator: Client) -> None:
    response = moderator.get(reverse("admin:accounts_member_change", args=[10**9]))

    assert (response.status_code, response.headers["Location"]) == (302, "/admin/")


@pytest.mark.promise("staff-look-with-reason")
def test_a_look_that_cannot_be_written_down_does_not_happen(member: Member, moderator: Client) -> None:
    knew_less_before("account")
    moderator.raise_request_exception = False

    response = moderator.post(address("change", member), WHY)

    assert response.status_code == 500
    assert shown(moderator, address("change", member)) == ["quokka"]
