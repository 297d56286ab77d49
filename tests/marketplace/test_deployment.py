"""What runs the market for real, as far as it can be checked without a container engine."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from mailings.periodic import sweep_campaigns
from mailings.tasks import send_campaign_mail
from marketplace.celery import app
from marketplace.demo import market
from marketplace.embedded.account import choose_account
from marketplace.embedded.place import Place
from marketplace.embedded.servers import CHECKOUT
from offerboard.tasks import go_on_importing
from partners.periodic import sweep_webhooks
from partners.tasks import send_webhooks
from privacy.periodic import sweep_retention
from privacy.tasks import build_export, erase_person

COMPOSE = CHECKOUT / "docker-compose.yml"
SECRETS = ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return services


def test_web_waits_for_the_servers_and_the_migrations(services: dict[str, Any]) -> None:
    for name in ("web", "worker", "imports", "campaigns", "webhooks", "beat"):
        assert {other: how["condition"] for other, how in services[name]["depends_on"].items()} == {
            "migrate": "service_completed_successfully",
            "postgres": "service_healthy",
            "redis": "service_healthy",
        }


def of_the_demo(state: Path) -> dict[str, Any]:
    """The commands that the demo runs, with its state there."""
    return {program.name: program.command for program in market(Place(state, choose_account(state)), 1, [], "")}


def test_what_takes_long_has_workers_of_its_own_and_nothing_else_waits_for_it(
    services: dict[str, Any], tmp_path: Path
) -> None:
    """Files of leads, mails to many, calls of other machines: each queue is its worker's only one; so in the demo."""
    demo = of_the_demo(tmp_path)
    queues = {
        name: [command[command.index("--queues") + 1] for command in (services[name]["command"], demo[name])]
        for name in ("worker", "imports", "campaigns", "webhooks")
    }

    assert queues == {
        name: [queue] * 2
        for name, queue in (
            ("worker", "celery"),
            ("imports", "imports"),
            ("campaigns", "campaigns"),
            ("webhooks", "webhooks"),
        )
    }
    routed = {name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks if "." in name}
    slow = {go_on_importing.name, build_export.name, erase_person.name, sweep_retention.name}
    to_many = {send_campaign_mail.name, sweep_campaigns.name}
    calls = {send_webhooks.name, sweep_webhooks.name}
    wanted = {
        **dict.fromkeys(slow, "imports"),
        **dict.fromkeys(to_many, "campaigns"),
        **dict.fromkeys(calls, "webhooks"),
    }
    assert {name: queue for name, queue in routed.items() if queue != "celery"} == wanted


def test_every_service_says_how_healthy_it_is_or_that_it_does_not(services: dict[str, Any]) -> None:
    """The web service has its image's check."""
    checks = {name: service.get("healthcheck") for name, service in services.items()}

    assert [name for name, check in checks.items() if check is None] == ["web"]
    assert "HEALTHCHECK" in (CHECKOUT / "Dockerfile").read_text()


def test_only_web_is_heard_and_only_on_this_machine(services: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert ports == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_secrets_have_no_defaults() -> None:
    used = re.findall(r"\$\{(\w+)(:?[-?]?)", COMPOSE.read_text())

    assert {how for name, how in used if name in SECRETS} == {":?"}
    assert {name for name, _ in used} >= set(SECRETS)


def test_every_setting_that_compose_hands_over_is_read(services: dict[str, Any]) -> None:
    settings = (CHECKOUT / "marketplace" / "settings.py").read_text()
    handed_over = set(services["web"]["environment"])

    assert {name for name in handed_over if f'"{name}"' not in settings} == {"WEB_CONCURRENCY"}  # gunicorn's own


def test_the_image_runs_from_locked_wheels_as_nobody_special() -> None:
    dockerfile = (CHECKOUT / "Dockerfile").read_text()

    assert "--require-hashes --only-binary :all:" in dockerfile
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE) == ["market"]


def test_addresses_may_be_as_long_as_gunicorn_allows(tmp_path: Path) -> None:
    """A search of many filters is a long address; what gunicorn refuses gets a bare page that is not ours."""
    demo = of_the_demo(tmp_path)
    by_hand = re.search(r"^gunicorn .*$", (CHECKOUT / "README.md").read_text(), re.MULTILINE)
    image = re.search(r"^CMD (\[.*\])$", (CHECKOUT / "Dockerfile").read_text().replace("\\\n", ""), re.MULTILINE)

    assert by_hand
    assert image
    for command in (demo["web"], by_hand[0].split(), json.loads(image[1])):
        assert command[command.index("--limit-request-line") + 1] == "8190"


def test_every_app_gets_into_the_image() -> None:
    let_in = {line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    apps = {path.parent.name for path in CHECKOUT.glob("*/apps.py")}

    assert apps - let_in == set()


def test_every_locked_package_has_hashes() -> None:
    for lock in ("base.txt", "dev.txt"):
        text = (CHECKOUT / "requirements" / lock).read_text().replace("\\\n", "")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert [line for line in lines if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)] == []


def test_no_file_names_a_package_host() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    host = re.compile("pypi|pythonhosted|index[-_]url|find[-_]links", re.IGNORECASE)
    kinds = {".txt", ".toml", ".yml", ".yaml", ".cfg", ".sh", ".lock", ""}
    files = [CHECKOUT / name for name in listed.stdout.splitlines() if Path(name).suffix in kinds]

    assert [str(path) for path in files if path.is_file() and host.search(path.read_text(errors="ignore"))] == []
