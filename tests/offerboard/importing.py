"""Files of leads, as tests send them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management import call_command

from directory.models import Company
from offerboard.importing.source import examine
from offerboard.models import LeadImport
from tests.factories import CompanyFactory, LeadImportFactory, MemberFactory


def table(*rows: Sequence[Any]) -> str:
    """A CSV file."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def queued(text: str, company: Company | None = None, **mapping: Any) -> LeadImport:
    """A file whose columns are chosen and that was started."""
    company = company or CompanyFactory()
    job: LeadImport = LeadImportFactory(
        company=company,
        member=MemberFactory(company=company),
        text=text,
        shape=examine(io.BytesIO(text.encode())).as_json(),
        state="queued",
    )
    for part, said in mapping.items():
        job.mapping[part] = job.mapping[part] | said if isinstance(said, dict) else said
    job.save()
    return job


def coffee(n: int) -> list[list[Any]]:
    """The header and so many good rows."""
    return [["no", "title", "text", "price"], *([i, f"Coffee {i}", "Washed.", 4000 + i] for i in range(1, n + 1))]


def command(file: Path, company: Company, *more: str) -> str:
    """What the command says that imports the file."""
    out = io.StringIO()
    call_command(
        *("import_leads", str(file), "--company", company.slug, "--map", "title=title", "--map", "description=text"),
        *("--map", "price=price", "--set", "currency=USD", "--set", "kind=sell_offer", "--set", "origin=VN"),
        *("--set", "quantity=1", "--set", "unit=TNE", "--key", "no", *more),
        stdout=out,
    )
    return out.getvalue()
