"""A company's leads as a table, and the same table imported."""

import csv
import io
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from directory.models import Company
from offerboard.importing import running
from offerboard.importing.exporting import export_rows, template_rows
from offerboard.importing.fields import FIELDS, guess
from offerboard.importing.source import examine
from offerboard.models import Lead, LeadImport, LeadRevision
from offerboard.services.leads import LeadDetails
from offerboard.tiers import Tier
from tests.factories import NOW, CompanyFactory, LeadFactory, PriceTierFactory
from tests.offerboard.importing import queued, table

pytestmark = pytest.mark.django_db
EVERYTHING: dict[str, Any] = {
    "title": "=2+5",
    "description": "'Quoted'\nand more",
    "hs_code": "090111",
    "condition": "new",
    "quantity": Decimal("1234.125"),
    "price": Decimal("9.125"),
    "payment_terms": "lc_sight",
    "brand": "-5",
    "model": "S18; W=2",
    "packaging": "Bags of 60 kg, 320 in a container",
    "samples": "paid",
    "lead_time_days": 0,
    "destinations": ["NL", "DE"],
    "valid_days": 45,
}


def imported(text: str, company: Company | None = None) -> LeadImport:
    """The file, run with the columns that its header suggests."""
    job = queued(text, company=company)
    columns, key = guess(examine(io.BytesIO(text.encode())).columns)
    job.mapping = {"columns": columns, "constants": {}, "key": key, "categories": {}}
    job.save()
    running.go_on(job.pk)
    job.refresh_from_db()
    return job


def exported(company: Company) -> str:
    return table(*export_rows(company_id=company.pk, site="https://market.example", now=NOW))


def said_by(company: Company) -> list[LeadDetails]:
    leads = Lead.objects.filter(company=company).order_by("rank")
    return [LeadDetails.of(lead) for lead in leads.select_related("category")]


def test_an_exported_lead_imported_elsewhere_says_the_same_in_every_field() -> None:
    company = CompanyFactory()
    whole = LeadFactory(company=company, **EVERYTHING)
    for place, (quantity, price) in enumerate([("1.5", "9.125"), ("500", "8.9"), ("1000.125", "8")], start=1):
        PriceTierFactory(lead=whole, place=place, min_quantity=quantity, price=price)
    LeadFactory(company=company, kind="buy_inquiry", origin="", price=None, currency="", quantity="19.125")
    before = said_by(company)

    job = imported(exported(company))

    assert (job.imported, job.refused) == (2, 0)
    assert said_by(job.company) == before
    assert [name.name for name in fields(LeadDetails) if getattr(before[0], name.name) in ("", None, [], ())] == []
    tiers = [["1.5", "9.125"], ["500", "8.9"], ["1000.125", "8"]]
    revisions = LeadRevision.objects.filter(lead__company=job.company).order_by("lead__rank")
    assert [one.facts["tiers"] for one in revisions] == [tiers, []]


def test_imported_into_its_own_company_an_export_repeats_nothing() -> None:
    company = CompanyFactory()
    LeadFactory.create_batch(2, company=company)
    LeadFactory()  # of another company
    before = list(Lead.objects.values())

    job = imported(exported(company), company)

    assert (job.imported, job.repeated, job.refused) == (0, 2, 0)
    assert list(Lead.objects.values()) == before


def test_prices_of_a_row_that_came_before_stay_as_they_were() -> None:
    company = CompanyFactory()
    PriceTierFactory(lead=LeadFactory(company=company, price="9"), min_quantity="10", price="9")
    text = exported(company)
    other = imported(text).company

    again = imported(text.replace("10=9", "7=9; 8=8"), other)

    assert again.repeated == 1
    assert [details.tiers for details in said_by(other)] == [(Tier(Decimal(10), Decimal(9)),)]


def test_of_two_rows_with_one_key_price_and_prices_by_quantity_come_from_the_first() -> None:
    company = CompanyFactory()
    PriceTierFactory(lead=LeadFactory(company=company, price="9"), min_quantity="10", price="9")
    header, row = list(export_rows(company_id=company.pk, site="", now=NOW))
    other = [{"9": "7", "10=9": "10=7"}.get(cell, cell) for cell in row]

    job = imported(table(header, row, other))

    lead = Lead.objects.get(company=job.company)
    assert [lead.tiers.get().price, lead.price] == [Decimal(9), Decimal(9)]


def test_the_template_shows_every_column_and_can_be_imported() -> None:
    header, example = list(template_rows())

    job = imported(table(header, example))

    assert (header[1:], job.imported) == (list(FIELDS), 1)
    assert Lead.objects.get(company=job.company).tiers.count() == 2


def test_the_table_says_which_leads_have_run_out_and_the_import_reads_it() -> None:
    company, over = CompanyFactory(), {"posted_at": NOW - timedelta(days=40), "expires_at": NOW}
    LeadFactory(company=company)
    for state in ("published", "paused", "closed"):
        LeadFactory(company=company, state=state, **over)

    states = [row["state"] for row in csv.DictReader(io.StringIO(exported(company)))]
    job = imported(exported(company))

    assert states == ["published", "expired", "expired", "closed"]
    assert (job.imported, job.refused) == (4, 0)


def test_cells_that_spreadsheets_would_compute_are_exported_as_text() -> None:
    company = CompanyFactory()
    for start in ("=", "+", "-", "@", "\t", "＝"):
        LeadFactory(company=company, title=f"{start}cmd", place=f"{start}x")

    cells = [cell for row in export_rows(company_id=company.pk, site="", now=NOW) for cell in row]

    assert len(cells) > 100
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝"))] == []
