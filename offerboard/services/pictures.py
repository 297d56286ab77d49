"""Pictures on a lead: read, kept once each, at most eight."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File
from django.db import transaction
from django.db.models import Max
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from directory.pictures import Picture, PictureRefused, reencode_picture
from offerboard.models import Lead, LeadPicture
from offerboard.revisions import keep_revisions
from offerboard.services.files import digest_of, files_of_this_try, forget
from offerboard.services.leads import must_be_reviewed


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
    """Take pictures off a lead and put others on it; answers those for which there was no room.

    What the lead shows already is not added again. Files appear and vanish with the rows. `removed` holds keys of
    LeadPicture; those of other leads are ignored.
    """
    with files_of_this_try() as written, transaction.atomic(durable=True):
        current = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
        pictures = LeadPicture.objects.filter(lead=current)
        gone = pictures.filter(pk__in=removed)
        forget_files(gone)
        dropped, _rows = gone.delete()
        new = _not_yet_in(pictures, added)
        room = LeadPicture.MOST - pictures.count()
        top = pictures.aggregate(top=Max("position"))["top"]
        for position, upload in enumerate(new[:room], start=0 if top is None else top + 1):
            _keep(upload, lead=current, position=position, written=written)
        if dropped or new[:room]:  # pages that show the lead are kept by its time of change
            state = Lead.State.PENDING if new[:room] and must_be_reviewed(current) else current.state
            Lead.objects.filter(pk=current.pk).update(state=state, updated_at=now)
            keep_revisions(leads=Lead.objects.filter(pk=current.pk), now=now)
    lead.refresh_from_db()
    return new[room:]


def forget_files(pictures: Iterable[LeadPicture]) -> None:
    """Delete the pictures' files once the transaction that deletes their rows has committed."""
    forget(field for picture in pictures for field in (picture.image, picture.thumbnail))


def _not_yet_in(pictures: Iterable[LeadPicture], added: Sequence[Upload]) -> list[Upload]:
    """What was sent twice counts once."""
    known = {picture.digest for picture in pictures}
    return list({upload.digest: upload for upload in added if upload.digest not in known}.values())


def _keep(upload: Upload, *, lead: Lead, position: int, written: list[FieldFile]) -> None:
    picture = LeadPicture(lead=lead, digest=upload.digest, position=position)
    for field, content in ((picture.image, upload.picture.full), (picture.thumbnail, upload.picture.thumbnail)):
        field.save(content.name, content, save=False)
        written.append(field)
    picture.save()
