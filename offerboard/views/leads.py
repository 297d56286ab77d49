"""Posting leads and changing what they say."""

from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import company_required, editor_required
from accounts.acting import MemberRequest
from directory.models import Company
from offerboard.forms.lead import LeadForm, no_room, stored_form
from offerboard.forms.lead_depth import no_room_for_documents
from offerboard.models import Lead
from offerboard.selectors.lead import lead_page
from offerboard.selectors.own_alike import own_alike
from offerboard.selectors.posting import posting_page
from offerboard.services import lead_states
from offerboard.services import leads as services
from offerboard.services.documents import change_documents
from offerboard.services.pictures import change_pictures
from offerboard.views.lead_answers import (
    form_url,
    may_edit,
    my_leads_url,
    number_of,
    refuse,
    seen_by,
    team_lead,
    to_the_lead,
)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def new(request: MemberRequest) -> HttpResponse:
    """Post a lead; ?kind=buy_inquiry begins with the other kind."""
    if request.method == "POST":
        return _post(request)
    kind = request.GET.get("kind")
    form = LeadForm(initial={"kind": kind if kind in Lead.Kind.values else Lead.Kind.SELL_OFFER})
    return _show(request, form, lead=None)


@require_http_methods(["GET", "HEAD", "POST"])
@company_required
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    """Change a lead; with ?check a draft says at once what is missing."""
    lead = team_lead(request, slug)
    if lead.state == Lead.State.CLOSED:
        refuse(request, services.NotEditable())
        return redirect(my_leads_url("closed"))
    if request.method == "POST":
        return _take_draft(request, lead) if lead.state == Lead.State.DRAFT else _take_posted(request, lead)
    form = stored_form(lead) if "check" in request.GET else LeadForm(lead=lead)
    return _show(request, form, lead=lead)


@require_safe
@company_required
def preview(request: MemberRequest, slug: str) -> HttpResponse:
    """A lead as buyers will see it, for its company's team."""
    now = timezone.now()
    lead = team_lead(request, slug, editing=False)
    form = stored_form(lead)
    words = {
        "lead": lead,
        "page": lead_page(slug=slug, member_id=request.user.pk, picture=request.GET.get("picture", ""), now=now),
        "is_draft": lead.state == Lead.State.DRAFT,
        "alike": own_alike(lead=lead, now=now) if lead.state == Lead.State.DRAFT else [],
        "problems": [(form[name].label, errors[0]) for name, errors in form.errors.items()],
        "can_edit": may_edit(request, lead),
        "is_listed": lead.company.state == Company.State.LISTED,
        "is_reviewed_first": settings.LEADS_REVIEWED_FIRST,
    }
    return render(request, "offerboard/preview.html", words)


@require_POST
@company_required
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    """Put a draft on the board."""
    lead = team_lead(request, slug)
    if lead.state == Lead.State.DRAFT and stored_form(lead).errors:
        refuse(request, lead_states.Incomplete())
        return redirect(form_url(lead, check=True))
    return _publish(request, lead)


def _post(request: MemberRequest) -> HttpResponse:
    """The form of a new lead, perhaps sent before: then it goes on where it was."""
    company = request.acting.company
    submission = services.submission_for(company=company, typed=number_of(request))
    lead = Lead.objects.filter(company=company, submission=submission).first()
    return _take_draft(request, lead, submission=submission)


def _take_draft(request: MemberRequest, lead: Lead | None, *, submission: UUID | None = None) -> HttpResponse:
    """Keep what was sent first, then do what the button says: nothing typed or chosen is lost."""
    now = timezone.now()
    wish = request.POST.get("action")
    form = LeadForm(request.POST, request.FILES, lead=lead, for_draft=wish != "publish")
    form.full_clean()
    if lead is None and not form.holds_something():
        if not form.errors:
            form.add_error("title", _("Write at least a title before you save."))
        return _show(request, form, lead=None)
    try:
        lead = _keep(request, form, lead, submission=submission, now=now)
    except services.NotADraft:
        return _was_posted(request, Lead.objects.filter(Q(submission=submission) | Q(pk=lead and lead.pk)).first())
    except services.ChangedMeanwhile as refusal:
        return _show_both(request, form, refusal.lead, now=now)
    if form.errors:
        return _show(request, form, lead=lead, kept=_kept_words(lead, form.unread()))
    return _go_on(request, lead, wish=wish)


