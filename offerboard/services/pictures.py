"""Pictures on a lead: read, kept once each, at most eight."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from directory.pictures import Picture, PictureRefused, reencode_picture
from offerboard.models import Lead, LeadPicture
from offerboard.services.files import digest_of, forget
from offerboard.services.lead_files import change_files


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that proved to be a picture; `digest` is the SHA-256 of what was sent, `name` its sender's."""

    name: str
    digest: str
    picture: Picture


def read_uploads(files: "Iterable[File[bytes]]") -> tuple[list[Upload], list[str]]:
    """The pictures among the files, encoded anew, and a sentence about each file that cannot be used."""
    good, refused = [], []
    for file in files:
        try:
            good.append(Upload(name=file.name or "", digest=digest_of(file), picture=reencode_picture(file)))
        except PictureRefused as error:
            refused.append(_("“%(file)s”: %(problem)s") % {"file": file.name, "problem": error})
    return good, refused


def change_pictures(*, lead: Lead, added: Sequence[Upload], removed: Collection[int], now: datetime) -> list[Upload]:
    """Take pictures off a lead and put others on it; answers those for which there was no room (`change_files`)."""
    return change_files(
        lead=lead, model=LeadPicture, added=added, removed=removed, keep=_keep, forget=forget_files, now=now
    )


def forget_files(pictures: Iterable[LeadPicture]) -> None:
    """Delete the pictures' files once the transaction that deletes their rows has committed."""
    forget(field for picture in pictures for field in (picture.image, picture.thumbnail))


def _keep(upload: Upload, lead: Lead, position: int, written: list[FieldFile]) -> None:
    picture = LeadPicture(lead=lead, digest=upload.digest, position=position)
    for field, content in ((picture.image, upload.picture.full), (picture.thumbnail, upload.picture.thumbnail)):
        field.save(content.name, content, save=False)
        written.append(field)
    picture.save()
