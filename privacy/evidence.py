"""Files that people send to show that they are right: known by their content, never shown by us, only handed on."""

from typing import Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from privacy.file_contents import is_whole_pdf, open_picture

MOST_BYTES = 5 * 1024 * 1024
DECODERS = {"image/jpeg": "JPEG", "image/png": "PNG"}


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
    suffix = ".pdf" if is_whole_pdf(data) else _suffix_of_picture(data)
    return ContentFile(data, name=f"evidence{suffix}")


def _suffix_of_picture(data: bytes) -> str:
    try:
        picture = open_picture(data, DECODERS)
        picture.verify()
    except Exception as error:  # hostile files make decoders raise whatever they like
        raise EvidenceRefused(_("This file cannot be read. Choose a PDF, or a JPEG or PNG picture.")) from error
    return ".png" if picture.format == "PNG" else ".jpg"
