"""Logs are one JSON object a line, with a request id and without personal data."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

from partners.keys import without_keys as masked

DETAIL = re.compile(r"DETAIL: .*")

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def without_values(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """PostgreSQL says in DETAIL which values an error was about: names and addresses, which no log keeps."""
    if "exception" in event:
        event["exception"] = DETAIL.sub("DETAIL: …", event["exception"])
    return event


def without_keys(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An API key that somebody put where it does not belong, such as a path that then fails."""
    return {name: masked(value) if isinstance(value, str) else value for name, value in event.items()}


def formatter() -> logging.Formatter:
    """Formats our own records and those of libraries alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_values,
            without_keys,
            structlog.processors.JSONRenderer(),
        ],
    )
