"""The record of processing activities (GDPR art. 30): whole, printable, as a file, and for those who may see it."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from privacy import datamap
from privacy.models import Receiver
from privacy.selectors.processing import record_of_processing
from tests.factories import NOW
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


@pytest.fixture(autouse=True)
def operator(settings: Any) -> Iterator[None]:
    settings.OPERATOR = {
        "name": "Example Ltd",
        "address": "1 Example Street",
        "phone": "+442079460000",
        "hours": "",
        "email": "hello@market.example",
        "privacy_email": "privacy@market.example",
    }
    with time_machine.travel(NOW, tick=False):
        yield


def receiver(**changes: object) -> Receiver:
    values = {"kind": "mail", "name": "Post Inc", "country": "US", "transfer": "clauses", "task": "Carries our mail"}
    return Receiver.objects.create(**{"since": NOW.date(), **values, **changes})


def address(file: str = "") -> str:
    return reverse("admin:privacy_record_of_processing") + file


def test_each_purpose_of_the_map_is_an_activity_and_says_all_that_the_law_asks(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    receiver()
    with django_assert_num_queries(1):
        record = record_of_processing(at=NOW)

    assert len(record.activities) == len(datamap.purposes()) > 10
    blanks = {
        (activity.purpose, name)
        for activity in record.activities
        for name, text in asdict(activity).items()
        if not text and name != "transfers"
    }
    assert blanks == set()
    assert record.controller["Contact for data protection"] == "privacy@market.example"
    assert len(record.measures) > 5


def test_an_activity_reads_as_the_map_says() -> None:
    receiver()

    mailing = next(
        one for one in record_of_processing(at=NOW).activities if one.purpose.startswith("Sending you mails")
    )

    assert mailing.legal_basis == "our agreement with you: GDPR art. 6(1)(b)"
    assert "Post Inc (Carries our mail)" in mailing.recipients.split("\n")
    assert "The company that carries our mail" in mailing.recipients.split("\n")
    assert mailing.transfers == "Post Inc: United States of America: standard contractual clauses (art. 46)"
    assert "days" in mailing.time_limits


def test_what_rests_on_consent_names_the_data_and_ends_with_it() -> None:
    activities = record_of_processing(at=NOW).activities

    partners = next(one for one in activities if one.purpose == "Showing your contact on partner sites")

    assert partners.legal_basis == "your consent: GDPR art. 6(1)(a)"
    assert partners.data.split("\n") == [
        "Your name, e-mail, phone and settings (e-mail, full name, phone)",
        "The companies you act for (company)",
    ]
    assert partners.time_limits.split("\n") == [
        "Your name, e-mail, phone and settings: until you say no",
        "The companies you act for: until you say no",
    ]
    assert partners.recipients.split("\n")[0] == "Partner sites"


def test_transfers_by_the_nature_of_a_market_stand_before_those_to_receivers_with_a_name() -> None:
    """GDPR art. 30(1)(e): also where no company outside gets anything."""
    receiver(kind="hosting", name="Servers Inc")

    found = {one.purpose: one.transfers.split("\n") for one in record_of_processing(at=NOW).activities}

    servers = "Servers Inc: United States of America: standard contractual clauses (art. 46)"
    letters = (
        "To the country of the company that you write to or deal with, whichever it is: needed for a contract with "
        "you, or for steps that you ask for before one (GDPR art. 49(1)(b))"
    )
    assert found["Letting buyers and sellers reach each other"] == [letters, servers]
    assert found["Publishing your leads"] == [
        "To every country, since public pages are read everywhere: published because you wish it",
        servers,
    ]
    assert found["Running your account"] == [servers]


@pytest.mark.parametrize("officer", ["", "Ines Duarte, dpo@market.example"])
def test_a_data_protection_officer_stands_in_it_when_there_is_one(settings: Any, officer: str) -> None:
    """GDPR art. 30(1)(a)."""
    settings.OPERATOR_DPO = officer

    controller = record_of_processing(at=NOW).controller

    assert controller.get("Data protection officer", "") == officer
    assert ("Data protection officer" in controller) == bool(officer)


@pytest.mark.parametrize(
    ("purpose", "people"),
    [
        ("Running your account", {"Members"}),
        (
            "Sending you what you asked for, such as a newsletter",
            {"Members", "People without an account whose e-mail address we have"},
        ),
        (
            "Bringing an invitation into a team to the person who is invited",
            {"People without an account whose e-mail address we have"},
        ),
        ("Knowing what our staff did", {"Our staff"}),
        ("Running the website and finding faults", {"Everybody who opens the site"}),
    ],
)
def test_people_are_named_as_the_map_finds_them(purpose: str, people: set[str]) -> None:
    found = {one.purpose: one.people for one in record_of_processing(at=NOW).activities}

    assert set(found[purpose].split("\n")) == people


def test_a_receiver_of_the_past_is_not_in_it() -> None:
    receiver()
    receiver(name="Gone Ltd", until=NOW.date().replace(day=1))

    words = "\n".join(cell for row in record_of_processing(at=NOW).rows() for cell in row)

    assert ("Post Inc" in words, "Gone Ltd" in words) == (True, False)


def test_the_privacy_officer_reads_prints_and_fetches_it() -> None:
    receiver(name='=HYPERLINK("http://evil.example")')
    officer = at_work(make_staff("privacy officer"))

    section = officer.get("/admin/privacy/").content.decode()
    page = officer.get(address())
    file = officer.get(address("?format=csv"))

    assert f'href="{address()}"' in section
    assert page.status_code == 200
    assert "Keeping others out of your account" in page.content.decode()
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="record-of-processing-2026-11-22.csv"'
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert ["Controller", "Example Ltd"] in rows
    assert ["Telephone", "'+442079460000"] in rows  # no spreadsheet computes it
    activities = rows[rows.index(next(name for name in rows if name[0] == "Purpose")) + 1 :]
    assert len(activities) == len(datamap.purposes())
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("group", ["moderator", "communications"])
def test_other_staff_do_not_find_it(group: str) -> None:
    other = at_work(make_staff(group))

    assert [other.get(address(file)).status_code for file in ("", "?format=csv")] == [403, 403]
    assert address() not in other.get("/admin/").content.decode()
