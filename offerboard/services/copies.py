"""A lead's words, prices and pictures as the start of a new one."""

from datetime import datetime
from pathlib import PurePath
from uuid import UUID, uuid4, uuid5

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.fields.files import FieldFile

from accounts.models import Member
from offerboard.models import Lead, LeadPicture
from offerboard.services.files import files_of_this_try
from offerboard.services.leads import LeadDetails, begin_draft


class NotCopyable(Exception):
    """The lead was rejected or hidden by staff: what staff took away does not come back as another lead."""


def copy_lead(*, lead: Lead, member: Member, submission: UUID, now: datetime) -> tuple[Lead, bool]:
    """A new draft of the same company with the same words, price tiers and pictures; documents stay behind.

    Certificates and specifications belong to one lot and date. Of two clicks with the same submission one makes the
    draft and the other gets it; the second answer tells which. Raises NotCopyable.
    """
    with files_of_this_try() as written, transaction.atomic(durable=True):
        source = Lead.objects.select_related("company", "category").get(pk=lead.pk)
        if source.rejection or Lead.Hold.MODERATION in source.holds:  # also when it was closed after its rejection
            raise NotCopyable
        number = uuid5(submission, f"copy of lead {source.pk}")
        draft, is_new = begin_draft(
            company=source.company, member=member, submission=number, details=LeadDetails.of(source), now=now
        )
        if is_new:
            for picture in source.pictures.all():
                _copy_picture(picture, draft, written=written)
    return draft, is_new


def _copy_picture(picture: LeadPicture, draft: Lead, *, written: list[FieldFile]) -> None:
    """Files of its own, so that removing a picture from one lead leaves the other's alone."""
    copy = LeadPicture(lead=draft, digest=picture.digest, caption=picture.caption, position=picture.position)
    for old, new in ((picture.image, copy.image), (picture.thumbnail, copy.thumbnail)):
        try:
            with old.open() as file:
                content = ContentFile(file.read(), name=f"{uuid4().hex}{PurePath(old.name).suffix}")
        except FileNotFoundError:  # lost from the storage; the words are copied all the same
            return
        new.save(content.name, content, save=False)
        written.append(new)
    copy.save()
