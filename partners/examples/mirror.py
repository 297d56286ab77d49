#!/usr/bin/env python3
"""Keeps a copy of the market in SQLite, through the API's export and its change feed. Nothing but Python is needed.

    python3 mirror.py https://market.example key.txt market.sqlite          # once
    python3 mirror.py https://market.example key.txt market.sqlite --every 30   # seconds, for ever
    python3 mirror.py https://market.example key.txt market.sqlite --every 600 --listen 8001 --secret secret.txt

It can be killed anywhere and started again: each page is written in one transaction with the cursor behind it.
What the market removes for privacy's sake is removed here and confirmed to it. The table `note` says under `looked`
when the last look came to its end: watch that it does not grow old.

With --listen a webhook wakes it: point one at your web server, and hand what comes on to this port. A message says no
more than that something changed; what did is read from the feed, so that it does not matter whether messages come
twice, late or in another order.
"""

import argparse
import base64
import gzip
import hashlib
import hmac
import json
import sqlite3
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

KINDS = {"category": "categories", "company": "companies", "lead": "leads"}
PATIENCE = 5  # attempts in a row
LONGEST_WAIT = 300.0  # seconds between two looks at a market that is away, unless it asks for longer
TOLERANCE = 300  # seconds by which a message's time may differ from ours
LONGEST = 32 * 1024 * 1024  # bytes of a message: a hundred objects
BROKEN = (OSError, EOFError, HTTPException)  # the line, or what is at its other end
TABLES = """
CREATE TABLE IF NOT EXISTS thing
    (kind TEXT, id TEXT, object TEXT, valid_until TEXT, round INTEGER, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS receipt (id TEXT PRIMARY KEY);
"""


class ExportAgain(Exception):
    """The market does not know any more what has gone since our cursor."""


class Busy(ConnectionError):
    """The market is away or asks us to wait, also after some attempts: so many `seconds`, or 0 if it does not say."""

    def __init__(self, said: str, seconds: float) -> None:
        super().__init__(said)
        self.seconds = seconds


