"""A lead's documents, for whoever may read the lead at this moment."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from offerboard.downloads import sent_safely
from offerboard.models import LeadDocument
from offerboard.selectors.documents import readable_document


@require_safe
@never_cache  # a lead can leave the board at any moment, and its documents with it
def document(request: HttpRequest, slug: str, pk: UUID) -> FileResponse:
    """One document: public while its lead is, its company's team's at other times, else 404."""
    try:
        found = readable_document(slug=slug, pk=pk, member_id=request.user.pk, now=timezone.now())
        return sent_safely(found)
    except (LeadDocument.DoesNotExist, FileNotFoundError) as error:
        raise Http404 from error
