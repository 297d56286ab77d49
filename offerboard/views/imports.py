"""Importing leads from a file: send it, say what its columns mean, look at the first rows, start; and the export."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import company_required, editor_required
from accounts.acting import MemberRequest
from directory.models import Company
from offerboard.forms.imports import ImportFileForm, MappingForm
from offerboard.importing.cells import guard
from offerboard.importing.exporting import export_rows, template_rows
from offerboard.importing.mapping import Mapping
from offerboard.importing.shape import FileRefused, Shape
from offerboard.importing.trial import Trial, try_out, with_decimals
from offerboard.models import LeadImport
from offerboard.presentation import full_time
from offerboard.selectors import imports as selectors
from offerboard.selectors.import_trials import trial_page
from offerboard.services import imports as services
from offerboard.services.lead_states import CompanyNotListed

TRIED = 200  # rows that are looked at before the start


class _Echo:
    """Hands each written line to whoever iterates."""

    def write(self, line: str) -> str:
        return line


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def imports(request: MemberRequest) -> HttpResponse:
    """My company's imports, and a place to send a file."""
    form = ImportFileForm(request.POST or None, request.FILES or None) if request.method == "POST" else ImportFileForm()
    company = request.acting.company
    if request.method == "POST" and form.is_valid():
        try:
            taken = services.take_file(
                company=company, member=request.user, file=form.cleaned_data["file"], now=timezone.now()
            )
        except FileRefused as refusal:
            form.add_error("file", str(refusal))
        except services.TooManyFiles as spent:
            form.add_error("file", _too_many_files(goes_on=spent.goes_on))
        except services.TooManyImports:
            form.add_error("file", _("Your company has sent many files today. Please go on tomorrow."))
        else:
            return redirect("offerboard:import_columns", taken.pk)
    words = {
        "form": form,
        "rows": selectors.my_imports(company=company, now=timezone.now()),
        "is_listed": company.state == Company.State.LISTED,
        "kept_days": LeadImport.KEPT.days,
    }
    return render(request, "offerboard/imports.html", words)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache  # going back must not show choices, or a file, that are no more
@editor_required
def columns(request: MemberRequest, pk: str) -> HttpResponse:
    """Say what the columns of an uploaded file mean."""
    found = _mine(request, pk)
    if found.state != LeadImport.State.UPLOADED:
        return redirect(found)
    shape, before = Shape.from_json(found.shape), _mapping(found)
    try:
        preview = selectors.preview(found)
        if request.method == "POST":
            form = MappingForm(request.POST, request.FILES, shape=shape, mapping=before)
            if form.is_valid() and _keep(found, form):
                return redirect("offerboard:import_check", found.pk)
        else:
            form = MappingForm(shape=shape, mapping=before)
    except (FileRefused, FileNotFoundError):
        return _gone(request)
    except services.NotWaitingForColumns:
        return redirect(found)
    return render(request, "offerboard/import_columns.html", {"form": form, "preview": preview, "import": found})


@require_safe
@never_cache  # going back must not offer a start that was made
@editor_required
def check(request: MemberRequest, pk: str) -> HttpResponse:
    """The first rows as the leads they would become, and the button that starts the import."""
    found = _mine(request, pk)
    if found.state != LeadImport.State.UPLOADED:
        return redirect(found)
    try:
        trial = _try(found, _mapping(found))
    except (FileRefused, FileNotFoundError):
        return _gone(request)
    if trial.mapping_problems:
        return redirect("offerboard:import_columns", found.pk)
    words = {
        "import": found,
        "page": trial_page(found, trial),
        "is_listed": found.company.state == Company.State.LISTED,
        "is_reviewed_first": settings.LEADS_REVIEWED_FIRST,
    }
    return render(request, "offerboard/import_check.html", words)


@require_POST
@editor_required
def start(request: MemberRequest, pk: str) -> HttpResponse:
    """Let a worker begin."""
    found = _mine(request, pk)
    try:
        services.start_import(lead_import=found)
    except CompanyNotListed:
        messages.error(request, _("Your company is not shown in the directory at the moment. Nothing was imported."))
        return redirect("offerboard:import_check", found.pk)
    except services.NotWaitingForColumns:
        messages.info(request, _("This import was started before."))
    return redirect(found)


