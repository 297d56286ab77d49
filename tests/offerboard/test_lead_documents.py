"""Documents on a lead: known by content, private until the lead is public and again the second it is not."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from PIL import Image

from directory.models import TeamMember
from offerboard.models import Lead, LeadDocument
from offerboard.services import lead_states
from offerboard.services.documents import change_documents, clean_name, read_documents
from tests.factories import NOW, PDF, CompanyFactory, LeadDocumentFactory, LeadFactory, MemberFactory
from tests.offerboard.posting import filled, picture
from tests.staff import at_work, make_staff

pytestmark = pytest.mark.django_db
NEW = "/leads/new/"


@pytest.fixture(autouse=True)
def today(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(MemberFactory(company=CompanyFactory(), role=TeamMember.Role.EDITOR))
    return client


def client_of(lead: Lead, role: str = "owner") -> Client:
    client = Client()
    client.force_login(MemberFactory(company=lead.company, role=role))
    return client


def pdf(name: str = "specification.pdf", *, content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def private() -> list[Path]:
    return [path for path in Path(django_settings.PRIVATE_ROOT).rglob("*") if path.is_file()]


def public() -> list[Path]:
    return [path for path in Path(django_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def status(document: LeadDocument, client: Client | None = None) -> int:
    return (client or Client()).get(document.get_absolute_url()).status_code


def edit(lead: Lead, **changes: Any) -> Any:
    data = filled(lead.category, **{"action": "save", "submission": None, "price": "4180"} | changes)
    return client_of(lead).post(reverse("offerboard:edit", args=[lead.slug]), data)


# --- what is taken ------------------------------------------------------------------------------------------------


def test_documents_come_with_the_lead_and_lie_outside_of_what_is_served(browser: Client) -> None:
    browser.post(NEW, filled(documents=[pdf(), picture("Certificate 4C.jpg")]))

    lead = Lead.objects.public(at=NOW).get()
    assert [(one.name, one.kind) for one in lead.documents.all()] == [
        ("specification.pdf", "application/pdf"),
        ("Certificate 4C.webp", "image/webp"),
    ]
    assert (len(private()), public()) == (2, [])
    assert {path.stat().st_mode & 0o777 for path in private()} == {0o600}
    page = Client().get(lead.get_absolute_url()).content.decode()
    assert ["specification.pdf" in page, "PDF, 1 KB" in page] == [True, True]


def test_a_picture_of_a_paper_loses_what_hides_in_it(browser: Client) -> None:
    photo, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "12 Lê Duẩn, +84 262 381 2345"
    Image.new("RGB", (60, 40), "white").save(photo, "JPEG", exif=exif)

    browser.post(NEW, filled(documents=[SimpleUploadedFile("scan.jpg", photo.getvalue())]))

    [stored] = private()
    assert [word in stored.read_bytes() for word in (b"Exif", b"381")] == [False, False]


BROKEN = "This PDF is broken or not complete. Save it again and choose the new file."
ACTIVE = "This PDF runs a program or carries other files. Print it to a new PDF and choose that one."
UNREADABLE = "This file cannot be read. Choose a PDF, or a JPEG, PNG or WebP picture."
TOO_LARGE = "The file is larger than 10 MB. Save it smaller and choose it again."


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"MZ\x90\x00" + b"\x00" * 300, UNREADABLE),
        (b"<html><script>alert(1)</script></html>", UNREADABLE),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', UNREADABLE),
        (b"PK\x03\x04" + b"\x00" * 300, UNREADABLE),
        (b"", "The submitted file is empty."),
        (b"\n" + PDF, UNREADABLE),
        (PDF[:60], BROKEN),
        (b"%PDF-", BROKEN),
        (PDF + b"<script>" * 1000, BROKEN),
        (PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript /JS (app.alert) >> /Type"), ACTIVE),
        (PDF.replace(b"/Type", b"/EmbeddedFiles /Type"), ACTIVE),
        (b"%PDF-" + b"0" * 10 * 1024 * 1024, TOO_LARGE),
    ],
)
def test_a_file_that_is_no_document_is_named_and_the_others_stay(browser: Client, content: bytes, problem: str) -> None:
    """Whatever its name says: an .exe called .pdf is an .exe."""
    response = browser.post(NEW, filled(documents=[pdf("invoice.pdf", content=content), pdf("good.pdf")]))

    if content:
        assert dict(response.context["form"].errors) == {"documents": [f"“invoice.pdf”: {problem}"]}
        draft = Lead.objects.get()
        assert (draft.state, [one.name for one in draft.documents.all()], len(private())) == ("draft", ["good.pdf"], 1)
        assert "1 document is with it." in response.context["kept"]
    else:
        assert [one.name for one in LeadDocument.objects.all()] == ["good.pdf"]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\amara\\Specification.PDF", "Specification.pdf"),
        ("price\u202efdp.exe", "price fdp.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie x=1.pdf"),
        ('x"; filename="evil.html', "x filename= evil.pdf"),
        ("....pdf", "pdf.pdf"),
        ("", "Document.pdf"),
        ("amara@example.com.pdf", "[e-mail hidden].pdf"),
        ("越南咖啡.pdf", "越南咖啡.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
        ("invoice.pdf.exe", "invoice.pdf.pdf"),
        ("a\x00b.pdf", "a b.pdf"),
    ],
)
def test_names_are_cleaned(sent: str, kept: str) -> None:
    assert clean_name(sent, suffix=".pdf") == kept


def test_a_picture_of_too_many_pixels_is_told_apart_from_one_that_cannot_be_read() -> None:
    giant = BytesIO()
    Image.new("1", (20_001, 10)).save(giant, "PNG")

    good, refused = read_documents([SimpleUploadedFile("scan.png", giant.getvalue())])

    assert (good, ["more than 40 million pixels" in problem for problem in refused]) == ([], [True])


def test_a_hostile_name_reaches_neither_the_disk_nor_the_header(browser: Client) -> None:
    browser.post(NEW, filled(documents=[pdf('../x"\r\nSet-Cookie: a=b; <b>.pdf')]))

    document = LeadDocument.objects.get()
    answer = Client().get(document.get_absolute_url())
    assert "Set-Cookie" not in answer.headers
    assert "<b>" not in Client().get(document.lead.get_absolute_url()).content.decode().split('id="documents"')[1]
    [stored] = private()
    assert (stored.parent.name, len(stored.stem), stored.suffix) == ("lead-documents", 32, ".pdf")


def test_a_sixth_document_is_left_out_by_name() -> None:
    lead = LeadFactory(state="draft")
    five = [pdf(f"{n}.pdf", content=PDF + b"\n" * n) for n in range(5)]
    edit(lead, action="draft", documents=five)

    response = edit(lead, action="draft", documents=[pdf("sixth.pdf", content=PDF + b"\n" * 9)])

    assert dict(response.context["form"].errors) == {
        "documents": ["A lead has room for 5 documents. This one was left out: sixth.pdf."]
    }
    assert (lead.documents.count(), len(private())) == (5, 5)


def test_the_same_file_sent_again_is_not_added_again() -> None:
    lead = LeadFactory(state="draft")
    edit(lead, action="draft", documents=[pdf()])

    edit(lead, action="draft", documents=[pdf("other name.pdf")])

    assert ([one.name for one in lead.documents.all()], len(private())) == (["specification.pdf"], 1)
    with pytest.raises(IntegrityError):
        LeadDocumentFactory(lead=lead, digest=lead.documents.get().digest)


def test_a_failed_try_leaves_no_file_behind() -> None:
    lead = LeadFactory()
    good, _refused = read_documents([pdf(), pdf(content=PDF + b"\n")])
    object.__setattr__(good[1], "digest", "0" * 65)  # longer than its column

    with pytest.raises(Exception, match="value too long"):
        change_documents(lead=lead, added=good, removed=[], now=NOW)

    assert (list(LeadDocument.objects.all()), private()) == ([], [])


def test_new_documents_on_a_public_lead_wait_where_leads_are_reviewed_first(settings: Any) -> None:
    settings.LEADS_REVIEWED_FIRST = True
    lead = LeadFactory()

    edit(lead, quantity="many", documents=[pdf()])

    lead.refresh_from_db()
    assert (lead.state, status(lead.documents.get())) == ("pending", 404)


# --- how it goes --------------------------------------------------------------------------------------------------


def test_a_removed_document_takes_its_file_along(django_capture_on_commit_callbacks: Any) -> None:
    lead = LeadFactory()
    gone, stays = LeadDocumentFactory(lead=lead), LeadDocumentFactory(lead=lead)

    with django_capture_on_commit_callbacks(execute=True):
        edit(lead, remove_documents=[str(gone.pk)])

    assert (list(lead.documents.all()), len(private())) == ([stays], 1)
    assert (status(gone), status(stays)) == (404, 200)


def test_a_discarded_draft_takes_its_documents_along(django_capture_on_commit_callbacks: Any) -> None:
    lead = LeadFactory(state="draft")
    LeadDocumentFactory(lead=lead)

    with django_capture_on_commit_callbacks(execute=True):
        lead_states.discard_draft(lead=lead, now=NOW)

    assert (list(LeadDocument.objects.all()), private()) == ([], [])


def test_nobody_removes_another_leads_document() -> None:
    mine, victim = LeadFactory(), LeadDocumentFactory()

    response = edit(mine, remove_documents=[str(victim.pk)])
    change_documents(lead=mine, added=[], removed=[str(victim.pk)], now=NOW)

    assert list(response.context["form"].errors) == ["remove_documents"]
    assert (list(LeadDocument.objects.all()), len(private())) == ([victim], 1)


# --- who reads it -------------------------------------------------------------------------------------------------


def test_a_public_leads_document_is_a_download_that_runs_nothing() -> None:
    document = LeadDocumentFactory(name="Mô tả, “grade 1”.pdf")

    answer = Client().get(document.get_absolute_url())

    assert (answer.status_code, b"".join(answer)) == (200, PDF)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''M%C3%B4")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.promise("documents-private")
@pytest.mark.parametrize("state", ["draft", "pending", "paused", "rejected", "closed"])
def test_a_document_of_a_lead_that_is_not_public_is_its_teams_alone(state: str) -> None:
    document = LeadDocumentFactory(lead__state=state)
    stranger = Client()
    stranger.force_login(MemberFactory(company=CompanyFactory()))
    staff = Client()
    staff.force_login(MemberFactory(is_staff=True))

    readers = [Client(), stranger, staff, client_of(document.lead, "viewer"), client_of(document.lead)]

    assert [status(document, reader) for reader in readers] == [404, 404, 404, 200, 200]


@pytest.mark.promise("documents-private")
def test_it_is_private_again_the_second_the_lead_expires() -> None:
    document = LeadDocumentFactory()
    end = NOW + timedelta(days=29)
    assert document.lead.expires_at == end

    with time_machine.travel(end - timedelta(seconds=1), tick=False):
        before = status(document)
    with time_machine.travel(end, tick=False):
        after, team = status(document), status(document, client_of(document.lead))

    assert (before, after, team) == (200, 404, 200)


@pytest.mark.promise("documents-private")
@pytest.mark.parametrize(
    "take_away",
    [
        lambda lead: lead_states.pause_lead(lead=lead, now=NOW),
        lambda lead: lead_states.close_lead(lead=lead, now=NOW),
        lambda lead: lead_states.reject_lead(lead=lead, reason="Forbidden goods.", now=NOW),
        lambda lead: lead_states.hold_leads(leads=Lead.objects.filter(pk=lead.pk), hold=Lead.Hold.MODERATION, now=NOW),
    ],
    ids=["paused", "closed", "rejected", "hidden"],
)
def test_it_is_private_again_when_the_lead_leaves_the_board(take_away: Callable[[Lead], object]) -> None:
    document = LeadDocumentFactory()
    before = status(document)

    take_away(document.lead)

    assert (before, status(document)) == (200, 404)


def test_a_document_is_found_under_its_own_lead_alone() -> None:
    """A public lead's address does not open the document of a lead that is not."""
    document, other = LeadDocumentFactory(lead__state="draft"), LeadFactory()

    address = reverse("offerboard:document", args=[other.slug, document.pk])

    assert (Client().get(address).status_code, client_of(other).get(address).status_code) == (404, 404)


@pytest.mark.promise("documents-private")
def test_no_media_address_leads_to_it() -> None:
    document = LeadDocumentFactory()

    for name in (document.file.name, f"leads/../../private/{document.file.name}", f"private/{document.file.name}"):
        assert Client().get(f"/media/{name}").status_code == 404
    with pytest.raises(NotImplementedError):
        document.file.url  # noqa: B018  # asking is the test


def test_a_lost_file_is_a_plain_404() -> None:
    document = LeadDocumentFactory()
    document.file.storage.delete(document.file.name)

    assert status(document) == 404


@pytest.mark.promise("documents-private")
def test_staff_open_it_in_admin() -> None:
    document = LeadDocumentFactory(lead__state="pending")
    staff = at_work(make_staff("moderator"))
    address = reverse("admin:offerboard_lead_document", args=[document.pk])

    page = staff.get(reverse("admin:offerboard_lead_change", args=[document.lead.pk])).content.decode()

    assert (address in page, staff.get(address).status_code) == (True, 200)
    assert at_work(make_staff("communications")).get(address).status_code == 403
