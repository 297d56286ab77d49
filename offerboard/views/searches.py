"""Saving searches and looking after them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.acting import MemberRequest
from mailings.times import Frequency
from offerboard.forms.board import BoardForm
from offerboard.forms.saved_search import FrequencyForm, SaveSearchForm, SearchNameForm
from offerboard.models import SavedSearch
from offerboard.search import Filters
from offerboard.selectors import saved_searches as selectors
from offerboard.services import watching as services
from offerboard.services.alerts import choose_frequency


@require_safe
@login_required
def searches(request: MemberRequest) -> HttpResponse:
    """All saved searches of the member."""
    page = selectors.searches_page(member=request.user, now=timezone.now())
    return render(request, "offerboard/searches.html", {"page": page, "most": services.MOST_SEARCHES})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def save(request: MemberRequest) -> HttpResponse:
    """Save the filters of this very address; GET, to which a log-in leads back, asks for a name first."""
    filters = BoardForm(request.GET).filters()
    form = SaveSearchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _save(request, filters, form)
    page = selectors.save_search_page(filters)
    form.fields["name"].initial = page.suggested
    return render(request, "offerboard/save_search.html", {"page": page, "form": form})


@require_POST
@login_required
def rename(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Give a search another name."""
    saved = get_object_or_404(SavedSearch, pk=pk, member=request.user)
    form = SearchNameForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["name"][0]))
    elif name := form.cleaned_data["name"]:
        services.rename_search(member=request.user, pk=saved.pk, name=name)
        messages.success(request, _("Renamed: %(name)s") % {"name": name})
    else:
        messages.error(request, _("Write a name first. Nothing was changed."))
    return redirect("offerboard:searches")


@require_POST
@login_required
def mails(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Choose how often a search sends mails."""
    saved = get_object_or_404(SavedSearch, pk=pk, member=request.user)
    form = FrequencyForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["frequency"][0]))
    elif choose_frequency(
        member=request.user, pk=saved.pk, frequency=form.cleaned_data["frequency"], now=timezone.now()
    ):
        said = {"name": saved.name, "often": Frequency(form.cleaned_data["frequency"]).label}
        messages.success(request, _("Mails about new leads: %(often)s. Search: %(name)s") % said)
    return redirect("offerboard:searches")


@require_POST
@login_required
def delete(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Stop a search for good, also its mails that have not left."""
    saved = get_object_or_404(SavedSearch, pk=pk, member=request.user)
    try:
        services.delete_search(member=request.user, pk=saved.pk, now=timezone.now())
    except services.NotActive as error:
        raise PermissionDenied from error
    messages.success(request, _("Deleted: %(name)s") % {"name": saved.name})
    return redirect("offerboard:searches")


@require_safe
@login_required
def finds(request: MemberRequest, pk: UUID) -> HttpResponse:
    """What a search finds now, for its row; without htmx the board itself."""
    saved = get_object_or_404(SavedSearch.objects.select_related("company"), pk=pk, member=request.user)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(selectors.search_address(saved))
    return render(request, "offerboard/search_finds.html", {"finds": selectors.finds(saved, now=timezone.now())})


def _save(request: MemberRequest, filters: Filters, form: SaveSearchForm) -> HttpResponse:
    try:
        saved, is_new = services.save_search(
            member=request.user,
            filters=filters,
            name=form.cleaned_data["name"] or selectors.suggested_name(filters),
            frequency=form.cleaned_data["frequency"],
            now=timezone.now(),
        )
    except services.NotActive as error:
        raise PermissionDenied from error
    except services.ListFull:
        full = _("You keep %(most)d searches already, which is all there is room for. Delete one first.")
        return _refuse(request, full % {"most": services.MOST_SEARCHES}, "offerboard:searches")
    except services.NothingToSave:
        return _refuse(request, _("There is nothing to save yet. Write a word or choose a filter."), "offerboard:board")
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "components/search_saved.html", {"is_off": saved.frequency == Frequency.OFF})
    said = _("Saved: %(name)s") if is_new else _("You have saved this search already: %(name)s")
    messages.success(request, f"{said % {'name': saved.name}} · {_mails_of(saved)}")
    return redirect("offerboard:searches")


def _mails_of(saved: SavedSearch) -> str:
    """Whether a search sends mails, and where that is changed; names have quotation marks of their own."""
    if saved.frequency == Frequency.OFF:
        return _("It sends no mails. To have new leads mailed to you, press “Change” beside it.")
    often = Frequency(saved.frequency).label
    return _("Mails about new leads: %(often)s. You change that under “Change” beside it.") % {"often": often}


def _refuse(request: MemberRequest, why: str, where: str) -> HttpResponse:
    messages.error(request, why)
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(headers={"HX-Redirect": reverse(where)})
    return redirect(where)