class Mirror:
    """A SQLite file and the market that it follows."""

    def __init__(self, market: str, key: str, file: str) -> None:
        self.market, self.key = market.rstrip("/"), key
        self.database = sqlite3.connect(file)
        self.database.executescript(TABLES)

    def sync(self) -> None:
        """Catch up with the market."""
        if self._noted("changes") is None:
            self._export()
        try:
            self._follow()
        except ExportAgain:
            self._note("changes", None)
            self._export()
            self._follow()
        self._confirm()
        self._note("looked", datetime.now(UTC).isoformat())

    def things(self, kind: str, *, at: datetime | None = None) -> dict[str, Any]:
        """What is public of a kind. What has run out is not, even if we have not heard of it yet."""
        now = (at or datetime.now(UTC)).isoformat()
        rows = self.database.execute(
            "SELECT id, object FROM thing WHERE kind = ? AND (valid_until IS NULL OR valid_until > ?)", (kind, now)
        )
        return {key: json.loads(text) for key, text in rows}

    # --- the whole -------------------------------------------------------------------------------------------

    def _export(self) -> None:
        """Read everything. The feed goes on from the first line of the first kind; what was not read again is gone."""
        if self._noted("round") is None:
            self._note("round", str(time.time_ns()))
        for kind, plural in KINDS.items():
            if self._noted(f"done {kind}") is None:
                self._export_kind(kind, plural)
        with self.database:
            self.database.execute("DELETE FROM thing WHERE round < ?", (int(self._noted("round") or 0),))
            self._write("changes", self._noted("begin"))
            for name in ("begin", "round", *(f"{word} {kind}" for word in ("done", "after") for kind in KINDS)):
                self._write(name, None)

    def _export_kind(self, kind: str, plural: str) -> None:
        round_number = int(self._noted("round") or 0)
        after = self._noted(f"after {kind}")
        for line in self.lines(f"export/{plural}.ndjson", {"after": after} if after else {}):
            thing = json.loads(line)
            match thing.get("@"):
                case None:
                    self._put(kind, thing, round_number)
                case "begin":
                    if self._noted("begin") is None:
                        self._write("begin", thing["changes"])
                case "resume":  # all before it is safe; after a break we go on from here
                    self._write(f"after {kind}", thing["after"])
                    self.database.commit()
                case "end":
                    self._note(f"done {kind}", "yes")
                    return
        raise ConnectionError(f"the export of {plural} broke off")  # the next run resumes it

    # --- what changes -------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        while True:
            page = json.loads(self._call("changes/", {"after": self._noted("changes"), "page_size": 1000}))
            with self.database:
                for change in page["changes"]:
                    self._apply(change)
                self._write("changes", page["next"])
            if not page["has_more"]:
                return

    def _apply(self, change: dict[str, Any]) -> None:
        if change["action"] == "upsert":
            self._put(change["kind"], change["object"], 0)
            return
        self.database.execute("DELETE FROM thing WHERE kind = ? AND id = ?", (change["kind"], change["id"]))
        if removal := change.get("removal"):
            self.database.execute("INSERT OR IGNORE INTO receipt VALUES (?)", (removal["id"],))

    def _confirm(self) -> None:
        """Say that it is gone here, after it is. What is also about contacts is for whoever keeps those to confirm."""
        for (receipt,) in self.database.execute("SELECT id FROM receipt").fetchall():
            if self._is_done(receipt):
                self._call(f"removals/{receipt}/receipt/", body={"proof": "Deleted from our mirror."})
                with self.database:
                    self.database.execute("DELETE FROM receipt WHERE id = ?", (receipt,))

    def _is_done(self, receipt: str) -> bool:
        """Whether all that it is about is gone here. If the market itself has not come to the end, it is not."""
        after = None
        while True:
            page = json.loads(self._call(f"removals/{receipt}/objects/", {"after": after} if after else {}))
            if not all(one["kind"] in KINDS and not self._has(one["kind"], one["id"]) for one in page["results"]):
                return False
            if page["next"] is None or not page["results"]:
                return page["next"] is None
            after = page["next"]

    # --- writing -----------------------------------------------------------------------------------------------

    def _put(self, kind: str, thing: dict[str, Any], round_number: int) -> None:
        self.database.execute(
            "INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?, ?)",
            (kind, thing["id"], json.dumps(thing), thing.get("valid_until"), round_number),
        )

    def _has(self, kind: str, key: str) -> bool:
        found = self.database.execute("SELECT 1 FROM thing WHERE kind = ? AND id = ?", (kind, key))
        return found.fetchone() is not None

    def _noted(self, name: str) -> str | None:
        row = self.database.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def _write(self, name: str, value: str | None) -> None:
        self.database.execute("DELETE FROM note WHERE name = ?", (name,))
        if value is not None:
            self.database.execute("INSERT INTO note VALUES (?, ?)", (name, value))

    def _note(self, name: str, value: str | None) -> None:
        with self.database:
            self._write(name, value)

    # --- calling -----------------------------------------------------------------------------------------------

    def _call(self, path: str, query: dict[str, Any] | None = None, *, body: Any = None) -> bytes:
        with self._open(path, query or {}, body) as answer:
            content: bytes = answer.read()
            return gzip.decompress(content) if answer.headers.get("Content-Encoding") == "gzip" else content

    def lines(self, path: str, query: dict[str, Any]) -> Iterator[bytes]:
        """Lines as they come, unpacked."""
        with self._open(path, query, None) as answer:
            packed = answer.headers.get("Content-Encoding") == "gzip"
            yield from gzip.GzipFile(fileobj=answer) if packed else answer

    def _open(self, path: str, query: dict[str, Any], body: Any) -> Any:
        """Call; wait and call again where the market asks for it or cannot be reached. Raises ExportAgain."""
        address = f"{self.market}/api/v1/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Encoding": "gzip"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        for attempt in range(PATIENCE):
            try:
                return urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=60)
            except urllib.error.HTTPError as error:
                if error.code == 410 and path == "changes/":
                    raise ExportAgain from error
                busy = busy_or_wrong(error)
                if attempt == PATIENCE - 1 or busy.seconds > LONGEST_WAIT:
                    raise busy from error
                time.sleep(max(busy.seconds, 2**attempt))
            except OSError:
                if attempt == PATIENCE - 1:
                    raise
                time.sleep(2**attempt)
        raise AssertionError


