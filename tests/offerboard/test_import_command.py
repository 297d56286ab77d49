"""Importing a file by command."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from offerboard import search
from offerboard.importing import running
from offerboard.models import Lead, LeadImport
from offerboard.selectors.imports import import_page
from tests.factories import (
    CategoryFactory,
    CompanyFactory,
    LeadImportFactory,
)
from tests.offerboard.importing import coffee, command, queued, table

pytestmark = pytest.mark.django_db
NOTICES = Path(__file__).resolve().parents[3] / "shared" / "data" / "trade-leads-australia.csv"


def test_the_command_waits_for_no_other_import_and_does_nothing_while_one_runs(tmp_path: Path) -> None:
    company, shelf, file = CompanyFactory(), CategoryFactory(), tmp_path / "coffee.csv"
    file.write_text(table(*coffee(1)))
    other = LeadImportFactory(company=company, state="running", lease_until=timezone.now() + timedelta(seconds=30))

    with pytest.raises(CommandError, match="Another import of this company runs"):
        command(file, company, "--set", f"category={shelf.slug}")
    assert (Lead.objects.count(), list(LeadImport.objects.all())) == (0, [other])
    LeadImport.objects.update(by_command=True, file="", lease_until=timezone.now())  # a command that was killed
    assert "1 imported" in command(file, company, "--set", f"category={shelf.slug}")
    other.refresh_from_db()
    assert other.state == "failed"


def test_staffs_command_imports_more_than_a_days_leads_and_does_not_use_them_up(settings: Any, tmp_path: Path) -> None:
    settings.LEADS_PER_DAY = 2
    company, shelf, file = CompanyFactory(), CategoryFactory(), tmp_path / "coffee.csv"
    file.write_text(table(*coffee(5)))

    running.go_on(queued(table(*coffee(2)), company=company).pk)
    assert "3 imported" in command(file, company, "--set", f"category={shelf.slug}")
    job = queued(table(*coffee(7)), company=company)
    running.go_on(job.pk)

    job.refresh_from_db()
    assert (job.state, job.imported, job.repeated, Lead.objects.count()) == ("running", 0, 5, 5)
    job.lease_until = job.waits_until = timezone.now()
    job.save()
    again = running.claim(job.pk, now=timezone.now())
    assert again is not None
    assert import_page(again).state == "Running"


def test_the_command_imports_reports_and_can_only_look(tmp_path: Path) -> None:
    company, shelf = CompanyFactory(), CategoryFactory()
    file, refused = tmp_path / "coffee.csv", tmp_path / "refused.csv"
    file.write_text(table(*coffee(2), ["3", "Bad", "Price.", "free"]), encoding="utf-8-sig")

    looked = command(file, company, "--set", f"category={shelf.slug}", "--dry-run")
    assert (Lead.objects.count(), LeadImport.objects.count()) == (0, 0)
    done = command(file, company, "--set", f"category={shelf.slug}", "--refused", str(refused))

    for said in (looked, done):
        assert "UTF-8 with byte order mark, parted by comma" in said
        assert "2 imported" in said
        assert "line 4: price: “free” is not a number." in said
    assert (Lead.objects.count(), LeadImport.objects.get().state) == (2, "done")
    assert "4,price: “free” is not a number.,3,Bad,Price.,free" in refused.read_text(encoding="utf-8-sig")


def test_the_command_is_told_or_finds_out_how_decimals_are_written(tmp_path: Path) -> None:
    shelf, file = CategoryFactory(), tmp_path / "coffee.csv"
    more, comma = ("--set", f"category={shelf.slug}"), ("--decimal", "comma")

    file.write_text(table(*coffee(0), ["1", "Robusta", "Washed.", "5,500"]))
    assert "0 imported" in command(file, CompanyFactory(), *more)
    assert "1 imported" in command(file, CompanyFactory(), *more, *comma)
    assert [lead.price for lead in Lead.objects.all()] == [pytest.approx(5.5)]
    file.write_text(table(*coffee(0), ["1", "Robusta", "Washed.", "5,500"], ["2", "Arabica", "Washed.", "12,5"]))
    assert "2 imported" in command(file, CompanyFactory(), *more)
    assert [lead.price for lead in Lead.objects.filter(title="Robusta")] == [pytest.approx(5.5)] * 2


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (["--set", "category=none"], "There is no category"),
        ([], "Choose a column, or one value"),
        (["--set", "category=x", "--map", "colour=text"], "Leads have no field “colour”"),
        (["--set", "category=x", "--map", "place=nowhere"], "The file has no column “nowhere”"),
        (["--set", "category=x", "--key", "nowhere"], "The file has no column “nowhere”"),
    ],
)
def test_the_command_refuses_what_cannot_be_meant(tmp_path: Path, more: list[str], reason: str) -> None:
    file = tmp_path / "coffee.csv"
    file.write_text(table(*coffee(2)))

    with pytest.raises(CommandError, match=reason):
        command(file, CompanyFactory(), *more)

    assert (Lead.objects.count(), LeadImport.objects.count()) == (0, 0)


@pytest.mark.skipif(not NOTICES.exists(), reason="the file of government notices is not beside this checkout")
def test_a_file_of_government_notices_becomes_buy_inquiries_that_search_finds() -> None:
    company, shelf = CompanyFactory(), CategoryFactory()
    call_command(
        *("import_leads", str(NOTICES), "--company", company.slug, "--key", "CN ID", "--set", "kind=buy_inquiry"),
        *("--map", "title=Description", "--map", "description=Description", "--map", "description=Agency"),
        *("--map", "category=Category", "--set", f"category={shelf.slug}", "--map", "price=Value"),
        *("--set", "currency=AUD", "--set", "quantity=1", "--set", "unit=C62"),
        stdout=io.StringIO(),
    )

    found = search.search(search.Filters(words="combat boots", kind="buy_inquiry"), now=timezone.now())
    assert Lead.objects.public(at=timezone.now()).filter(kind="buy_inquiry").count() == 1137
    assert "COMBAT BOOTS, VERSION 5, KHAKI" in [lead.title for lead in Lead.objects.filter(pk__in=found.ids)]
