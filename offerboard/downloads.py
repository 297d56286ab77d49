"""How a member's file leaves the site: as a download that no browser opens as one of our pages."""

from django.http import FileResponse

from offerboard.models import LeadDocument


def sent_safely(document: LeadDocument) -> FileResponse:
    """The document under its own name, to be saved and never shown in place. Raises FileNotFoundError."""
    response = FileResponse(
        document.file.open(), as_attachment=True, filename=document.name, content_type=document.kind
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response
