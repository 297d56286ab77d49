"""The plugin of tests/promises.py on tiny suites, and what hangs on it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.settings import BASE_DIR

SETTINGS = """
[pytest]
addopts = -p tests.promises -p xdist.plugin -p no:cacheprovider --strict-markers --strict-config -r N
markers = promise(id)
promise_texts = policies
promise_proofs = promises.json
"""
SUITE = """
import os, pytest

@pytest.mark.promise("no-sale")
def test_nothing_is_sold():
    pass

@pytest.mark.skipif("NO_BROWSER" in os.environ, reason="")
@pytest.mark.promise("no-sale")
def test_in_a_browser():
    "It sells nothing.\\n\\nReally."
"""
PROVED = {
    "no-sale": [
        {"test": "test_it.py::test_in_a_browser", "sentence": "In a browser. It sells nothing."},
        {"test": "test_it.py::test_nothing_is_sold", "sentence": "Nothing is sold."},
    ]
}
STALE = "promises.json is not what this run proved: `make promises` writes it."
UNWELL = """
import pytest

promise = pytest.mark.promise

@promise("skipped")
@pytest.mark.skip
def test_a(): pass

@promise("skipped-late")
def test_b(): pytest.skip("no browser")

@promise("xfailed")
@pytest.mark.xfail
def test_c(): assert False

@promise("xpassed")
@pytest.mark.xfail
def test_d(): pass

@promise("failed")
def test_e(): assert False

@pytest.fixture
def broken():
    yield
    assert False

@promise("not-cleaned-up")
def test_f(broken): pass

@promise("one-parameter-failed")
@pytest.mark.parametrize("n", [1, 2])
def test_g(n): assert n == 1

@promise("deselected")
def test_left_out(): pass

@promise("one-parameter-deselected")
@pytest.mark.parametrize("way", ["chosen", "left_out"])
def test_h(way): pass
"""
WHY = {
    "deselected": "none tries",
    "failed": "test_it.py::test_e failed",
    "missing": "none tries",
    "not-cleaned-up": "test_it.py::test_f failed",
    "one-parameter-deselected": "test_it.py::test_h ran only in part",
    "one-parameter-failed": "test_it.py::test_g failed",
    "skipped": "test_it.py::test_a was skipped",
    "skipped-late": "test_it.py::test_b was skipped",
    "xfailed": "test_it.py::test_c was expected to fail",
    "xpassed": "test_it.py::test_d was expected to fail",
}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """One promise, proved twice."""
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    (tmp_path / "policies").mkdir()
    promise(tmp_path, "no-sale")
    (tmp_path / "promises.json").write_text(json.dumps(PROVED))
    (tmp_path / "test_it.py").write_text(SUITE)
    return tmp_path


def promise(suite: Path, *ids: str) -> None:
    """These alone."""
    text = "\n\n".join(f"We keep little. We keep our word. [promise: {name}] Really." for name in ids)
    (suite / "policies" / "privacy.txt").write_text(text)


def run(suite: Path, *options: str, **environment: str) -> tuple[int, list[str]]:
    """Exit status, and what was said about promises."""
    usual = {"PYTHONPATH": str(BASE_DIR), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        check=False,
        cwd=suite,
        env={**os.environ, **usual, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
    )
    _before, _title, section = ended.stdout.partition(" promises ==")
    return ended.returncode, [line for line in section.splitlines()[1:] if line.strip("=")[:1] not in {"", " "}]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_all_is_well_when_each_promise_has_a_test_that_passed(suite: Path, workers: str) -> None:
    assert run(suite, "--all-promises", "-n", workers) == (0, [])


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_promise_that_no_passing_test_proves_fails_the_run_which_says_why(suite: Path, workers: str) -> None:
    promise(suite, *WHY)
    (suite / "promises.json").write_text("{}")
    (suite / "test_it.py").write_text(UNWELL)

    assert run(suite, "--all-promises", "-n", workers, "-k", "not left_out") == (
        1,
        [f"“{name}” is promised and no test that ran and passed proves it ({why})." for name, why in WHY.items()],
    )


def test_a_promise_without_a_test_fails_a_run_in_which_all_tests_pass(suite: Path) -> None:
    promise(suite, "no-sale", "missing")

    status, said = run(suite, "--all-promises")

    assert (status, len(said), "missing" in said[0]) == (1, 1, True)
    assert run(suite) == (0, [])  # a part of the tests is not asked for every promise


@pytest.mark.parametrize("options", [(), ("--all-promises",), ("-n", "2")])
def test_a_mark_of_what_nobody_promised_fails_every_run(suite: Path, options: tuple[str, ...]) -> None:
    (suite / "test_it.py").write_text(SUITE.replace("@", '@pytest.mark.promise("no-sail")\n@', 1))

    assert run(suite, *options)[0] == 1
    assert run(suite)[1] == ["test_it.py::test_nothing_is_sold proves “no-sail”, which no policy promises."]


@pytest.mark.parametrize("written", ["{}", json.dumps(PROVED).replace("Nothing is sold.", "All is sold."), None])
def test_a_list_that_is_not_what_was_proved_fails_the_run_until_it_is_written(suite: Path, written: str | None) -> None:
    file = suite / "promises.json"
    file.unlink() if written is None else file.write_text(written)

    assert run(suite, "--all-promises") == (1, [STALE])
    assert run(suite, "--write-promises", "-n", "2") == (0, [])
    assert json.loads(file.read_text(encoding="utf-8")) == PROVED
    assert run(suite, "--all-promises") == (0, [])


def test_a_list_is_not_written_from_a_run_that_failed(suite: Path) -> None:
    (suite / "test_it.py").write_text(f"{SUITE.replace('sold', 'sold_at_all')}\ndef test_b():\n    assert False\n")

    assert run(suite, "--write-promises") == (1, [STALE])
    assert json.loads((suite / "promises.json").read_text()) == PROVED


def test_a_second_proof_that_this_machine_cannot_run_stays_in_the_list(suite: Path) -> None:
    """As a test in a browser where there is none; the promise does not rest on it."""
    assert run(suite, "--all-promises", NO_BROWSER="1") == (0, [])


def test_marks_may_be_several_and_a_classs_and_all_parameters_are_one_test(suite: Path) -> None:
    promise(suite, "no-sale", "no-watching")
    (suite / "test_it.py").write_text(
        'import pytest\n@pytest.mark.promise("no-sale")\nclass TestIt:\n'
        '    @pytest.mark.promise("no-watching")\n    @pytest.mark.parametrize("n", [1, 2])\n'
        "    def test_nobody_is_watched(self, n): pass\n"
    )

    assert run(suite, "--write-promises") == (0, [])

    proof = [{"test": "test_it.py::TestIt::test_nobody_is_watched", "sentence": "Nobody is watched."}]
    assert json.loads((suite / "promises.json").read_text()) == {"no-sale": proof, "no-watching": proof}


def test_make_test_asks_for_every_promise_and_a_part_of_it_does_not() -> None:
    def command(*words: str) -> str:
        asked = ["make", "--dry-run", "--directory", str(BASE_DIR), "test", *words]
        return subprocess.run(asked, capture_output=True, encoding="utf-8", check=True).stdout

    assert "--all-promises" in command()
    assert "--all-promises" not in command("ARGS=-x")
