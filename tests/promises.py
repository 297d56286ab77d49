"""A pytest plugin: each promise of the policies is proved by tests that ran and passed (docs/CONTRIBUTING.md).

A test says what it proves with `@pytest.mark.promise("<id>")`. At the end of a whole run (`--all-promises`) nothing may
be promised that no test proved, and the list that visitors read must be what this run has found.
"""

import inspect
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from privacy.marks import promised, read_texts

PROPERTY = "promise"  # the word in a report's properties, which reach the controller from every worker
ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)

Proofs = dict[str, list[dict[str, str]]]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("promises")
    group.addoption("--all-promises", action="store_true", help="fail where a promise is not proved by this run")
    group.addoption("--write-promises", action="store_true", help="write down which tests proved which promise")
    parser.addini("promise_texts", "folder of the texts that promise")
    parser.addini("promise_proofs", "file that --write-promises writes")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Ledger(config))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before any test is deselected, so that a parameter which does not run is missed."""
    marked = [item for item in items if item.get_closest_marker("promise")]
    parameters = Counter(_test_of(item.nodeid) for item in marked)
    for item in marked:
        promises = sorted({promise for mark in item.iter_markers("promise") for promise in mark.args or [""]})
        item.user_properties.append((PROPERTY, [promises, _sentence(item), parameters[_test_of(item.nodeid)]]))


def _test_of(node: str) -> str:
    return node.partition("[")[0]


def _sentence(item: pytest.Item) -> str:
    """Its name, which is a sentence here, and the first line of what its docstring adds."""
    words = _test_of(item.name).removeprefix("test_").replace("_", " ")
    added = (inspect.getdoc(getattr(item, "obj", None)) or "").partition("\n")[0]
    return f"{words[:1].upper()}{words[1:]}. {added}".strip()


@dataclass(slots=True)
class Test:
    """What became of a test with all its parameters."""

    __test__ = False

    sentence: str
    parameters: int
    promises: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    outcomes: set[str] = field(default_factory=set)  # other than passed

    def note(self, report: pytest.TestReport) -> None:
        """Take in one phase of one parameter; what is expected to fail proves nothing, whether it fails or not."""
        if hasattr(report, "wasxfail"):
            self.outcomes.add("was expected to fail")
        elif not report.passed:
            self.outcomes.add("was skipped" if report.skipped else "failed")
        elif report.when == "call":
            self.passed.add(report.nodeid)

    @property
    def fate(self) -> str:
        """What kept it from proving anything; nothing if it passed."""
        part = {"ran only in part"} if len(self.passed) < self.parameters and not self.outcomes else set()
        return " and ".join(sorted(self.outcomes | part))


class Ledger:
    """Collects, where the run is led from, who proved what."""

    def __init__(self, config: pytest.Config) -> None:
        self.writes: bool = config.getoption("write_promises")
        self.is_whole: bool = self.writes or config.getoption("all_promises")
        self.file = config.rootpath / config.getini("promise_proofs")
        self.known = {one.promise for one in promised(read_texts(config.rootpath / config.getini("promise_texts")))}
        self.tests: dict[str, Test] = {}
        self.problems: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == PROPERTY:
                promises, sentence, parameters = cast("tuple[list[str], str, int]", value)
                test = self.tests.setdefault(_test_of(report.nodeid), Test(sentence, parameters))
                test.promises.update(promises)
                test.note(report)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus not in ENDED or session.config.option.collectonly:
            return
        self.problems = [*self._unknown(), *(self._unproved() if self.is_whole else ())]
        if self.writes and not self.problems and exitstatus == pytest.ExitCode.OK:
            self.file.write_text(json.dumps(self.proofs(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        elif self.is_whole and self._is_stale():
            self.problems.append(f"{self.file.name} is not what this run proved: `make promises` writes it.")
        if self.problems:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.problems:
            terminalreporter.section("promises", red=True, bold=True)
        for problem in self.problems:
            terminalreporter.line(problem, red=True)

    def proofs(self) -> Proofs:
        """The tests that passed, by promise."""
        found: Proofs = defaultdict(list)
        for name, test in sorted(self.tests.items()):
            for promise in () if test.fate else test.promises:
                found[promise].append({"test": name, "sentence": test.sentence})
        return dict(sorted(found.items()))

    def _unknown(self) -> Iterator[str]:
        for name, test in sorted(self.tests.items()):
            for promise in sorted(test.promises - self.known):
                yield f"{name} proves “{promise}”, which no policy promises."

    def _unproved(self) -> Iterator[str]:
        for promise in sorted(self.known - set(self.proofs())):
            tried = [f"{name} {test.fate}" for name, test in sorted(self.tests.items()) if promise in test.promises]
            why = ", ".join(tried) or "none tries"
            yield f"“{promise}” is promised and no test that ran and passed proves it ({why})."

    def _is_stale(self) -> bool:
        """Whether the file says something else; what this machine cannot run, such as a browser, it may still name."""
        written: Proofs = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        skipped = {name for name, test in self.tests.items() if test.outcomes == {"was skipped"}}
        here = {promise: [one for one in proofs if one["test"] not in skipped] for promise, proofs in written.items()}
        return self.proofs() != {promise: proofs for promise, proofs in here.items() if proofs}
