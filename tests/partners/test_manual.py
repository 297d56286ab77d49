"""The manual: its examples run as they stand, and it leaves nothing out."""

import ast
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from offerboard.models import Lead
from partners.api.manual import EXAMPLES
from partners.description import described
from partners.epochs import begin_epoch
from partners.problem_kinds import KINDS
from tests.factories import CategoryFactory, CompanyFactory, LeadFactory
from tests.partners.calling import partner_caller

FOLDER = Path(settings.BASE_DIR) / "partners" / "examples"
Run = Callable[[str], str]


@pytest.fixture
def run(live_server: Any, tmp_path: Path) -> Run:
    """Runs an example as a reader would, in a folder of its own; what it prints comes back."""
    known = {"MARKET": live_server.url, "KEY": partner_caller().secret, "PATH": os.environ["PATH"]}

    def _run(name: str) -> str:
        command = [sys.executable] if name.endswith(".py") else ["sh", "-e"]
        done = subprocess.run(
            [*command, FOLDER / name], cwd=tmp_path, env=known, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr[-500:] if done.returncode else "") == (0, "")
        return done.stdout

    return _run


def lead(**more: Any) -> Lead:
    """One that is public today, whatever day it is."""
    now = timezone.now()
    made: Lead = LeadFactory(posted_at=now - timedelta(hours=1), expires_at=now + timedelta(days=9), **more)
    return made


live = pytest.mark.django_db(transaction=True)


@live
def test_the_first_call(run: Run) -> None:
    shown = lead()

    assert f'"id":"{shown.slug}"' in run("first_call.sh")


@live
def test_filters(run: Run) -> None:
    for country in ("BR", "PE"):
        lead(company=CompanyFactory(country=country))

    assert run("filters.sh").count('"valid_until"') == 1


@live
def test_nothing_is_sent_twice(run: Run) -> None:
    CategoryFactory()

    assert run("not_twice.sh") == "200\n304\n"


@live
def test_the_export(run: Run) -> None:
    lead()

    first, last = run("export.sh").splitlines()
    assert (first.partition(",")[0], last) == ('{"@": "begin"', '{"@": "end"}')


@live
def test_every_lead_page_by_page(run: Run) -> None:
    shown = [lead(title=f"Lead {number}") for number in range(2)]

    assert run("every_lead.py").splitlines() == [f"{one.slug} 4180 USD {one.title}" for one in reversed(shown)]


@live
def test_the_mirror(run: Run, tmp_path: Path) -> None:
    """As the manual hands it out: from the export, through the feed, and from the export again after its cursor."""

    def mirrored() -> list[str]:
        run("run_mirror.sh")
        market = sqlite3.connect(tmp_path / "market.sqlite")
        rows = market.execute("SELECT id FROM thing WHERE kind = 'lead' ORDER BY id").fetchall()
        return [row[0] for row in rows]

    first, second = lead(slug="a"), lead(slug="b")
    at_first = mirrored()
    lead(slug="c")
    Lead.objects.filter(pk=first.pk).update(state=Lead.State.CLOSED)
    then = mirrored()
    begin_epoch()
    Lead.objects.filter(pk=second.pk).update(state=Lead.State.PAUSED)

    assert (at_first, then, mirrored()) == (["a", "b"], ["b", "c"], ["c"])
    assert (tmp_path / "mirror.py").read_bytes() == (FOLDER / "mirror.py").read_bytes()


@pytest.mark.django_db
def test_every_example_is_shown_and_run() -> None:
    page = Client().get("/api/v1/docs/").content.decode()
    tests = Path(__file__).read_text(encoding="utf-8")

    assert sorted(path.name for path in FOLDER.iterdir() if f'"{path.name}"' not in tests) == []
    assert page.count("<pre tabindex") == len(EXAMPLES) + 1  # and the one that sets the variables


@pytest.mark.django_db
def test_the_manual_says_which_fields_are_only_read_and_which_only_sent() -> None:
    """Of a lead of one's own, as the declarations have it."""
    page = Client().get("/api/v1/docs/").content.decode()
    objects = described()["components"]["schemas"]
    read, sent = set(objects["OwnLead"]["properties"]), set(objects["LeadBody"]["properties"])
    lists = [
        set(re.findall(r"<code>(\w+)</code>", page.partition(f"<li>{word}: ")[2].partition("</li>")[0]))
        for word in ("Only read", "Only sent")
    ]

    assert lists == [read - sent, sent - read]
    assert sent - read == {"price_on_request", "valid_days", "publish"}


def test_every_kind_of_problem_that_the_code_raises_is_described() -> None:
    """As calls of Problem name it, and as Django REST framework's own errors are called."""
    apps = ("partners", "directory", "accounts", "offerboard", "marketplace")
    found = set(re.findall(r'HTTP_\w+: \("([-\w]+)"', (FOLDER.parent / "problems.py").read_text(encoding="utf-8")))
    for path in (path for app in apps for path in (Path(settings.BASE_DIR) / app).rglob("*.py")):
        calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
        found |= {
            word.value.value
            for call in calls
            if isinstance(call.func, ast.Name) and call.func.id == "Problem"
            for word in call.keywords
            if word.arg == "kind" and isinstance(word.value, ast.Constant)
        }

    assert found == {kind.name for kind in KINDS}


@pytest.mark.django_db
def test_the_address_of_a_problem_leads_to_its_description() -> None:
    problem = partner_caller().get("nothing/").json()
    page, _hash, anchor = problem["type"].removeprefix(settings.SITE_URL).partition("#")

    assert f'id="{anchor}"' in Client().get(page).content.decode()


@pytest.mark.django_db
def test_the_reference_has_every_address_parameter_and_field() -> None:
    page = Client().get("/api/v1/docs/reference/").content.decode()
    document = described()
    names = {
        one["name"]
        for path in document["paths"].values()
        for told in path.values()
        for one in told.get("parameters", [])
    }
    names |= {name for one in document["components"]["schemas"].values() for name in one.get("properties", {})}

    assert [one for one in (*document["paths"], *sorted(names)) if f"<code>{one}</code>" not in page] == []
