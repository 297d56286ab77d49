"""Documents on a lead: known by their content, under names we cleaned, at most five."""

import re
import unicodedata
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile, File
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from directory.pictures import PictureRefused, PictureTooLarge, reencode_picture
from offerboard.models import Lead, LeadDocument
from offerboard.services.files import digest_of, forget
from offerboard.services.lead_files import change_files
from privacy.file_contents import is_whole_pdf
from privacy.masking import mask_contacts

SUFFIXES = {LeadDocument.Kind.PDF: ".pdf", LeadDocument.Kind.PICTURE: ".webp"}
# ISO 32000-2, 12.6.4 and 7.11.4: what makes a PDF run something or carry other files. Compression can hide these.
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # ISO 32000-1, 7.3.5
ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")
NOT_IN_NAMES = set('<>:"/\\|?*;%')


class DocumentRefused(ValueError):
    """The file cannot be used; `str()` says in the reader's language why and what to do."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that proved to be a document; `digest` is the SHA-256 of what was sent, `name` its sender's, cleaned."""

    name: str
    digest: str
    kind: LeadDocument.Kind
    content: "ContentFile[bytes]"


def read_documents(files: "Iterable[File[bytes]]") -> tuple[list[Paper], list[str]]:
    """The documents among the files, and a sentence about each file that cannot be used."""
    good, refused = [], []
    for file in files:
        try:
            good.append(_read(file))
        except DocumentRefused as error:
            name = clean_name(file.name or "", suffix="")
            refused.append(_("“%(file)s”: %(problem)s") % {"file": name, "problem": error})
    return good, refused


def clean_name(sent: str, *, suffix: str) -> str:
    """A name that is safe to show and to save under: no path, no hidden or turning characters, no contact details.

    Its ending is replaced by `suffix`; where that is "", nothing is known of the content and the ending stays.
    """
    name = unicodedata.normalize("NFC", sent).replace("\\", "/").rpartition("/")[2]
    if suffix and "." in name.lstrip("."):
        name = name.rpartition(".")[0]
    # Cc, Cf and the like: line breaks that split headers, marks that turn "fdp.exe" around.
    name = "".join(" " if unicodedata.category(one)[0] in "CZ" or one in NOT_IN_NAMES else one for one in name)
    name = mask_contacts(" ".join(name.split())).lstrip(". ")[: LeadDocument.NAME - len(suffix)].strip()
    return (name or str(_("Document"))) + suffix


def change_documents(*, lead: Lead, added: Sequence[Paper], removed: Collection[str], now: datetime) -> list[Paper]:
    """Take documents off a lead and put others on it; answers those for which there was no room (`change_files`)."""
    return change_files(
        lead=lead, model=LeadDocument, added=added, removed=removed, keep=_keep, forget=forget_documents, now=now
    )


def forget_documents(documents: Iterable[LeadDocument]) -> None:
    """Delete the documents' files once the transaction that deletes their rows has committed."""
    forget(document.file for document in documents)


def _read(file: "File[bytes]") -> Paper:
    """What the content is; the file's name and declared type are never asked."""
    file.seek(0)
    data: bytes = file.read(LeadDocument.MOST_BYTES + 1)
    if len(data) > LeadDocument.MOST_BYTES:
        raise DocumentRefused(_("The file is larger than 10 MB. Save it smaller and choose it again."))
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        kind, content = LeadDocument.Kind.PDF, ContentFile(data)
    else:
        kind, content = LeadDocument.Kind.PICTURE, _picture(file)
    suffix = SUFFIXES[kind]
    return Paper(name=clean_name(file.name or "", suffix=suffix), digest=digest_of(file), kind=kind, content=content)


def _check_pdf(data: bytes) -> None:
    if not is_whole_pdf(data):
        raise DocumentRefused(_("This PDF is broken or not complete. Save it again and choose the new file."))
    spelt_out = ESCAPED.sub(lambda code: bytes.fromhex(code[1].decode()), data)  # "#61" in a name is "a"
    if any(mark in spelt_out for mark in ACTIVE):
        raise DocumentRefused(
            _("This PDF runs a program or carries other files. Print it to a new PDF and choose that one.")
        )


def _picture(file: "File[bytes]") -> "ContentFile[bytes]":
    try:
        return reencode_picture(file).full
    except PictureTooLarge as error:
        raise DocumentRefused(str(error)) from error
    except PictureRefused as error:
        raise DocumentRefused(_("This file cannot be read. Choose a PDF, or a JPEG, PNG or WebP picture.")) from error


def _keep(paper: Paper, lead: Lead, position: int, written: list[FieldFile]) -> None:
    document = LeadDocument(
        lead=lead, name=paper.name, kind=paper.kind, size=paper.content.size, digest=paper.digest, position=position
    )
    document.file.save(f"{uuid.uuid4().hex}{SUFFIXES[paper.kind]}", paper.content, save=False)
    written.append(document.file)
    document.save()
