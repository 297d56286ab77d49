"""One's own leads: a page by state, and what the buttons in its rows do."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import company_required
from accounts.acting import MemberRequest
from directory.models import Company
from offerboard.models import Lead
from offerboard.refusals import REFUSALS
from offerboard.selectors.mine import TABS, my_lead, my_leads_page, my_tabs, tab_of
from offerboard.services import lead_states
from offerboard.services.copies import NotCopyable, copy_lead
from offerboard.views.lead_answers import (
    form_url,
    is_early,
    my_leads_url,
    number_of,
    refuse,
    renewal_refusal,
    team_lead,
    to_the_lead,
)


@require_safe
@company_required
def my_leads(request: MemberRequest) -> HttpResponse:
    """The acting company's leads by state."""
    company = request.acting.company
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ("state", "q", "after")}
    words = {
        "page": my_leads_page(
            company=company, tab=asked["state"], words=asked["q"], cursor=asked["after"], now=timezone.now()
        ),
        "can_edit": request.acting.can_edit,
        "is_listed": company.state == Company.State.LISTED,
    }
    return render(request, "offerboard/my_leads.html", words)


@require_POST
@company_required
def copy(request: MemberRequest, slug: str) -> HttpResponse:
    """Begin a new draft with the words, prices and pictures of a lead; pressed twice, it begins one."""
    lead = team_lead(request, slug)
    try:
        draft, is_new = copy_lead(lead=lead, member=request.user, submission=number_of(request), now=timezone.now())
    except NotCopyable as refusal:
        refuse(request, refusal)
        return redirect(my_leads_url(tab_of(lead, now=timezone.now())))
    if draft.state != Lead.State.DRAFT:
        messages.info(request, _("This copy was posted already. Nothing was changed."))
        return to_the_lead(draft, now=timezone.now())
    if is_new:
        messages.success(request, _("This is a copy, saved as a draft. Change what differs, then publish it."))
    return redirect(form_url(draft))


@require_POST
@company_required
def pause(request: MemberRequest, slug: str) -> HttpResponse:
    """Take a lead off the board for a while."""
    return _change(request, slug, lead_states.pause_lead, done=_("Paused: “%(title)s” is off the board."))


@require_POST
@company_required
def resume(request: MemberRequest, slug: str) -> HttpResponse:
    """Put a paused lead back, or before a moderator where leads are reviewed first."""
    return _change(request, slug, lead_states.resume_lead, done=_("Resumed: “%(title)s” is back on the board."))


@require_http_methods(["GET", "HEAD", "POST"])
@company_required
def renew(request: MemberRequest, slug: str) -> HttpResponse:
    """Let a lead run its full time again; the link of a mail leads to a page with the button.

    Of every lead that is not their own, readers are told the same, whether there is such a lead or not.
    """
    try:
        lead, now = team_lead(request, slug), timezone.now()
    except Http404:
        return render(request, "offerboard/renew_elsewhere.html", status=HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        words = {
            "row": my_lead(lead=lead, now=now),
            "lead": lead,
            "refusal": renewal_refusal(lead, now=now),
            "is_early": is_early(lead, now=now),
        }
        return render(request, "offerboard/renew.html", words)
    return _change(request, slug, lead_states.renew_lead, done=_("Renewed: “%(title)s” runs its full time again."))


@require_POST
@company_required
def close(request: MemberRequest, slug: str) -> HttpResponse:
    """End a lead for good; a draft, which nobody else has seen, is deleted."""
    if team_lead(request, slug).state == Lead.State.DRAFT:
        return _change(request, slug, lead_states.discard_draft, done=_("Deleted: the draft “%(title)s”."))
    return _change(request, slug, lead_states.close_lead, done=_("Closed: “%(title)s” has left the board for good."))


def _change(request: MemberRequest, slug: str, service: Callable[..., None], *, done: str) -> HttpResponse:
    """Call the service and say what came of it; htmx swaps the row and the tabs' counts, others load the page."""
    lead = team_lead(request, slug)
    now = timezone.now()
    try:
        service(lead=lead, now=now)
    except tuple(REFUSALS) as refusal:
        refuse(request, refusal)
        done = ""
    lead_now = Lead.objects.filter(pk=lead.pk).first()
    if done and lead_now and lead_now.state == Lead.State.PENDING:  # resumed or renewed, where leads are reviewed first
        messages.success(request, _("Sent. A moderator reads your lead; you get an e-mail when it is public."))
    elif done:
        messages.success(request, done % {"title": lead})
    tab = request.POST.get("state", "")
    if tab not in TABS:
        tab = tab_of(lead_now, now=now) if lead_now else "drafts"
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(my_leads_url(tab))
    words = {
        "tabs": my_tabs(company=lead.company, tab=tab, now=now),
        "row": my_lead(lead=lead_now, now=now) if lead_now else None,
        "tab": tab,
        "can_edit": True,
    }
    return render(request, "offerboard/my_leads.html#changed", words)
