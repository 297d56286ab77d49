"""A machine of somebody else's that is called by webhooks."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answers = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Notes what came, and answers as its server says."""

    protocol_version = "HTTP/1.1"
    server: "Receiver"
    body: bytes = b""

    def do_POST(self) -> None:
        """Called by the server."""
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, self.body))
        self.server.answers(self)

    do_GET = do_POST  # noqa: N815 - the name that the server calls

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Connection": "close", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Nothing."""


@dataclass(frozen=True)
class Got:
    """A message that arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """Takes everything, unless `answers` is changed. `calls` also counts those who connected and said nothing."""

    daemon_threads = True

    def __init__(self, host: str, port: int = 0) -> None:
        self.got: list[Got] = []
        self.calls = 0
        self.answers: Answers = lambda handler: handler.answer(204)
        super().__init__((host, port), Handler)

    @property
    def url(self) -> str:
        """Where it is called."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}/hook"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def ids(self) -> list[str]:
        """The ids of the messages, in the order in which they came."""
        return [one.headers["webhook-id"] for one in self.got]

    def get_request(self) -> tuple[Any, Any]:
        """Called by the server for each connection."""
        self.calls += 1
        return super().get_request()

    def handle_error(self, *args: Any) -> None:
        """Who calls may hang up."""


@contextmanager
def receiver(host: str = "127.0.0.1", port: int = 0, *, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """One that listens."""
    server = Receiver(host, port)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Names:
    """A resolver whose answers a test gives: each list is what the next question gets; the last one stays."""

    answers: list[list[str]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int, **options: Any) -> list[Any]:
        """As socket.getaddrinfo."""
        found = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(host)
        return [
            (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found
        ]