@require_POST
@editor_required
def discard(request: MemberRequest, pk: str) -> HttpResponse:
    """Forget a file that was not started."""
    found = _mine(request, pk)
    try:
        services.discard_import(lead_import=found)
    except services.NotWaitingForColumns:
        return redirect(found)
    messages.success(request, _("The file is deleted. Nothing was imported."))
    return redirect("offerboard:imports")


@require_POST
@editor_required
def stop(request: MemberRequest, pk: str) -> HttpResponse:
    """End an import that runs; its page says what was imported until then."""
    found = _mine(request, pk)
    with suppress(services.NotGoingOn):  # it has just ended by itself: the page says so
        services.stop_import(lead_import=found, now=timezone.now())
    return redirect(found)


@require_safe
@editor_required
def report(request: MemberRequest, pk: str) -> HttpResponse:
    """How far an import has come, and what became of its rows; htmx asks again while it runs."""
    found = _mine(request, pk)
    if found.state == LeadImport.State.UPLOADED:
        return redirect("offerboard:import_columns", found.pk)
    template = "offerboard/import.html#progress" if request.htmx else "offerboard/import.html"  # type: ignore[attr-defined]
    return render(request, template, {"page": selectors.import_page(found), "import": found})


@require_safe
@editor_required  # type: ignore[arg-type]  # hands on whatever answer the view gives
def refused(request: MemberRequest, pk: str) -> HttpResponseBase:
    """The refused rows as a table, with line and reason in front."""
    found = _mine(request, pk)
    rows = ([guard(cell) for cell in row] for row in selectors.refused_rows(found))
    return _table(rows, name="refused-rows.csv")


@require_safe
@editor_required  # type: ignore[arg-type]  # hands on whatever answer the view gives
def template(request: MemberRequest) -> HttpResponseBase:
    """A table with the names of all columns and one example."""
    return _table(template_rows(), name="leads-template.csv")


@require_safe
@company_required  # type: ignore[arg-type]  # hands on whatever answer the view gives
def export(request: MemberRequest) -> HttpResponseBase:
    """All leads of the company as a table that the import reads back."""
    company = request.acting.company
    rows = export_rows(company_id=company.pk, site=settings.SITE_URL, now=timezone.now())
    return _table(rows, name=f"leads-{company.slug}.csv")


def _mine(request: MemberRequest, pk: str) -> LeadImport:
    return get_object_or_404(LeadImport.objects.select_related("company"), pk=pk, company=request.acting.company)


def _mapping(found: LeadImport) -> Mapping:
    return Mapping(**found.mapping) if found.mapping else Mapping()


def _try(found: LeadImport, mapping: Mapping, *, most: int = TRIED) -> Trial:
    with found.file.open("rb") as file:
        return try_out(file, Shape.from_json(found.shape), mapping, company_id=found.company_id, most=most)


def _keep(found: LeadImport, form: MappingForm) -> bool:
    """Keep the mapping if its values can be used. Raises NotWaitingForColumns."""
    mapping = form.mapping()
    form.tell(_try(found, mapping, most=0).mapping_problems)
    if form.errors:
        return False
    with found.file.open("rb") as file:
        mapping = with_decimals(file, Shape.from_json(found.shape), mapping)
    services.choose_columns(lead_import=found, mapping=mapping)
    return True


def _too_many_files(*, goes_on: datetime) -> str:
    words = _("You have sent %(n)d files within 24 hours, and no more are looked through. Go on after %(time)s.")
    return words % {"n": services.FILES_A_DAY, "time": full_time(goes_on)}


def _gone(request: MemberRequest) -> HttpResponse:
    messages.error(request, _("The file cannot be read any more. Please send it again."))
    return redirect("offerboard:imports")


def _table(rows: Iterable[list[str]], *, name: str) -> StreamingHttpResponse:
    """A CSV file that spreadsheets open as UTF-8, sent while it is written."""
    response = StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(rows: Iterable[list[str]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"
    for row in rows:
        yield writer.writerow(row)
