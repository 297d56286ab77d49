"""/api/v1/docs/: the manual, for people. What can be declared once is read from where it is declared."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partners.limits import OF_MEMBERS
from partners.numbering import REMEMBERED
from partners.parameters import DEFAULT_SIZE, LARGEST_SIZE
from partners.problem_kinds import KINDS
from partners.problems import MOST_FAULTS
from partners.scopes import Scope
from partners.selectors.manual import marked, reference_page
from partners.services.contract_ends import DELETED_WITHIN
from partners.sources import sources

# Programs that a reader can copy; the tests run each of them.
EXAMPLES = {
    path.stem: path.read_text(encoding="utf-8") for path in (Path(__file__).parent.parent / "examples").iterdir()
}
PAGES = (
    ("api:manual", "Manual"),
    ("api:manual_reference", "Reference"),
    ("api:manual_problems", "Problems"),
)


@require_safe
def manual(request: HttpRequest) -> HttpResponse:
    """From a key to a working mirror."""
    facts = {
        "site": settings.SITE_URL,
        "scopes": [(scope.value, scope.label) for scope in Scope],
        "sources": sources().values(),
        "page_size": DEFAULT_SIZE,
        "largest": LARGEST_SIZE,
        "calls": OF_MEMBERS,
        "most_faults": MOST_FAULTS,
        "days": REMEMBERED.days,
        "days_to_delete": DELETED_WITHIN.days,
        "only_read": marked("readOnly"),
        "only_sent": marked("writeOnly"),
    }
    return render(request, "partners/manual.html", {"examples": EXAMPLES, "pages": PAGES, **facts})


@require_safe
def manual_reference(request: HttpRequest) -> HttpResponse:
    """Every address, parameter, object and field."""
    return render(request, "partners/manual_reference.html", {"page": reference_page(), "pages": PAGES})


@require_safe
def manual_problems(request: HttpRequest) -> HttpResponse:
    """Every kind of problem; `type` of an error leads to its place here."""
    return render(request, "partners/manual_problems.html", {"kinds": KINDS, "pages": PAGES})


@require_safe
def manual_mirror(request: HttpRequest) -> HttpResponse:
    """The mirror that the manual shows, as a file."""
    where = {"Content-Disposition": 'attachment; filename="mirror.py"'}
    return HttpResponse(EXAMPLES["mirror"], content_type="text/x-python; charset=utf-8", headers=where)