def _go_on(request: MemberRequest, lead: Lead, *, wish: str | None) -> HttpResponse:
    if wish == "publish":
        return _publish(request, lead)
    if wish == "preview":
        return redirect("offerboard:preview", lead.slug)
    messages.success(request, _("Your draft is saved. Nobody else sees it."))
    return redirect(form_url(lead))


def _keep(request: MemberRequest, form: LeadForm, lead: Lead | None, *, submission: UUID | None, now: datetime) -> Lead:
    """The draft with all that could be read. Raises NotADraft, ChangedMeanwhile."""
    details = form.details()
    if lead is None:
        company, number = request.acting.company, submission or uuid4()
        lead = services.create_draft(company=company, member=request.user, submission=number, details=details, now=now)
        if lead.state != Lead.State.DRAFT:
            raise services.NotADraft
    else:
        services.update_draft(lead=lead, details=details, seen=seen_by(request), now=now)
    _keep_files(form, lead, now=now)
    _tell_what_was_hidden(request, details)
    return lead


def _take_posted(request: MemberRequest, lead: Lead) -> HttpResponse:
    """Change a lead that is or was public: all at once or not at all, but for its files."""
    now, seen = timezone.now(), seen_by(request)
    form = LeadForm(request.POST, request.FILES, lead=lead)
    form.full_clean()
    is_done = differs = False
    if not form.errors:
        try:
            differs = services.update_lead(lead=lead, details=form.details(), seen=seen, now=now)
            is_done = True
        except services.EndsInThePast:
            form.add_error("valid_days", _("Counted from its posting, the lead would have ended already."))
        except services.ChangedMeanwhile as refusal:
            return _show_both(request, form, refusal.lead, now=now)
        except services.NotEditable as refusal:
            refuse(request, refusal)
            return redirect(my_leads_url("closed"))
    is_stale = not is_done and seen not in (None, lead.updated_at)  # which the corrected form still has to say
    changed_at = lead.updated_at
    _keep_files(form, lead, now=now)
    if form.errors:
        kept = _changed_words() if is_done else _unchanged_words(len(form.uploads) + len(form.papers))
        return _show(request, form, lead=lead, kept=kept, seen=seen if is_stale else None)
    _tell_what_was_hidden(request, form.details())
    if not differs and lead.updated_at == changed_at:
        messages.success(request, _("The lead says all this already. Nothing had to be changed."))
    elif lead.state == Lead.State.PENDING:
        messages.success(request, _("Your changes are saved. A moderator reads them before the lead is public."))
    else:
        messages.success(request, _("Your changes are saved."))
    return to_the_lead(lead, now=now)


def _keep_files(form: LeadForm, lead: Lead, *, now: datetime) -> None:
    """A browser cannot send chosen files a second time, so they are kept whatever else is wrong."""
    removed = [picture.pk for picture in form.cleaned_data.get("remove_pictures") or ()]
    if form.uploads or removed:
        left_out = change_pictures(lead=lead, added=form.uploads, removed=removed, now=now)
        if left_out:
            form.add_error("pictures", no_room([upload.name for upload in left_out]))
    unwanted = [document.pk for document in form.cleaned_data.get("remove_documents") or ()]
    if form.papers or unwanted:
        no_place = change_documents(lead=lead, added=form.papers, removed=unwanted, now=now)
        if no_place:
            form.add_error("documents", no_room_for_documents([paper.name for paper in no_place]))


