"""Files that people send to show that they are right: known by their content, never shown by us, only handed on."""

import warnings
from contextlib import suppress
from typing import Any

import puremagic
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
SUFFIXES = {"JPEG": ".jpg", "PNG": ".png"}


class EvidenceRefused(ValueError):
    """The file cannot be used; `str()` says in the reader's language why and what to do."""


def read_evidence(file: Any) -> "ContentFile[bytes]":
    """The file under a name that says what it is and nothing else; its own name and type are never asked.

    Raises EvidenceRefused.
    """
    file.seek(0)
    data: bytes = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise EvidenceRefused(_("The file is larger than 5 MB. Save it smaller and choose it again."))
    suffix = _pdf(data) or _picture(data)
    if not suffix:
        raise EvidenceRefused(_("This file cannot be read. Choose a PDF, or a JPEG or PNG picture."))
    return ContentFile(data, name=f"evidence{suffix}")


def _pdf(data: bytes) -> str:
    kinds: set[str] = set()
    with suppress(puremagic.PureError, ValueError):
        kinds = {match.mime_type for match in puremagic.magic_string(data)}
    return ".pdf" if data.startswith(b"%PDF-") and "application/pdf" in kinds and b"%%EOF" in data[-2048:] else ""


def _picture(data: bytes) -> str:
    """Only its head is read, so that no small file grows huge here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(ContentFile(data), formats=list(SUFFIXES)) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return ""
                kind = picture.format or ""
                picture.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return ""
    return SUFFIXES.get(kind, "")
