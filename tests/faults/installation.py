"""A whole market in processes of its own, whose parts a test can kill."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

from marketplace.embedded.servers import CHECKOUT, Servers
from tests.ports import own_port


class Installation:
    """PostgreSQL, Valkey, web, workers (one with beat, others for imports and webhooks) and a mail catcher."""

    def __init__(self, state: Path) -> None:
        """Start the servers and fill the database with a small seed; programs are started by the tests."""
        self.state = state
        self.servers = Servers(state, for_tests=True)
        self.web_port, self.mail_port = own_port(), own_port()
        self.address = f"http://127.0.0.1:{self.web_port}"
        self.mailbox = state / "mailbox"
        self.environment = {
            **os.environ,
            **self.servers.start(),
            "DEMO": "1",
            "SECRET_KEY": "only for this test " + "x" * 40,
            "MARKETPLACE_STATE": str(state),
            "STATEMENT_TIMEOUT_MS": "60000",
            "SITE_URL": self.address,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "LOG_LEVEL": "WARNING",
            "LEADS_PER_DAY": "1000000",
            "WEBHOOK_NETWORKS": "127.0.0.0/8",
        }
        self.environment.pop("TESTING", None)
        self.programs: dict[str, subprocess.Popen[bytes]] = {}
        for arguments in (
            ["migrate", "-v0"],
            ["collectstatic", "--noinput", "-v0"],
            ["seed", "--companies", "6", "--leads", "12"],
        ):
            subprocess.run([sys.executable, "manage.py", *arguments], cwd=CHECKOUT, env=self.environment, check=True)

    def start(self, name: str) -> None:
        """Start one program by its name."""
        command = {
            "mail": ["-m", "marketplace.mailcatcher", str(self.mail_port), str(self.mailbox)],
            "web": [
                "-m",
                "gunicorn",
                "marketplace.wsgi",
                "--bind",
                f"127.0.0.1:{self.web_port}",
                "--threads",
                "4",
                "--no-control-socket",
            ],
            "worker": [
                "-m",
                "celery",
                "-A",
                "marketplace",
                "worker",
                "--beat",
                "--concurrency",
                "1",
                "--schedule",
                str(self.state / "beat"),
            ],
            **{
                queue: ["-m", "celery", "-A", "marketplace", "worker", "--queues", queue, "--concurrency", "1"]
                for queue in ("imports", "webhooks")
            },
        }[name]
        log = (self.state / f"{name}.log").open("ab")
        self.programs[name] = subprocess.Popen(
            [sys.executable, *command],
            cwd=CHECKOUT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """SIGKILL to the program and its children, as a crash would."""
        program = self.programs.pop(name)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()

    def stop(self) -> None:
        """End everything."""
        for name in list(self.programs):
            self.kill(name)
        self.servers.stop()

    def password(self, who: str) -> tuple[str, str]:
        """E-mail and password of the seed's seller, buyer or moderator."""
        accounts = json.loads((self.state / "demo.json").read_text())
        return accounts[who]["email"], accounts[who]["password"]

    def mails(self) -> list[str]:
        """The mails that arrived, each whole."""
        return [path.read_text(errors="replace") for path in sorted(self.mailbox.glob("*.eml"))]


class Person:
    """Somebody with a browser that knows forms and cookies and nothing else."""

    def __init__(self, installation: Installation) -> None:
        self.address = installation.address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page, self.url, self.status = "", "", 0

    def open(self, path: str, data: dict[str, str] | None = None) -> int:
        """Open a page, or send a form to it; returns the status after redirects."""
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        request = urllib.request.Request(  # noqa: S310 - our own address
            path if path.startswith("http") else self.address + path,
            data=body,
            headers={"Referer": self.url or self.address},
        )
        try:
            with self.opener.open(request, timeout=60) as answer:
                self.page, self.url, self.status = answer.read().decode(), answer.url, answer.status
        except urllib.error.HTTPError as error:
            self.page, self.status = error.read().decode(), error.code
        return self.status

    def send(self, path: str, **fields: str) -> int:
        """Open a form, then send it with what it holds hidden and with these fields."""
        self.open(path)
        main = self.page[self.page.index("<main") :]
        hidden = {
            re.search(r'name="([^"]+)"', tag)[1]: (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]  # type: ignore[index]
            for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', main)
        }
        return self.open(path, {**hidden, **fields})

    def log_in(self, account: tuple[str, str]) -> int:
        """Through the log-in page."""
        return self.send("/account/login/", login=account[0], password=account[1])
