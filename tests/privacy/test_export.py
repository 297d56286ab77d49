"""A copy of somebody's data holds everything that is theirs, and nothing that is anybody else's."""

import hashlib
import io
import json
from html import escape
from typing import Any
from zipfile import ZipFile

import pytest

from directory.models import Category
from offerboard.models import SentFile
from privacy.exporting.archive import write_archive
from privacy.exporting.rows import BATCH, parts
from privacy.models import ContractEnd, Receiver
from privacy.selectors.people import person_of
from tests.factories import (
    NOW,
    CategoryFactory,
    CompanyFactory,
    LeadFactory,
    MemberFactory,
    MessageFactory,
    PriceTierFactory,
    ReceiverFactory,
)
from tests.privacy.canaries import Canary, Someone
from tests.privacy.receivers import PHONE, given_to, outside

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


# --- what goes along with a person's rows ----------------------------------------------------------------------------


def trader(industry: str, price: int) -> Any:
    """An owner with a lead that costs so much from a quantity on, of a company in that industry."""
    member = MemberFactory(company=CompanyFactory())
    company = member.teams.get().company
    company.industries.add(CategoryFactory(name=industry))
    PriceTierFactory(lead=LeadFactory(company=company, posted_by=member), place=1, min_quantity=70, price=price)
    return member


@pytest.mark.promise("export-complete")
def test_prices_by_quantity_and_industries_go_along_with_the_lead_and_the_company_and_nobody_elses_do() -> None:
    mine = trader("Roasted coffee", 4123)
    trader("Sesame seed", 53217689)  # so long a number is in no digest of a file by chance

    archive = archive_of(mine)

    (tier,) = json.loads(archive.read("data/offerboard-pricetier.json"))
    (industry,) = json.loads(archive.read("data/directory-company_industries.json"))
    assert (tier["lead"], float(tier["min_quantity"]), float(tier["price"])) == (mine.leads.get().pk, 70.0, 4123.0)
    assert industry["category"] == {"id": Category.objects.get(name="Roasted coffee").pk, "name": "Roasted coffee"}
    said = {entry["table"]: entry for entry in manifest(archive)["tables"]}
    assert (said["offerboard.PriceTier"]["rows"], said["offerboard.PriceTier"]["why"]) == (1, ["Publishing your leads"])
    assert "4,123" in archive.read("pages/offerboard-pricetier-1.html").decode()
    assert [word for word in ("53217689", "53,217,689", "Sesame seed") if word in texts(archive)] == []


def test_prices_of_leads_that_a_colleague_posted_do_not_go_along() -> None:
    colleague = trader("Roasted coffee", 4123)
    editor = MemberFactory(company=colleague.teams.get().company, role="editor")

    assert "data/offerboard-pricetier.json" not in archive_of(editor).namelist()


# --- what a copy says besides the data -------------------------------------------------------------------------------


def test_it_says_what_a_person_can_ask_for_and_where_to_complain(settings: Any) -> None:
    """GDPR art. 15(1)(e), (f) and (h): on the first page, and in the manifest."""
    settings.OPERATOR = {**settings.OPERATOR, "name": "Example Ltd", "privacy_email": "privacy@market.example"}
    archive = archive_of(MemberFactory())

    said = manifest(archive)
    page = archive.read("index.html").decode()

    for words in ("corrected", "deleted", "restriction", "object", "data protection authority", "by software alone"):
        assert [words in right for right in said["rights"]].count(True) == 1
    assert "Questions and wishes go to privacy@market.example." in said["rights"]
    assert [right for right in said["rights"] if right not in page] == []
    assert said["controller"]["Controller"] == "Example Ltd"
    assert "Example Ltd" in page


def test_it_says_who_gets_data_by_name_in_which_country_and_on_which_ground() -> None:
    """GDPR art. 15(2); a receiver of the past gets nothing any more."""
    ReceiverFactory(kind="mail", name="Post <Inc>", country="US", transfer="clauses", task="Carries our mail")
    ReceiverFactory(name="Gone Ltd", until=NOW.date().replace(day=1))
    archive = archive_of(MemberFactory())

    assert manifest(archive)["receivers"] == [
        {
            "name": "Post <Inc>",
            "kind": "The company that carries our mail",
            "task": "Carries our mail",
            "country": "United States of America",
            "transfer": str(Receiver.Transfer.CLAUSES.label),
        }
    ]
    page = archive.read("index.html").decode()
    assert "Post &lt;Inc&gt;" in page
    assert "standard contractual clauses (art. 46)" in page
    assert "Gone Ltd" not in texts(archive)


def test_it_says_of_former_partners_that_had_something_whether_they_have_deleted_it() -> None:
    """Once each, and nothing of those that had nothing of this person."""
    member = MemberFactory()
    for name in ("Agri & List", "Other"):
        receiver = outside("partner", name)
        ContractEnd.objects.create(receiver=receiver, ended_on=NOW.date(), opened_at=NOW, due_at=NOW)
    given_to("Other", MemberFactory(), PHONE)
    for day in (1, 2):
        given_to("Agri & List", member, PHONE, day=day)
    archive = archive_of(member)

    [line] = manifest(archive)["ended"]
    assert line.startswith("Agri & List: Contract ended on ")
    assert line.endswith("not confirmed yet")
    assert escape(line) in archive.read("index.html").decode()


def test_each_part_says_why_it_is_here_who_gets_it_where_and_from_whom_it_comes(
    people: tuple[Someone, list[Canary], Someone, list[Canary]],
) -> None:
    """GDPR art. 15(1)(a) to (d), (g) and 15(2): on its pages, and in the manifest; no source where it is the person."""
    mine, _planted, _other, _others = people
    archive = archive_of(mine.member)

    said = {entry["data"]: entry for entry in manifest(archive)["tables"]}
    assert [name for name, entry in said.items() if not (entry["why"] and entry["keep"] and entry["receivers"])] == []
    letters, decisions = said["data/offerboard-message.json"], said["data/moderation-decision.json"]
    assert (letters["why"], letters["keep"], letters["source"]) == (
        ["Letting buyers and sellers reach each other"],
        ["2 years"],
        "",
    )
    assert [transfer.split(":")[0] for transfer in letters["transfers"]] == [
        "To the country of the company that you write to or deal with, whichever it is"
    ]
    assert (decisions["source"], decisions["transfers"]) == ("our moderators", [])
    for entry in said.values():
        page = archive.read(entry["pages"][0]).decode()
        words = [*entry["why"], *entry["keep"], *entry["receivers"], *entry["transfers"], entry["source"]]
        assert [text for text in words if escape(text) not in page] == []
        assert ("From whom:" in page) == bool(entry["source"])


def test_who_left_a_team_does_not_learn_who_asks_about_the_leads_they_posted() -> None:
    left = MemberFactory()
    lead = LeadFactory(posted_by=left)
    MessageFactory(inquiry__lead=lead, inquiry__sender=CompanyFactory(legal_name="Savanna Spice Mills"))

    assert "Savanna Spice Mills" not in texts(archive_of(left))
