"""A correction is asked for with evidence, decided once by staff with a reason, and passed on to receivers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from mailings.models import Delivery
from privacy import periodic
from privacy.models import EVIDENCE_KEPT, Correction, Receipt, SubjectRequest
from privacy.services import corrections as services
from privacy.services.requests import AlreadyAsked, ReasonMissing, month_after
from tests.factories import NOW, MemberFactory, MessageFactory
from tests.privacy.receivers import given_to, outside
from tests.staff import at_work, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]
CORRECT = reverse("privacy:correct")
PHONE = "accounts.Member.phone"
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\nstartxref\n9\n%%EOF\n"


@pytest.fixture(autouse=True)
def private_root(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def picture(kind: str = "PNG", *, side: int = 3, **options: Any) -> bytes:
    target = BytesIO()
    Image.new("1" if side > 1000 else "RGB", (side, side)).save(target, kind, **options)
    return target.getvalue()


# A telephone's photo with a second one inside, such as its depth.
PHOTO = picture("MPO", save_all=True, append_images=[Image.new("RGB", (3, 3))])


def browser(member: Any) -> Client:
    client = Client()
    client.force_login(member)
    return client


def ask(member: Any = None, *, table: str = "accounts.Member", file: bytes = b"", at: datetime = NOW) -> SubjectRequest:
    return services.ask_for_correction(
        member=member or MemberFactory(),
        table=table,
        text="The number ends in 22.",
        evidence=ContentFile(file, name="evidence.pdf") if file else None,
        now=at,
    )


def stored(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def page_of(request: SubjectRequest) -> str:
    return reverse("admin:privacy_correction_change", args=[request.pk])


# --- asking ---------------------------------------------------------------------------------------------------------


def test_a_correction_is_filed_with_its_evidence_and_the_person_hears_that_it_came(private_root: Path) -> None:
    member = MemberFactory()
    client = browser(member)
    sent = SimpleUploadedFile("../my passport.pdf", PDF, "text/html")

    answer = client.post(CORRECT, {"which": "accounts.Member", "text": "The year is 1998.", "evidence": sent})

    request = SubjectRequest.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, CORRECT)
    assert (request.kind, request.state, request.text, request.member) == (
        *("correction", "received", "The year is 1998."),
        member,
    )
    assert request.due_at == month_after(request.received_at)
    assert Correction.objects.get(request=request).table == "accounts.Member"
    assert [path.read_bytes() for path in stored(private_root)] == [PDF]
    assert "passport" not in Correction.objects.get(request=request).evidence.name
    assert [(mail.template, mail.to) for mail in Delivery.objects.all()] == [("request_received", member.email)]
    page = client.get(CORRECT).content.decode()
    assert ("The year is 1998." in page, "<textarea" in page) == (True, False)


def test_the_choice_is_what_there_is_of_mine_in_words_and_something_else() -> None:
    member = MemberFactory()
    MessageFactory(author=member)
    client = browser(member)

    page = client.get(CORRECT, {"which": "offerboard.Message"}).content.decode()

    assert '<option value="offerboard.Message" selected>Messages that you wrote</option>' in page
    assert '<option value="other">Something else</option>' in page
    assert "Your saved searches" not in page  # there are none
    client.post(CORRECT, {"which": "other", "text": "The sign on your door."})
    assert Correction.objects.get().table == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": " "}, "This field is required."),
        ({"which": ""}, "This field is required."),
        ({"which": "auth.Group"}, "Select a valid choice."),
        ({"evidence": SimpleUploadedFile("a.pdf", b"MZ" + PDF)}, "This file cannot be read."),
        ({"evidence": SimpleUploadedFile("a.pdf", PDF[:20])}, "This file cannot be read."),
        ({"evidence": SimpleUploadedFile("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, "cannot be read."),
        ({"evidence": SimpleUploadedFile("a.png", picture("GIF"))}, "This file cannot be read."),
        ({"evidence": SimpleUploadedFile("a.png", picture()[:40])}, "This file cannot be read."),
        ({"evidence": SimpleUploadedFile("a.png", picture(side=7000))}, "This file cannot be read."),
        ({"evidence": SimpleUploadedFile("a.pdf", PDF + b" " * 5_300_000 + b"%%EOF")}, "larger than 5 MB"),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field_and_leaves_nothing(
    changes: dict[str, Any], words: str, private_root: Path
) -> None:
    client = browser(MemberFactory())

    answer = client.post(CORRECT, {"which": "accounts.Member", "text": "It is 1998.", **changes})

    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert (SubjectRequest.objects.count(), stored(private_root)) == (0, [])


@pytest.mark.parametrize(
    ("content", "suffix"),
    [(PDF, ".pdf"), (picture(), ".png"), (picture("JPEG"), ".jpg"), (PHOTO, ".jpg")],
    ids=["pdf", "png", "jpeg", "photo of a telephone"],
)
def test_a_file_is_named_after_what_it_is_and_not_after_what_it_is_called(content: bytes, suffix: str) -> None:
    sent = SimpleUploadedFile("evidence.exe", content)

    browser(MemberFactory()).post(CORRECT, {"which": "other", "text": "x", "evidence": sent})

    assert Path(Correction.objects.get().evidence.name).suffix == suffix


def test_of_two_clicks_one_asks_and_one_file_stays(private_root: Path) -> None:
    client = browser(MemberFactory())

    for _click in range(2):
        sent = SimpleUploadedFile("a.pdf", PDF)
        client.post(CORRECT, {"which": "other", "text": "It is 1998.", "evidence": sent})

    assert (SubjectRequest.objects.count(), Delivery.objects.count(), len(stored(private_root))) == (1, 1, 1)


def test_one_sees_ones_own_wishes_only() -> None:
    ask(MemberFactory())

    assert "ends in 22" not in browser(MemberFactory()).get(CORRECT).content.decode()


def test_the_page_takes_the_same_queries_however_much_was_asked(django_assert_max_num_queries: Any) -> None:
    member = MemberFactory()
    client = browser(member)
    outside("authority", "Court"), given_to("Court", member, PHONE)
    for _time in range(4):
        services.accept_correction(request=ask(member), reason="Yes.", columns=[PHONE], by=None, now=NOW)

    with django_assert_max_num_queries(13):
        page = client.get(CORRECT).content.decode()

    assert page.count("Court") == 4


# --- deciding -------------------------------------------------------------------------------------------------------


def test_staff_accept_and_the_person_reads_their_words() -> None:
    member = MemberFactory()
    request = ask(member)
    staff = make_staff("privacy officer")

    answer = at_work(staff).post(
        page_of(request), {"decision": "accept", "reason": "It is 22 now.", "columns": [PHONE]}
    )

    request.refresh_from_db()
    assert answer.status_code == 302
    assert (request.state, request.answer, request.ended_at is not None) == ("accepted", "It is 22 now.", True)
    assert (Correction.objects.get(request=request).columns, Correction.objects.get(request=request).decided_by) == (
        [PHONE],
        staff,
    )
    mail = Delivery.objects.get(template="correction_accepted")
    assert (mail.to, "It is 22 now." in mail.text, "It is 22 now." in mail.html) == (member.email, True, True)
    assert "It is 22 now." in browser(member).get(CORRECT).content.decode()


def test_a_refusal_says_why_and_where_to_complain() -> None:
    member = MemberFactory()
    request = ask(member)

    at_work(make_staff("privacy officer")).post(
        page_of(request), {"decision": "refuse", "reason": "The register says 21."}
    )

    request.refresh_from_db()
    assert (request.state, request.answer) == ("refused", "The register says 21.")
    mail = Delivery.objects.get(template="correction_refused")
    for part in (mail.text, mail.html):
        assert ("The register says 21." in part, "data protection authority" in part) == (True, True)
    assert "data protection authority" in browser(member).get(CORRECT).content.decode()


@pytest.mark.parametrize(
    "answer",
    [
        {"decision": "accept", "reason": " ", "columns": [PHONE]},
        {"decision": "refuse", "reason": ""},
        {"decision": "", "reason": "Yes."},
        {"decision": "accept", "reason": "Yes."},
        {"decision": "accept", "reason": "Yes.", "columns": ["offerboard.Lead.title"]},  # not what is wrong
    ],
)
def test_without_a_decision_or_a_reason_nothing_is_sent(answer: dict[str, Any]) -> None:
    request = ask()

    shown = at_work(make_staff("privacy officer")).post(page_of(request), answer)

    request.refresh_from_db()
    assert (shown.status_code, request.state, request.answer, Delivery.objects.count()) == (200, "received", "", 1)


def test_an_old_page_in_another_window_decides_nothing() -> None:
    request = ask()
    client = at_work(make_staff("privacy officer"))
    client.post(page_of(request), {"decision": "refuse", "reason": "First."})

    client.post(page_of(request), {"decision": "accept", "reason": "Second.", "columns": [PHONE]})

    request.refresh_from_db()
    assert (request.state, request.answer) == ("refused", "First.")
    with pytest.raises(services.AlreadyAnswered):
        services.accept_correction(request=request, reason="Third.", columns=[PHONE], by=None, now=NOW)
    request.refresh_from_db()
    assert (request.answer, Delivery.objects.count()) == ("First.", 2)


def test_a_yes_needs_words_too() -> None:
    request = ask()

    with pytest.raises(ReasonMissing):
        services.accept_correction(request=request, reason=" ", columns=[PHONE], by=None, now=NOW)

    request.refresh_from_db()
    assert (request.state, request.answer, Delivery.objects.count()) == ("received", "", 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_of_the_staff_one_wins() -> None:
    request = ask()
    together, outcomes = Barrier(2), []

    def decide(words: str) -> None:
        together.wait()
        try:
            services.refuse_correction(request=SubjectRequest.objects.get(), reason=words, by=None, now=NOW)
            outcomes.append(words)
        except services.AlreadyAnswered:
            outcomes.append("")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(decide, ["One.", "Two."]))

    request.refresh_from_db()
    assert sorted(outcomes) == ["", request.answer]
    assert Delivery.objects.filter(template="correction_refused").count() == 1


@pytest.mark.promise("receivers-told")
def test_whoever_had_received_what_is_corrected_is_told_and_nobody_else() -> None:
    member, other = MemberFactory(), MemberFactory()
    for name in ("Court", "Lawyers", "Insurer"):
        outside("authority", name)
    given_to("Court", member, PHONE, "accounts.Member.email")
    given_to("Lawyers", member, "accounts.Member.email")
    given_to("Insurer", other, PHONE)

    told = services.accept_correction(request=ask(member), reason="Yes.", columns=[PHONE], by=None, now=NOW)

    assert told == 1
    assert list(Receipt.objects.values_list("receiver_name", "change", "columns")) == [("Court", "correct", [PHONE])]
    assert "One receiver outside" in Delivery.objects.get(template="correction_accepted").text
    assert "Court" in browser(member).get(CORRECT).content.decode()


def test_a_refusal_tells_no_receiver() -> None:
    member = MemberFactory()
    outside("authority", "Court")
    given_to("Court", member, PHONE)

    services.refuse_correction(request=ask(member), reason="No.", by=None, now=NOW)

    assert not Receipt.objects.exists()


def test_who_has_left_meanwhile_is_answered_in_the_register_alone() -> None:
    request = ask()
    SubjectRequest.objects.update(member=None)
    request.refresh_from_db()

    services.accept_correction(request=request, reason="Yes.", columns=[PHONE], by=None, now=NOW)

    assert (SubjectRequest.objects.get().answer, Delivery.objects.count()) == ("Yes.", 1)


def test_a_table_or_column_that_the_map_does_not_hold_is_refused() -> None:
    with pytest.raises(services.UnknownData):
        ask(table="auth.Group")
    request = ask()
    with pytest.raises(services.UnknownData):
        services.accept_correction(request=request, reason="Yes.", columns=["auth.Group.name"], by=None, now=NOW)

    assert list(SubjectRequest.objects.values_list("state", "answer")) == [("received", "")]


def test_a_second_wish_waits_for_the_first_answer() -> None:
    member = MemberFactory()
    request = ask(member)
    with pytest.raises(AlreadyAsked):
        ask(member)
    assert SubjectRequest.objects.count() == 1

    services.refuse_correction(request=request, reason="No.", by=None, now=NOW)
    ask(member)

    assert SubjectRequest.objects.count() == 2


# --- evidence -------------------------------------------------------------------------------------------------------


@pytest.mark.promise("evidence-deleted")
def test_staff_save_the_evidence_and_no_page_shows_it() -> None:
    request = ask(file=PDF)
    place = reverse("admin:privacy_correction_evidence", args=[request.pk])

    response: Any = at_work(make_staff("privacy officer")).get(place)

    assert (b"".join(response.streaming_content), response.headers["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert response.headers["Content-Disposition"] == 'attachment; filename="evidence.pdf"'
    assert at_work(make_staff("moderator")).get(place).status_code == 403
    assert browser(request.member).get(place).status_code in {302, 403}
    without = ask()
    empty = reverse("admin:privacy_correction_evidence", args=[without.pk])
    assert at_work(make_staff("privacy officer")).get(empty).status_code == 404


@pytest.mark.promise("evidence-deleted")
def test_evidence_is_deleted_30_days_after_the_answer_and_not_before(private_root: Path) -> None:
    open_one, answered = ask(file=PDF), ask(file=PDF)
    services.refuse_correction(request=answered, reason="No.", by=None, now=NOW)

    services.forget_evidence(now=NOW + EVIDENCE_KEPT)
    assert len(stored(private_root)) == 2

    services.forget_evidence(now=NOW + EVIDENCE_KEPT + timedelta(seconds=1))

    kept = Correction.objects.get(request=open_one).evidence
    assert (kept.read(), Correction.objects.get(request=answered).evidence.name) == (PDF, "")
    assert [path.name for path in stored(private_root)] == [Path(kept.name).name]


def test_evidence_of_somebody_who_is_gone_and_of_no_row_is_deleted(private_root: Path) -> None:
    gone = ask(file=PDF)
    SubjectRequest.objects.filter(pk=gone.pk).update(member=None)
    ask(file=PDF)
    Correction.objects.exclude(request=gone).update(evidence="")  # as if its process was killed before the row

    services.forget_evidence(now=timezone.now())
    assert len(stored(private_root)) == 1  # a young file may be about to get its row

    services.forget_evidence(now=timezone.now() + timedelta(hours=2))
    assert stored(private_root) == []


def test_the_sweep_runs_where_nothing_was_ever_sent() -> None:
    periodic.forget_evidence()

    assert not Correction.objects.exists()
