"""The board and a lead's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from accounts.acting import acting_for
from offerboard.forms.board import BoardForm
from offerboard.forms.inquiry import InquiryForm
from offerboard.models import Lead
from offerboard.selectors.board import board_page
from offerboard.selectors.lead import LeadGone, gone_page, lead_page
from offerboard.selectors.watching import watch_lead_button


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Leads by words and filters; htmx swaps the results, the tabs and the filters' counts."""
    form = BoardForm(request.GET)
    after, member_id = request.GET.get("after", ""), request.user.pk
    filters, unknown = form.filters(), form.unknown()
    page = board_page(filters=filters, unknown=unknown, after=after, now=timezone.now(), member_id=member_id)
    swapped = request.htmx.target == "results" and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "offerboard/board.html#swapped" if swapped else "offerboard/board.html"
    response = render(request, template, {"page": page, "form": form, "swapped": swapped})
    if swapped:
        push_url(response, page.address)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


@require_safe
def lead(request: HttpRequest, slug: str) -> HttpResponse:
    """One lead; what once was public answers 410 with leads like it, what never was answers 404."""
    now = timezone.now()
    try:
        page = lead_page(slug=slug, member_id=request.user.pk, picture=request.GET.get("picture", ""), now=now)
    except Lead.DoesNotExist as error:
        raise Http404 from error
    except LeadGone as gone:
        return render(request, "offerboard/lead_gone.html", {"page": gone_page(gone, now=now)}, status=410)
    acting = acting_for(request)
    may_write = acting is not None and acting.can_edit and page.is_public and not page.is_ours
    watch = watch_lead_button(slug, member_id=request.user.pk) if page.is_public and not page.is_ours else None
    form = InquiryForm() if may_write else None
    return render(request, "offerboard/lead.html", {"page": page, "form": form, "watch": watch})