def busy_or_wrong(error: urllib.error.HTTPError) -> Busy:
    """What can be waited out. What cannot, such as a key that has ended, is for people: raises SystemExit."""
    said = f"{error.code} {error.read().decode(errors='replace')}"
    if error.code != 429 and error.code < 500:
        raise SystemExit(said) from error
    return Busy(said, seconds_in(error.headers.get("Retry-After", ""), now=time.time()))


def seconds_in(retry_after: str, *, now: float) -> float:
    """How long the market asks us to wait: it says seconds or a moment (RFC 9110, 10.2.3), or nothing that we know."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        return max(0.0, parsedate_to_datetime(retry_after).timestamp() - now)
    except ValueError:
        return 0.0


def is_genuine(headers: Mapping[str, str], body: bytes, *, secret: str, now: float) -> bool:
    """Whether the market wrote the message, within the last minutes. Source: https://www.standardwebhooks.com."""
    name, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not moment.isdecimal() or abs(now - int(moment)) > TOLERANCE:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(digest)
    # While the secret is being changed, two signatures stand there.
    return any(hmac.compare_digest(one.encode(), wanted) for one in headers.get("webhook-signature", "").split())


class Bell(BaseHTTPRequestHandler):
    """Rings when the market calls. Whoever else calls is refused."""

    timeout = 10  # seconds that a caller may be silent
    secret: str
    rung: Event

    def do_POST(self) -> None:
        """Called by the server. The answer does not wait for the copy: the message is not needed any more."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST:
            self._answer(413)
            return
        body = self.rfile.read(int(length))
        genuine = is_genuine(self.headers, body, secret=self.secret, now=time.time())
        if genuine:
            self.rung.set()
        self._answer(204 if genuine else 401)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def listen(port: int, secret: str) -> Event:
    """What is set whenever the market calls at this port of this machine."""
    rung = Event()
    bell = type("OurBell", (Bell,), {"secret": secret, "rung": rung})
    server = ThreadingHTTPServer(("127.0.0.1", port), bell)
    Thread(target=server.serve_forever, daemon=True).start()
    return rung


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("market", help="its address")
    parser.add_argument("key", help="file that holds the key")
    parser.add_argument("database", help="SQLite file")
    parser.add_argument("--every", type=float, help="seconds between two looks; without it, one look")
    parser.add_argument("--listen", type=int, metavar="PORT", help="look whenever a webhook calls here")
    parser.add_argument("--secret", help="file that holds the webhook's secret")
    given = parser.parse_args()
    if (given.listen is None) != (given.secret is None):
        parser.error("--listen and --secret go together")
    mirror = Mirror(given.market, Path(given.key).read_text().strip(), given.database)
    if given.listen is None and given.every is None:
        try:
            mirror.sync()
        except Busy as error:
            raise SystemExit(str(error)) from error
        return
    pause = 1.0
    rung = Event() if given.listen is None else listen(given.listen, Path(given.secret).read_text().strip())
    while True:
        rung.clear()  # before the look: whoever rings meanwhile makes us look again
        try:
            mirror.sync()
        except BROKEN as error:
            mirror.database.rollback()
            wait = max(pause, error.seconds if isinstance(error, Busy) else 0.0)
            sys.stderr.write(f"{error!r}; in {wait:.0f} seconds the next look goes on where this one ended\n")
            time.sleep(wait)  # also if it rings: whoever is away is not helped by calls
            pause = min(2 * pause, LONGEST_WAIT)
        else:
            pause = 1.0
            rung.wait(given.every)


if __name__ == "__main__":
    main()
