"""Requests to the whole application in this process, through all middleware, without a network between."""

import io
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.test.utils import override_settings

from accounts.models import Member
from marketplace.bench.profiles import statements

HELLO = "/bench/hello"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class UnexpectedAnswer(Exception):
    """A page that is to be measured does not answer 200; its time would say nothing."""


class Caller:
    """A reader: a visitor, a member who is logged in, or a program with a key."""

    def __init__(self, application: WSGIHandler, member: Member | None = None, *, key: str = "") -> None:
        """`member` is logged in as the log-in form would do it."""
        self._application = application
        self._key = key
        self._cookies = ""
        if member is not None:
            client = Client()
            client.force_login(member, backend=settings.AUTHENTICATION_BACKENDS[0])
            self._cookies = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    def get(self, address: str, *, etag: str = "") -> Answer:
        """Read the page; `etag` says which version the reader has."""
        path, _, query = address.partition("?")
        noted: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
            noted.update(
                status=int(status.split(maxsplit=1)[0]), headers={name.lower(): value for name, value in headers}
            )

        response = self._application(self._environ(path, query, etag), start)  # type: ignore[arg-type]  # a plain start
        try:
            body = b"".join(response)
        finally:
            response.close()
        return Answer(noted["status"], noted["headers"], body)

    def page(self, address: str) -> Answer:
        """Read the page, which must be there. Raises UnexpectedAnswer."""
        answer = self.get(address)
        if answer.status != 200:
            raise UnexpectedAnswer(f"{address} answers {answer.status}")
        return answer

    def queries(self, address: str) -> int:
        """How many statements the page sends."""
        with statements() as sent:
            self.page(address)
        return len(sent)

    def _environ(self, path: str, query: str, etag: str) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost:8000",
            "HTTP_ACCEPT_LANGUAGE": "en",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **({"HTTP_AUTHORIZATION": f"Bearer {self._key}"} if self._key else {}),
            **({"HTTP_COOKIE": self._cookies} if self._cookies else {}),
            **({"HTTP_IF_NONE_MATCH": etag} if etag else {}),
        }


@contextmanager
def application() -> Iterator[WSGIHandler]:
    """The application with the bench's own view."""
    with override_settings(ROOT_URLCONF="marketplace.bench.urls"):
        yield WSGIHandler()


@contextmanager
def unread_log() -> Iterator[None]:
    """The log is written as always, but nobody has to read it."""
    streams = [handler for handler in logging.getLogger().handlers if isinstance(handler, logging.StreamHandler)]
    with Path(os.devnull).open("w") as nowhere:
        before = [(handler, handler.setStream(nowhere)) for handler in streams]
        try:
            yield
        finally:
            for handler, stream in before:
                if stream is not None:
                    handler.setStream(stream)
