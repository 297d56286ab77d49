"""The bench: every budget has a line, and what misses is seen to miss."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from directory.services import load_categories
from marketplace.bench.caller import HELLO, Caller, UnexpectedAnswer, application
from marketplace.bench.clock import percentile, ratio_in_turn
from marketplace.bench.exact import exact_ids
from marketplace.bench.findings import Finding, Line, Unmeasured, summarise, table
from marketplace.bench.inserting import measure_insertion
from marketplace.bench.mix import ADVERSARIAL, PARTS, search_mix
from marketplace.bench.paging import measure_pages
from marketplace.bench.place import Market
from marketplace.bench.profiles import of_python, of_queries, statements
from marketplace.bench.pulling import measure_pulling
from marketplace.bench.searching import measure_depth, measure_exactness
from marketplace.bench.sizes import compare_sizes
from marketplace.embedded.servers import CHECKOUT
from marketplace.seed.market import Size, seed_market
from marketplace.seed.people import DEMO_EMAILS
from marketplace.seed.scale.market import seed_scale
from offerboard.models import Lead
from offerboard.search import Filters
from partners.models import ApiKey
from tests.factories import NOW

LEADS = 1_200


@pytest.fixture
def market(db: None) -> Market:
    """A small market, posted up to NOW."""
    return make_market(NOW)


def make_market(now: datetime) -> Market:
    load_categories()
    seed_market(size=Size(companies=4, leads=24), seed=7, passwords=dict.fromkeys(DEMO_EMAILS, "a-pass-word"), now=now)
    seed_scale(leads=LEADS, number=7, now=now, say=lambda _: None)
    return Market(LEADS, 7, now)


def lines_of(found: Iterable[Finding | Unmeasured]) -> dict[str, Line]:
    return {line.what: line for line in summarise([list(found)])}


def finding(value: float, *, at_most: float | None = None, at_least: float | None = None) -> Finding:
    return Finding(number=2, what="search", value=value, measured="", at_most=at_most, at_least=at_least)


def test_the_median_of_the_runs_decides() -> None:
    (line,) = summarise([[finding(value, at_most=60)] for value in (70, 50, 59)])

    assert (line.figure, line.verdict) == (59, "ok")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (finding(61, at_most=60), "missed"),
        (finding(60, at_most=60), "ok"),
        (finding(0.24, at_least=0.25), "missed"),
        (finding(0.25, at_least=0.25), "ok"),
        (finding(5), "report"),
        (Unmeasured(14, "memory: export", "not built yet"), "not built yet"),
    ],
)
def test_a_line_says_whether_the_bound_holds(found: Finding | Unmeasured, verdict: str) -> None:
    lines = summarise([[found]])

    assert [line.verdict for line in lines] == [verdict]
    assert verdict in table(lines)
    assert lines[0].missed == (verdict == "missed")


def test_the_slow_end_is_one_of_the_values() -> None:
    assert percentile([*range(1, 200), 1000], 0.99) == 199
    assert percentile([5], 0.99) == 5


def test_both_are_called_in_turn() -> None:
    calls: list[str] = []

    ratio_in_turn(lambda: calls.append("a"), lambda: calls.append("b"), rounds=2, times=2)

    assert "".join(calls) == "aabbaabb"


def test_a_market_of_ten_times_the_size_is_compared_once_both_are_measured(tmp_path: Path) -> None:
    def keep(leads: int, *p99: float) -> None:
        names = ("p99 of the search mix", "p99 without the adversarial tenth")
        lines = [{"number": 2, "what": name, "value": value} for name, value in zip(names, p99, strict=True)]
        (tmp_path / f"results-{leads}.json").write_text(json.dumps({"lines": lines}))

    keep(1_000_000, 20, 10)
    assert [line.verdict for line in compare_sizes(tmp_path)] == ["not measured: run it with 10000000 leads"] * 2
    keep(10_000_000, 100, 45)

    assert [(line.figure, line.verdict) for line in compare_sizes(tmp_path)] == [(5, "ok"), (4.5, "missed")]


def test_the_mix_is_the_same_every_time_and_has_every_kind(market: Market) -> None:
    mix = search_mix(market)

    assert search_mix(market) == mix
    assert {query.part for query in mix} == set(PARTS)
    assert len(mix) == 200
    assert len([query for query in mix if query.part == ADVERSARIAL]) == 20
    assert max(len(query.filters.words) for query in mix) == 10_000


def test_pages_are_compared_with_the_leads_own_columns(market: Market) -> None:
    line = lines_of(measure_exactness(market))["first 3 pages equal to an exact query's"]

    assert (line.number, line.bound, line.figure, line.verdict) == (3, "≥ 100", 100, "ok")


def test_a_page_that_lacks_a_lead_is_seen(market: Market) -> None:
    """The clock of the exact query runs ahead, so that it knows a lead less than the pages."""
    ends = Lead.objects.public(at=NOW).earliest("expires_at").expires_at
    assert ends is not None

    assert len(exact_ids(Filters(), now=NOW, limit=LEADS)) > len(exact_ids(Filters(), now=ends, limit=LEADS)) > 0


def test_a_deep_page_is_compared_with_the_first(market: Market) -> None:
    (line,) = lines_of(measure_depth(market)).values()

    assert (line.number, line.bound) == (4, "≤ 2")
    assert line.figure is not None


@pytest.mark.django_db(transaction=True)  # a request takes the connection back from a test
def test_pages_have_rates_and_counts_of_queries() -> None:
    lines = lines_of(measure_pages(make_market(timezone.now())))

    assert {line.number for line in lines.values()} == {5, 6, 7}
    assert {
        f"queries: {page}" for page in ("board, visitor", "lead, visitor", "company, visitor", "inbox, signed in")
    } < (set(lines))
    assert lines["queries: board, visitor"].figure


@pytest.mark.django_db(transaction=True)  # a request takes the connection back from a test
def test_a_page_with_a_query_too_many_is_missed(market: Market) -> None:
    with application() as whole, statements() as sent:
        Caller(whole).page("/leads/")
        for _ in range(7):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")

    assert len(sent) > 7
    assert summarise([[finding(len(sent), at_most=6)]])[0].missed


@pytest.mark.django_db(transaction=True)  # a request takes the connection back from a test
def test_a_page_that_fails_is_not_measured(market: Market) -> None:
    with application() as whole:
        assert Caller(whole).page(HELLO).body == b"hello"
        with pytest.raises(UnexpectedAnswer, match="/leads/no-such-lead/ answers 404"):
            Caller(whole).page("/leads/no-such-lead/")


def test_profiles_name_the_query_and_the_functions(db: None) -> None:
    def ask() -> None:
        list(Lead.objects.filter(title="x"))

    assert "offerboard_lead" in of_queries(ask)
    assert "Execution Time" in of_queries(ask)
    assert "function calls" in of_python(ask)


def test_small_markets_are_refused() -> None:
    with pytest.raises(CommandError, match="more than 2000 leads"):
        call_command("bench", leads=100)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_insertion_leaves_the_table_as_it_was() -> None:
    load_categories()
    seed_scale(leads=LEADS, number=7, now=NOW, say=lambda _: None)

    (line,) = lines_of(measure_insertion(Market(LEADS, 7, NOW))).values()

    assert (line.number, line.bound, Lead.objects.count()) == (12, "≥ 0.5", LEADS)


@pytest.mark.long
def test_the_command_prints_every_budget_and_keeps_the_figures(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL", "TESTING")
    }
    environment["MARKETPLACE_STATE"] = str(tmp_path)
    command = [sys.executable, str(CHECKOUT / "manage.py")]
    try:
        done = subprocess.run(
            [*command, "bench", "--leads", "2500", "--runs", "1"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        subprocess.run([*command, "servers", "stop"], env=environment, check=True)

    numbers = {line.split()[0] for line in done.stdout.splitlines() if line[:1].isdigit()}
    assert {"1", "2", "3", "4", "5", "6", "7", "12", "14"} <= numbers, done.stdout + done.stderr
    assert done.returncode == (1 if "missed" in done.stdout else 0)
    assert json.loads((tmp_path / "bench" / "results-2500.json").read_text())["leads"] == 2500


@pytest.mark.django_db(transaction=True)
def test_the_pages_and_exports_of_programs_are_measured_and_their_key_ends() -> None:
    """Both over a COPY of the same."""
    make_market(timezone.now())

    found = list(measure_pulling(Market(LEADS, 7, timezone.now())))

    assert [(one.number, one.at_least) for one in found] == [(8, 0.5), (9, 0.2)]
    assert [key.revoked_at is None for key in ApiKey.objects.all()] == [False]
