"""Who may read a document now."""

from datetime import datetime
from uuid import UUID

from offerboard.models import Lead, LeadDocument


def readable_document(*, slug: str, pk: UUID, member_id: int | None, now: datetime) -> LeadDocument:
    """The document, if its lead is public at this moment or the reader is of its company's team.

    Raises LeadDocument.DoesNotExist, for what is not there and for what the reader may not know of.
    """
    document = LeadDocument.objects.select_related("lead").get(pk=pk, lead__slug=slug)
    if document.lead.is_public(at=now):
        return document
    if member_id is not None and Lead.objects.visible_to(member_id).filter(pk=document.lead_id).exists():
        return document
    raise LeadDocument.DoesNotExist
