"""Answers are packed with what their reader says it can unpack: as it weighs them, of equals the best."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from partners.packing import encoding_for, zstd
from tests.factories import LeadFactory
from tests.partners.calling import partner_caller

pytestmark = pytest.mark.django_db
UNPACK: dict[str, Callable[[bytes], bytes]] = {"zstd": zstd.decompress, "gzip": gzip.decompress}


@pytest.fixture(autouse=True)
def leads() -> None:
    LeadFactory.create_batch(3)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1.0, zstd;q=0.5", "gzip"),
        ("gzip;q=0.5, zstd", "zstd"),
        ("gzip;q=0.5, zstd;Q=0.50", "zstd"),
        ("gzip;q=0.5, identity", ""),
        ("gzip, identity;q=0.5", "gzip"),
        ("ZSTD", "zstd"),
        ("gzip, zstd;q=0", "gzip"),
        ("zstd;q=0.0 , gzip;q=0.1", "gzip"),
        ("gzip;q=0", ""),
        ("identity", ""),
        ("br", ""),
        ("zstandard", ""),
        ("", ""),
        ("identity;q=0", ""),
        ("br, identity;q=0", ""),
        ("zstd;q=0, gzip;q=0, identity;q=0", ""),
        ("gzip;q=0.5, identity;q=0", "gzip"),
    ],
)
def test_the_best_of_what_is_accepted_is_taken(accepted: str, encoding: str) -> None:
    assert encoding_for(accepted) == encoding


@pytest.mark.parametrize("encoding", UNPACK)
@pytest.mark.parametrize("path", ["categories/", "export/categories.ndjson"])
def test_packed_it_says_the_same(path: str, encoding: str) -> None:
    """A list, and an export that comes in parts."""
    caller = partner_caller()
    plain, packed = (caller.get(path, headers={"Accept-Encoding": one}) for one in ("identity", encoding))

    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, encoding)
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert lines(UNPACK[encoding](packed.getvalue())) == lines(plain.getvalue())


def lines(content: bytes) -> list[bytes]:
    """Without those whose cursor is signed anew each time."""
    return [line for line in content.splitlines() if not line.startswith(b'{"@')]


def test_who_has_it_packed_in_another_way_has_it_already() -> None:
    caller = partner_caller()
    first: Any = caller.get("categories/", headers={"Accept-Encoding": "gzip"})

    again = caller.get("categories/", headers={"Accept-Encoding": "zstd", "If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
