"""A copy of somebody's data holds everything that is theirs, and nothing that is anybody else's."""

import hashlib
import io
import json
from typing import Any
from zipfile import ZipFile

import pytest

from offerboard.models import SentFile
from privacy.exporting.archive import write_archive
from privacy.exporting.rows import BATCH, parts
from privacy.selectors.people import person_of
from tests.factories import NOW, CompanyFactory, LeadFactory, MemberFactory, MessageFactory
from tests.privacy.canaries import Canary, Someone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policies")]


def archive_of(member: Any) -> ZipFile:
    """The member's copy."""
    target = io.BytesIO()
    write_archive(
        target,
        person=person_of(member),
        name=member.full_name,
        email=member.email,
        policy="Privacy policy 1",
        now=NOW,
        tell=lambda _done: None,
    )
    return ZipFile(target)


def texts(archive: ZipFile) -> str:
    """All that can be read in it."""
    return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def manifest(archive: ZipFile) -> dict[str, Any]:
    """What the copy says of itself."""
    said: dict[str, Any] = json.loads(archive.read("manifest.json"))
    return said


@pytest.fixture
def people() -> tuple[Someone, list[Canary], Someone, list[Canary]]:
    """Two people of two companies, each with a row in every table."""
    mine, other = Someone("mine"), Someone("other")
    return mine, mine.plant(), other, other.plant()


def test_everything_planted_is_in_the_database(people: tuple[Someone, list[Canary], Someone, list[Canary]]) -> None:
    """A canary that was never there would be missed by nobody."""
    _mine, planted, _other, others = people

    assert [
        (one.part.name, one.column) for one in (*planted, *others) if one.token and one.token not in one.stored
    ] == []
    assert {one.part.name for one in planted} == {part.name for part in parts()}
    assert len([one for one in planted if one.token]) > 60


@pytest.mark.promise("export-complete")
def test_every_column_about_a_person_is_in_their_copy(
    people: tuple[Someone, list[Canary], Someone, list[Canary]],
) -> None:
    mine, planted, _other, _others = people
    archive = archive_of(mine.member)
    text = texts(archive)

    lost = [
        f"{one.part.name}.{one.column}" for one in planted if one.token and not one.withheld and one.token not in text
    ]
    assert lost == []
    for one in (one for one in planted if not one.withheld):
        rows = json.loads(archive.read(f"data/{one.part.name}.json"))
        key = one.part.table.model._meta.pk.name
        written = [row for row in rows if key not in row or str(row[key]) == str(one.row.pk)]
        assert (one.part.name, one.column, [one.column in row for row in written][:1]) == (
            one.part.name,
            one.column,
            [True],
        )


@pytest.mark.promise("export-only-yours")
def test_nothing_of_another_person_is_in_it(people: tuple[Someone, list[Canary], Someone, list[Canary]]) -> None:
    mine, _planted, other, others = people
    MessageFactory(inquiry=other.inquiry, author=mine.member, company=mine.company)  # they write to each other
    text = texts(archive_of(mine.member))

    assert [f"{one.part.name}.{one.column}" for one in others if one.token and one.token in text] == []
    assert other.member.email not in text


def test_a_counterparty_appears_as_its_company() -> None:
    """The company's name, and no person's."""
    buyer = MemberFactory(company=CompanyFactory())
    seller = MemberFactory(company=CompanyFactory(legal_name="Kollam Cashew Traders"), full_name="Anil Menon")
    lead = LeadFactory(company=seller.teams.get().company, posted_by=seller)
    MessageFactory(inquiry__lead=lead, author=buyer, company=buyer.teams.get().company)
    buyer.favourites.create(company=seller.teams.get().company, created_at=NOW)
    text = texts(archive_of(buyer))

    assert "Kollam Cashew Traders" in text
    assert "Anil Menon" not in text


@pytest.mark.promise("password-unreadable")
@pytest.mark.promise("export-complete")
def test_what_is_withheld_is_not_there_and_the_manifest_says_why(
    people: tuple[Someone, list[Canary], Someone, list[Canary]],
) -> None:
    mine, planted, _other, _others = people
    archive = archive_of(mine.member)
    text = texts(archive)
    secrets = [one for one in planted if one.withheld]

    assert {one.column for one in secrets} >= {"password", "data", "session_key", "key"}
    assert [one.column for one in secrets if one.token and one.token in text] == []
    said = {
        (table["table"], name): why for table in manifest(archive)["tables"] for name, why in table["withheld"].items()
    }
    assert {(one.part.table.label, one.column) for one in secrets} == set(said)
    assert all(said.values())


@pytest.mark.promise("export-complete")
def test_the_manifest_counts_truly_and_knows_every_file(
    people: tuple[Someone, list[Canary], Someone, list[Canary]],
) -> None:
    mine, _planted, _other, _others = people
    archive = archive_of(mine.member)
    said = manifest(archive)
    counted = {table["data"]: table["rows"] for table in said["tables"] if table["data"]}

    assert counted == {
        name: len(json.loads(archive.read(name))) for name in archive.namelist() if name.startswith("data/")
    }
    assert said["sha256"] == {
        name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name != "manifest.json"
    }
    assert any(name.startswith("files/") for name in said["sha256"])


def test_a_file_that_is_lost_is_named_and_the_rest_is_there() -> None:
    one = Someone("mine")
    one.lead_import.file.storage.delete(one.lead_import.file.name)
    archive = archive_of(one.member)

    assert manifest(archive)["missing_files"] == [f"files/{one.lead_import.file.name}"]
    assert "data/offerboard-leadimport.json" in archive.namelist()


def test_more_rows_than_a_batch_holds_come_in_several_pages_and_one_list() -> None:
    member = MemberFactory()
    SentFile.objects.bulk_create([SentFile(member=member, sent_at=NOW) for _number in range(BATCH)])
    assert "pages/offerboard-sentfile-2.html" not in archive_of(member).namelist()

    SentFile.objects.create(member=member, sent_at=NOW)
    archive = archive_of(member)

    assert len(json.loads(archive.read("data/offerboard-sentfile.json"))) == BATCH + 1
    assert "pages/offerboard-sentfile-2.html" in archive.namelist()


def test_who_left_a_team_does_not_learn_who_asks_about_the_leads_they_posted() -> None:
    left = MemberFactory()
    lead = LeadFactory(posted_by=left)
    MessageFactory(inquiry__lead=lead, inquiry__sender=CompanyFactory(legal_name="Savanna Spice Mills"))

    assert "Savanna Spice Mills" not in texts(archive_of(left))
