"""Answers as small as their reader can unpack them: with Zstandard (RFC 8878), else gzip, else as they are."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping

from django.utils.text import compress_sequence, compress_string

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["encoding_for", "packed", "packed_parts", "zstd"]

LEVEL = 3  # five times as fast as gzip, and a fifth shorter
REFUSED = re.compile(r";\s*q=0(\.0{0,3})?\s*$")


def encoding_for(accepted: str) -> str:
    """The best that the header Accept-Encoding names; "" for none (RFC 9110, 12.5.3)."""
    named = {one.partition(";")[0].strip().lower() for one in accepted.split(",") if not REFUSED.search(one)}
    return next((encoding for encoding in WHOLE if encoding in named), "")


def packed(content: bytes, encoding: str) -> bytes:
    """All of it."""
    return WHOLE[encoding](content)


def packed_parts(parts: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Part by part, so that nothing waits for what follows."""
    return STREAMS[encoding](parts)


def _zstd_parts(parts: Iterator[bytes]) -> Iterator[bytes]:
    compressor = zstd.ZstdCompressor(LEVEL)
    for part in parts:
        yield compressor.compress(part, compressor.FLUSH_BLOCK)
    yield compressor.flush()


WHOLE: Mapping[str, Callable[[bytes], bytes]] = {
    "zstd": lambda content: zstd.compress(content, LEVEL),
    "gzip": compress_string,
}
STREAMS: Mapping[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "zstd": _zstd_parts,
    "gzip": compress_sequence,
}