def _publish(request: MemberRequest, lead: Lead) -> HttpResponse:
    """Onto the board; beside a lead that is nearly the same only after the preview has pointed to it."""
    now = timezone.now()
    if lead.state == Lead.State.DRAFT and "anyway" not in request.POST and own_alike(lead=lead, now=now):
        return redirect(reverse("offerboard:preview", args=[lead.slug]) + "#alike")
    try:
        lead_states.publish_lead(lead=lead, now=now)
    except services.NotADraft:
        return _was_posted(request, Lead.objects.select_related("company").filter(pk=lead.pk).first())
    except (lead_states.CompanyNotListed, lead_states.Incomplete) as refusal:
        refuse(request, refusal)
        return redirect(form_url(lead))
    if lead.state == Lead.State.PENDING:
        messages.success(request, _("Sent. A moderator reads your lead; you get an e-mail when it is public."))
    else:
        messages.success(request, _("Your lead is on the board."))
    return to_the_lead(lead, now=now)


def _was_posted(request: MemberRequest, lead: Lead | None) -> HttpResponse:
    """The same form came again: nothing is done twice."""
    if lead is None:
        messages.info(request, _("This draft was deleted in the meantime."))
        return redirect(my_leads_url("drafts"))
    messages.info(request, _("You have posted this lead already. Nothing was changed."))
    return to_the_lead(lead, now=timezone.now())


def _show_both(request: MemberRequest, form: LeadForm, lead: Lead, *, now: datetime) -> HttpResponse:
    """Somebody else was quicker: what was typed stands here still, and a second press replaces theirs by it."""
    _keep_files(form, lead, now=now)
    words = {"fields": ", ".join(form.differs_in(lead))}
    told = _("Somebody else changed this lead meanwhile, or you did in another window. Yours is not saved yet.")
    differs = _("It differs in: %(fields)s. Press the button again to put it in the place of theirs.") % words
    form.add_error(None, f"{told} {differs}")
    return _show(request, form, lead=lead)


def _show(
    request: MemberRequest, form: LeadForm, *, lead: Lead | None, kept: str = "", seen: datetime | None = None
) -> HttpResponse:
    company = lead.company if lead else request.acting.company
    words = {
        "form": form,
        "lead": lead,
        "is_draft": lead is None or lead.state == Lead.State.DRAFT,
        "is_rejected": lead is not None and lead.state == Lead.State.REJECTED,
        "action": form_url(lead) if lead else reverse("offerboard:new"),
        "page": posting_page(lead=lead, now=timezone.now()) if lead else None,
        "kept": kept,
        "seen": (seen or lead.updated_at).isoformat() if lead else "",
        "is_listed": company.state == Company.State.LISTED,
        "is_reviewed_first": settings.LEADS_REVIEWED_FIRST,
    }
    return render(request, "offerboard/lead_form.html", words)


def _kept_words(lead: Lead, unread: list[str]) -> str:
    saved = _("Saved as a draft.")
    if count := lead.pictures.count():
        saved = ngettext("Saved as a draft, with %(n)d picture.", "Saved as a draft, with %(n)d pictures.", count)
        saved %= {"n": count}
    if papers := lead.documents.count():
        with_it = ngettext("%(n)d document is with it.", "%(n)d documents are with it.", papers) % {"n": papers}
        saved = f"{saved} {with_it}"
    if unread:
        not_yet = _("Not saved yet: %(fields)s.") % {"fields": ", ".join(unread)}
        saved = f"{saved} {not_yet}"
    return f"{saved} {_('Correct what is marked, then press the button again.')}"


def _changed_words() -> str:
    return _("Your changes are saved, without the files that are named here.")


def _unchanged_words(uploaded: int) -> str:
    if uploaded:
        return _("The files are saved. The rest is not changed yet: correct what is marked, then save again.")
    return _("Nothing is changed yet. Correct what is marked, then save again.")


def _tell_what_was_hidden(request: MemberRequest, details: services.LeadDetails) -> None:
    if details.masked() != details:
        hidden = _("We hid an e-mail address or telephone number in your text.")
        messages.warning(request, f"{hidden} {_('Companies write to you through “Send inquiry”.')}")
