"""Loading the names of the Harmonized System from a file."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from directory.hs_file import WrongHsFile, read_hs_file
from directory.hs_loading import load_hs_names
from directory.models import HsName
from directory.selectors.hs import hs_words

pytestmark = pytest.mark.django_db
COMTRADE = Path(__file__).resolve().parents[3] / "shared" / "data" / "hs2022.csv"
HEAD = "section,hscode,description,parent,level"
GOOD = [
    HEAD,
    "II,09,Spices and hot drinks,TOTAL,2",
    'II,0901,"Coffee, also decaffeinated",09,4',
    "II,090111,Coffee; raw,0901,6",
    "II,090121,Coffee; roasted,0901,6",
    "TOTAL,TOTAL,Everything,TOTAL,5",
    "TOTAL,99,Not said,TOTAL,2",
]
CODES = ["09", "0901", "090111", "090121"]
Write = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Puts lines into a file and says where it is."""

    def write(lines: list[str], *, encoding: str = "utf-8", end: str = "\n") -> str:
        path = tmp_path / "hs.csv"
        path.write_bytes((end.join(lines) + end).encode(encoding))
        return str(path)

    return write


def load(path: str, **options: Any) -> str:
    said = StringIO()
    call_command("load_hs", path, stdout=said, **options)
    return said.getvalue()


def table() -> list[tuple[int, str, str]]:
    return list(HsName.objects.order_by("edition", "code").values_list("edition", "code", "name"))


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\n"), ("utf-8", "\r\n")])
def test_a_file_is_loaded_and_counted(write: Write, encoding: str, end: str) -> None:
    said = load(write(GOOD, encoding=encoding, end=end))

    assert "4 names added, 0 changed, 0 removed, 0 as before; 2 lines left out" in said
    assert [code for _edition, code, _name in table()] == CODES
    assert table()[1] == (2022, "0901", "Coffee, also decaffeinated")


def test_a_second_run_changes_nothing(write: Write) -> None:
    load(write(GOOD))
    before = list(HsName.objects.order_by("code").values_list())

    assert "0 names added, 0 changed, 0 removed, 4 as before" in load(write(GOOD))
    assert list(HsName.objects.order_by("code").values_list()) == before


def test_a_newer_file_adds_changes_and_removes(write: Write) -> None:
    load(write(GOOD))
    newer = [*GOOD[:3], "II,090111,Coffee beans; raw,0901,6", "II,090112,Coffee; raw; no caffeine,0901,6"]

    assert "1 names added, 1 changed, 1 removed, 2 as before" in load(write(newer))
    assert [(code, name) for _edition, code, name in table()][2:] == [
        ("090111", "Coffee beans; raw"),
        ("090112", "Coffee; raw; no caffeine"),
    ]


def test_editions_stand_side_by_side(write: Write) -> None:
    load(write(GOOD))
    load(write([*GOOD[:3], "II,090199,Coffee; of old,0901,6"]), edition=2017)

    assert [edition for edition, _code, _name in table()] == [2017] * 3 + [2022] * 4


def test_the_words_beside_a_code_follow_at_once(write: Write, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        load(write(GOOD))
    assert hs_words("090111", 2022) == "Coffee; raw"

    with django_capture_on_commit_callbacks(execute=True):
        load(write([*GOOD[:3], "II,090111,Coffee beans,0901,6"]))
    assert hs_words("090111", 2022) == "Coffee beans"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "Line 1 lacks these columns: hscode, description, parent, level."),
        (["name,price", "coffee,5"], "Line 1 lacks these columns: hscode, description, parent, level."),
        ([HEAD.replace(",", ";"), *GOOD[1:]], "Line 1 lacks these columns"),
        ([HEAD], "The file holds no codes."),
        ([*GOOD, "II,0901,09"], "Line 8 has 3 columns instead of 5."),
        ([*GOOD, "II,09011,Coffee,0901,6"], "Line 8, column “hscode”: “09011” is not 2, 4 or 6 digits."),
        ([*GOOD, "II,٠٩٠١٢٢,Coffee,0901,6"], "Line 8, column “hscode”"),
        ([*GOOD, "II,090111,Coffee again,0901,6"], "Line 8, column “hscode”: the code 090111 stands there twice."),
        ([*GOOD, "II,090122,Coffee,0901,4"], "Line 8, column “level”: 090122 has 6 digits."),
        ([*GOOD, "II,090122,Coffee,0902,6"], "Line 8, column “parent”: 090122 belongs under 0901."),
        ([*GOOD, "II,090210,Green tea,0902,6"], "Line 8, column “parent”: the file has no code 0902."),
        ([*GOOD, "II,090122, ,0901,6"], "Line 8, column “description”: a name of 1 to 1000 characters is needed."),
        ([*GOOD, f"II,090122,{'x' * 1001},0901,6"], "Line 8, column “description”"),
        ([*GOOD, "II,090122,Cof\x00fee,0901,6"], "Line 8"),
        ([*GOOD, "I,0111,Unicorns,01,4"], "Line 8, column “hscode”: HS 2022 has no 0111"),
        ([*GOOD, 'II,090122,"Coffee,0901,6'], "Line 8 is not CSV"),
    ],
)
def test_a_wrong_file_is_refused_by_line_and_column_and_changes_nothing(
    write: Write, lines: list[str], said: str
) -> None:
    load(write(GOOD))
    before = list(HsName.objects.order_by("code").values_list())

    with pytest.raises(CommandError) as refusal:
        load(write(lines))

    assert said in str(refusal.value)
    assert str(refusal.value).endswith("Nothing was changed.")
    assert list(HsName.objects.order_by("code").values_list()) == before


def test_another_encoding_is_refused_by_its_line(write: Write) -> None:
    with pytest.raises(CommandError, match="Line 8 is not written in UTF-8"):
        load(write([*GOOD, "II,090122,Café,0901,6"], encoding="latin-1"))


def test_a_file_that_is_too_large_is_not_read_to_its_end() -> None:
    with pytest.raises(WrongHsFile, match="larger than 20 MB"):
        read_hs_file(b"x" * (20 * 1024 * 1024 + 1), edition=2022)


@pytest.mark.parametrize("path", ["/no/such/file.csv", "/"])
def test_a_file_that_cannot_be_opened_is_said_to_be_so(path: str) -> None:
    with pytest.raises(CommandError, match=path):
        load(path)


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        ({"code": "090", "name": "x"}, "hs_name_code_form"),
        ({"code": "09011x", "name": "x"}, "hs_name_code_form"),
        ({"code": "0901", "name": ""}, "hs_name_has_name"),
        ({"code": "0901", "name": "x", "edition": 1999}, "hs_name_edition_known"),
    ],
)
def test_the_table_refuses_what_is_no_code(row: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        HsName.objects.create(**{"edition": 2022} | row)


@pytest.mark.skipif(not COMTRADE.exists(), reason="the list of UN Comtrade lies beside the checkout, if anywhere")
def test_the_official_list_is_loaded_in_a_few_statements(django_assert_max_num_queries: Any) -> None:
    file = read_hs_file(COMTRADE.read_bytes(), edition=2022)

    with django_assert_max_num_queries(12):
        loaded = load_hs_names(file=file, edition=2022)

    assert (loaded.added, loaded.removed, HsName.objects.count()) == (6936, 0, 6936)
    assert sum(len(code) == 6 for code in file.names) == 5612
