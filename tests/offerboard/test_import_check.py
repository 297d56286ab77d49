"""The last look at a file before its import starts: what the page shows, and what the button promises."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offerboard import tasks
from offerboard.models import Lead, LeadImport
from offerboard.services import imports as services
from tests.factories import CategoryFactory, CompanyFactory, MemberFactory

pytestmark = pytest.mark.django_db
HEADER = "No;Product;Details;Price;Steps"
CHOSEN = {
    "column_title": "Product",
    "column_description": "Details",
    "column_price": "Price",
    "column_tiers": "Steps",
    "key": "No",
    "value_quantity": "600",
    "value_unit": "KGM",
    "value_currency": "EUR",
    "value_kind": "sell_offer",
    "value_origin": "VN",
}


@pytest.fixture
def owner() -> Client:
    client = Client()
    client.force_login(MemberFactory(company=CompanyFactory()))
    return client


def page(name: str, job: LeadImport) -> str:
    return reverse(f"offerboard:{name}", args=[job.pk])


def chosen(client: Client, rows: list[str]) -> tuple[LeadImport, Any]:
    """The import of a file with these rows, and its check page."""
    file = SimpleUploadedFile("goods.csv", "\n".join([HEADER, *rows]).encode())
    client.post(reverse("offerboard:imports"), {"file": file})
    job = LeadImport.objects.get(state="uploaded")
    data = CHOSEN | {"value_category": CategoryFactory().slug}
    return job, client.post(page("import_columns", job), data, follow=True)


def go(job: LeadImport) -> None:
    """Start the import and let a worker finish it."""
    services.start_import(lead_import=job)
    tasks.go_on_importing(import_id=str(job.pk))


def test_the_check_shows_prices_by_quantity_with_their_unit_and_names_the_refused_rows(owner: Client) -> None:
    rows = ['1;Robusta;Washed;;"500=8.90; 100=9.50"', "2;Arabica;Washed;4;", "3;Café;Washed;;", "4;Mocha;Washed;cheap;"]
    rows += ["5;;Washed;7;", ";;Washed;7;"]
    job, checked = chosen(owner, rows)

    shown = checked.context["page"].rows
    assert [row.price for row in shown] == [
        "EUR 9.50 per kilogram from 100, 8.90 from 500",
        "EUR 4 per kilogram",
        "On request",
        "",
        "",
        "",
    ]
    assert [row.title for row in shown] == ["Robusta", "Arabica", "Café", "Mocha", "5", ""]
    assert "<bdi>Mocha</bdi>" in checked.content.decode()
    go(job)
    report = owner.get(page("import", job))
    named = [(line, name) for line, name, _why in report.context["page"].refused]
    assert named == [("5", "Mocha"), ("6", "5"), ("7", "")]
    assert "<bdi>Mocha</bdi>" in report.content.decode()


@pytest.mark.parametrize(
    ("good", "button"),
    [
        (2, "Import the good rows (2 of the first 200)"),
        (0, "Import the good rows, if there are any (none of the first 200)"),
    ],
)
def test_the_button_of_a_large_file_promises_no_more_than_the_first_rows_showed(
    owner: Client, good: int, button: str
) -> None:
    rows = ["1;Robusta;Washed;4;", "2;Arabica;Washed;4;", "3;Café;Washed;4;"]
    before, _checked = chosen(owner, rows[good:])
    go(before)

    job, checked = chosen(owner, [*rows, *["9;Mocha;Washed;cheap;"] * 200])

    assert f"{button}</button>" in checked.content.decode()
    assert page("import_start", job) in checked.content.decode()


def test_where_all_good_rows_were_imported_before_the_check_says_so_and_starts_nothing(owner: Client) -> None:
    rows = ["1;Robusta;Washed;4;", "2;Arabica;Washed;cheap;"]
    before, first = chosen(owner, rows)
    go(before)
    unchanged = "An import never changes a lead that is there already"

    job, checked = chosen(owner, ["1;Robusta;Polished;5;", rows[1]])

    shown = checked.content.decode()
    assert "Nothing would be imported: every good row of this file was imported before." in shown
    assert page("import_start", job) not in shown
    assert (unchanged in first.content.decode(), unchanged in shown) == (False, True)
    assert f'<a href="{reverse("offerboard:my_leads")}">My leads</a>' in shown
    assert unchanged in owner.get(reverse("offerboard:imports")).content.decode()
    go(job)
    assert unchanged in owner.get(page("import", job)).content.decode()
    assert unchanged not in owner.get(page("import", before)).content.decode()
    assert list(Lead.objects.values_list("description", "price")) == [("Washed", Decimal(4))]


def test_going_back_shows_the_truth(owner: Client) -> None:
    job, checked = chosen(owner, ["1;Robusta;Washed;4;"])

    answers = [checked, owner.get(page("import_columns", job)), owner.get(page("import_check", job))]

    assert ["no-store" in answer.headers["Cache-Control"] for answer in answers] == [True] * 3
