"""The import as pages: send a file, choose columns, look, start, read the report."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offerboard import tasks
from offerboard.models import Lead, LeadImport, SentFile
from offerboard.services import imports as services
from tests.factories import NOW, CategoryFactory, CompanyFactory, LeadFactory, LeadImportFactory, MemberFactory

pytestmark = pytest.mark.django_db
TABLE = "No;Product;Details;Group;Price\n1;Robusta;Washed;our teas;4180\n2;Café;Polished;Mate;cheap\n"


@pytest.fixture
def owner() -> Client:
    client = Client()
    client.force_login(MemberFactory(company=CompanyFactory()))
    return client


def send(client: Client, content: bytes, name: str = "goods.csv") -> Any:
    return client.post(reverse("offerboard:imports"), {"file": SimpleUploadedFile(name, content)})


def page(name: str, job: LeadImport) -> str:
    return reverse(f"offerboard:{name}", args=[job.pk])


def test_a_file_goes_from_upload_to_report(
    owner: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    tea, other = CategoryFactory(name="Our teas"), CategoryFactory()
    monkeypatch.setattr(tasks.go_on_importing, "apply_async", lambda *, kwargs, **_: tasks.go_on_importing(**kwargs))

    sent = send(owner, TABLE.encode("cp1252"))
    job = LeadImport.objects.get()
    assert sent.headers["Location"] == page("import_columns", job)
    shown = owner.get(sent.headers["Location"]).content.decode()
    assert "Windows-1252" in shown
    assert "semicolon" in shown
    assert "Café" in shown
    form = owner.get(sent.headers["Location"]).context["form"]
    data = {f"column_{name}": form.initial.get(f"column_{name}", "") for name in ("title", "description", "price")}
    assert data == {"column_title": "Product", "column_description": "Details", "column_price": "Price"}
    data |= {"value_kind": "sell_offer", "value_quantity": "19.2", "value_unit": "TNE", "value_currency": "USD"}
    data |= {"value_origin": "VN", "column_category": "Group", "value_category": other.slug, "key": "No"}
    checked = owner.post(page("import_columns", job), data, follow=True)
    assert checked.redirect_chain == [(page("import_check", job), 302)]
    assert "“cheap” is not a number." in checked.content.decode()
    assert Lead.objects.count() == 0
    with django_capture_on_commit_callbacks(execute=True):
        started = owner.post(page("import_start", job))
    assert started.headers["Location"] == page("import", job)

    report = owner.get(page("import", job)).content.decode()
    job.refresh_from_db()
    assert (job.state, job.imported, job.refused) == ("done", 1, 1)
    assert Lead.objects.get().category == tea
    assert "“cheap” is not a number." in report
    rows = list(csv.reader(io.StringIO(b"".join(owner.get(page("import_refused", job))).decode("utf-8-sig"))))
    assert rows == [
        ["line", "reason", "No", "Product", "Details", "Group", "Price"],
        ["3", "Price: “cheap” is not a number.", "2", "Café", "Polished", "Mate", "cheap"],
    ]


def test_the_check_counts_what_the_button_does_and_offers_no_button_for_nothing(owner: Client) -> None:
    shelf = CategoryFactory()
    rows = ["1;Robusta;Washed;5,500;", "1;Again;Washed;7;", "2;Arabica;Washed;12,5;", "3;Café;Washed;cheap;"]
    data = {"column_title": "Product", "column_description": "Details", "column_price": "Price", "key": "No"}
    data |= {"value_kind": "buy_inquiry", "value_quantity": "1", "value_unit": "TNE", "value_currency": "EUR"}
    data |= {"value_category": shelf.slug}
    shown = []
    for text in ("\n".join(rows), rows[3]):
        send(owner, f"No;Product;Details;Price;\n{text}\n".encode())
        job = LeadImport.objects.get(state="uploaded")
        shown.append(owner.post(page("import_columns", job), data, follow=True).content.decode())
        job.refresh_from_db()
        assert job.mapping["found_decimal"] == ("comma" if "12,5" in text else "")
        LeadImport.objects.update(state="queued")

    assert "Import 2 rows, leave out 2" in shown[0]
    assert "Same key as another row" in shown[0]
    assert "EUR 5.50" in shown[0]
    assert "None of these rows" in shown[1]
    assert page("import_start", job) not in shown[1]
    assert Lead.objects.count() == 0


def test_the_progress_bar_survives_a_reload_and_htmx_gets_only_the_bar(owner: Client) -> None:
    company = owner.get(reverse("offerboard:my_leads")).wsgi_request.acting.company  # type: ignore[attr-defined]
    job = LeadImportFactory(company=company, state="running", lease_until=NOW, rows_read=1, imported=1)

    whole = owner.get(page("import", job)).content.decode()
    part = owner.get(page("import", job), headers={"HX-Request": "true"}).content.decode()

    assert 'value="50"' in whole
    assert 'hx-trigger="every 2s"' in whole
    assert ("<html" in whole, "<html" in part, 'value="50"' in part) == (True, False, True)
    LeadImport.objects.update(state="done", lease_until=None)
    assert "every 2s" not in owner.get(page("import", job)).content.decode()


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "empty.csv", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\0\0", "goods.csv", "NUL bytes"),
        (b"no:name\n1:2\n", "goods.csv", "Only one column"),
        (b"PK\x03\x04 broken", "goods.xlsx", "cannot be read"),
        (TABLE.encode("utf-16"), "goods.csv", "UTF-16"),
    ],
)
def test_a_hostile_file_comes_back_with_a_reason_and_nothing_is_kept(
    owner: Client, content: bytes, name: str, reason: str
) -> None:
    answer = send(owner, content, name)

    assert (answer.status_code, LeadImport.objects.count()) == (200, 0)
    assert reason in answer.content.decode()


def test_a_file_above_the_limit_is_refused_by_what_it_announces(owner: Client) -> None:
    answer = owner.generic(
        "POST", reverse("offerboard:imports"), b"x", content_type="multipart/form-data", CONTENT_LENGTH="60000000"
    )

    assert (answer.status_code, LeadImport.objects.count()) == (413, 0)


def test_what_a_mapping_lacks_stands_beside_its_field_and_nothing_is_kept(owner: Client) -> None:
    send(owner, TABLE.encode())
    job = LeadImport.objects.get()

    answer = owner.post(page("import_columns", job), {"column_title": "Product", "value_valid_days": "1000"})

    job.refresh_from_db()
    assert (answer.status_code, job.mapping) == (200, {})
    assert {"column_kind", "column_category", "column_description", "column_quantity", "column_unit"} <= set(
        answer.context["form"].errors
    )


def test_a_list_of_own_names_for_categories_is_taken_or_refused(owner: Client) -> None:
    tea = CategoryFactory()
    send(owner, TABLE.encode())
    job = LeadImport.objects.get()
    data = {"column_title": "Product", "column_description": "Details", "column_category": "Group"}
    data |= {"value_kind": "buy_inquiry", "value_quantity": "1", "value_unit": "KGM", "value_category": tea.slug}

    def listing(text: str) -> dict[str, Any]:
        return data | {"category_list": SimpleUploadedFile("list.csv", text.encode())}

    refused = owner.post(page("import_columns", job), listing("name,ours\nThé,no-such\n"))
    assert refused.context["form"].errors == {
        "category_list": ["Line 2 of the category list: there is no category “no-such”."]
    }
    owner.post(page("import_columns", job), listing(f"name,ours\nThé,{tea.slug}\n"))

    job.refresh_from_db()
    assert job.mapping["categories"] == {"Thé": tea.slug}


def test_of_two_clicks_one_starts_the_import_and_a_discarded_file_is_gone(owner: Client) -> None:
    company = owner.get(reverse("offerboard:my_leads")).wsgi_request.acting.company  # type: ignore[attr-defined]
    job, other = LeadImportFactory(company=company), LeadImportFactory(company=company)
    storage, name = other.file.storage, other.file.name

    services.start_import(lead_import=job)
    with pytest.raises(services.NotWaitingForColumns):
        services.start_import(lead_import=job)
    owner.post(page("import_discard", other))

    assert [one.state for one in LeadImport.objects.all()] == ["queued"]
    assert storage.exists(name)  # until the transaction commits, which a test's never does


def test_a_company_sends_so_many_files_a_day_and_no_more(owner: Client) -> None:
    company = owner.get(reverse("offerboard:my_leads")).wsgi_request.acting.company  # type: ignore[attr-defined]
    LeadImportFactory.create_batch(services.UPLOADS_A_DAY, company=company, created_at=timezone.now())

    answer = send(owner, TABLE.encode())

    assert "many files today" in answer.content.decode()
    assert LeadImport.objects.count() == services.UPLOADS_A_DAY


def test_every_file_that_is_looked_through_counts_also_refused_and_discarded_ones(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "FILES_A_DAY", 3)
    with time_machine.travel(NOW, tick=False) as clock:
        assert "Only one column" in send(owner, b"\n").content.decode()
        send(owner, TABLE.encode())
        clock.shift(timedelta(hours=1))
        send(owner, TABLE.encode())
        owner.post(page("import_discard", LeadImport.objects.latest("created_at")))
        kept = LeadImport.objects.get()

        answer = send(owner, TABLE.encode())

        assert "You have sent 3 files within 24 hours" in answer.content.decode()
        assert "Go on after 23 November 2026, 12:00 UTC." in answer.content.decode()
        assert (list(LeadImport.objects.all()), SentFile.objects.count()) == ([kept], 3)
        assert owner.get(page("import_columns", kept)).status_code == 200
        colleague = Client()
        colleague.force_login(MemberFactory(company=kept.company))
        assert send(colleague, TABLE.encode()).status_code == 302
        clock.shift(timedelta(hours=23))
        assert send(owner, TABLE.encode()).status_code == 302
        services.forget_old_files(now=timezone.now())
        assert SentFile.objects.count() == 3


def test_a_companys_leads_come_as_a_table_and_nobody_elses(owner: Client) -> None:
    company = owner.get(reverse("offerboard:my_leads")).wsgi_request.acting.company  # type: ignore[attr-defined]
    LeadFactory(company=company, title="Our beans", expires_at=timezone.now() + timedelta(days=1))
    LeadFactory(company=company, title="Our draft", state="draft")
    LeadFactory(title="Their beans")

    answer = owner.get(reverse("offerboard:export"))

    content = b"".join(answer)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert content.startswith(b"\xef\xbb\xbf")
    assert [(row["title"], row["state"]) for row in rows] == [("Our beans", "published"), ("Our draft", "draft")]
    assert "no-store" in answer.headers["Cache-Control"]
