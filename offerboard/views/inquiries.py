"""The inbox, a thread, and writing to a company."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import company_required, editor_required
from accounts.acting import MemberRequest
from directory.models import Company
from offerboard.forms.inquiry import CompanyInquiryForm, InquiryForm, ReplyForm
from offerboard.models import Inquiry, Lead
from offerboard.selectors.inquiries import FOLDERS, InboxPage, inbox_page
from offerboard.selectors.threads import ThreadView, thread_page
from offerboard.services import inquiries as services

MOST_SEARCHED = 100  # characters of a search


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def inquire(request: MemberRequest, slug: str) -> HttpResponse:
    """Write to a lead's company."""
    now = timezone.now()
    lead = get_object_or_404(Lead.objects.public(at=now).select_related("company"), slug=slug)
    return _inquire(request, recipient=lead.company, lead=lead)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def inquire_company(request: MemberRequest, slug: str) -> HttpResponse:
    """Write to a company in general."""
    return _inquire(request, recipient=get_object_or_404(Company.objects.listed(), slug=slug), lead=None)


@require_safe
@company_required
def inquiries(request: MemberRequest) -> HttpResponse:
    """A folder of threads; on a desk the newest one stands beside the list, and is not read before it is opened."""
    page = _inbox(request)
    side = None
    if page.rows:
        side = thread_page(
            pk=page.rows[0].pk,
            company_id=request.acting.company.pk,
            member_id=request.user.pk,
            cursor="",
            at=timezone.now(),
        )
    return render(request, "offerboard/inquiries.html", _words(request, page=page, thread=side, form=ReplyForm()))


@require_http_methods(["GET", "HEAD", "POST"])
@company_required
def thread(request: MemberRequest, pk: UUID) -> HttpResponse:
    """One thread; opening it marks it as read, a POST answers."""
    shown = thread_page(
        pk=pk,
        company_id=request.acting.company.pk,
        member_id=request.user.pk,
        cursor=request.GET.get("before", ""),
        at=timezone.now(),
    )
    if shown is None:
        return _elsewhere(request, pk)
    if request.method == "POST":
        return _reply(request, shown)
    if shown.unread_until and _is_opened_by_a_person(request):
        services.mark_read(inquiry=shown.inquiry, member=request.user, until=shown.unread_until)
    return _show_thread(request, shown, ReplyForm())


@require_POST
@company_required
def block(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Hear nothing more from the company at the other end."""
    inquiry, other = _own_thread(request, pk)
    services.block_company(company=request.acting.company, blocked=other, now=timezone.now())
    messages.success(request, _("%(company)s is blocked and cannot write to you.") % {"company": other.legal_name})
    return redirect(inquiry)


@require_POST
@company_required
def unblock(request: MemberRequest, pk: UUID) -> HttpResponse:
    """Let the company at the other end write again."""
    inquiry, other = _own_thread(request, pk)
    services.unblock_company(company=request.acting.company, blocked=other)
    messages.success(request, _("%(company)s can write to you again.") % {"company": other.legal_name})
    return redirect(inquiry)


def _inquire(request: MemberRequest, *, recipient: Company, lead: Lead | None) -> HttpResponse:
    about = {"recipient": recipient, "lead": lead, "is_sell": lead is not None and lead.kind == Lead.Kind.SELL_OFFER}
    if recipient == request.acting.company:
        return render(request, "offerboard/inquire.html", {**about, "is_own": True}, status=403)
    sent = Inquiry.objects.sent_by(request.acting.company.pk)
    earlier = sent.filter(recipient=recipient, lead=lead, is_general=lead is None).first()
    form_class = InquiryForm if lead or earlier else CompanyInquiryForm
    form = form_class(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            inquiry = services.send_inquiry(
                sender=request.acting.company,
                author=request.user,
                recipient=recipient,
                lead=lead,
                subject=form.cleaned_data.get("subject", ""),
                text=form.cleaned_data["text"],
                submission=form.cleaned_data["submission"],
                now=timezone.now(),
            )
        except services.QuotaSpent:
            form.add_error(None, _quota_words())
            status = 429
        except REFUSALS as refusal:
            form.add_error(None, _refusal_words(refusal))
        else:
            messages.success(request, _("Your message was sent to %(company)s.") % {"company": recipient.legal_name})
            return redirect(inquiry)
    return render(request, "offerboard/inquire.html", {**about, "form": form, "earlier": earlier}, status=status)


def _reply(request: MemberRequest, shown: ThreadView) -> HttpResponse:
    if not request.acting.can_edit:
        raise PermissionDenied
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            services.reply(
                inquiry=shown.inquiry,
                company=request.acting.company,
                author=request.user,
                text=form.cleaned_data["text"],
                submission=form.cleaned_data["submission"],
                now=timezone.now(),
            )
        except REFUSALS as refusal:
            form.add_error(None, _refusal_words(refusal))
        else:
            return redirect(f"{shown.url}#end")
    return _show_thread(request, shown, form)


REFUSALS = (
    services.Blocked,
    services.StillBlocking,
    services.CompanySuspended,
    services.CompanyHasLeft,
    services.TooManyUnanswered,
)


def _quota_words() -> str:
    return _(
        "Your company has begun as many inquiries as it can in 24 hours. "
        "Your text is still here; please send it tomorrow."
    )


def _refusal_words(refusal: Exception) -> str:
    """Says what is so, and nothing about why the other side decided it."""
    if isinstance(refusal, services.TooManyUnanswered):
        return _("They have not answered your last messages. Your text is still here; please wait for their answer.")
    if isinstance(refusal, services.CompanyHasLeft):
        return _("This company has left the market, so nobody would read it. Nothing was sent.")
    if isinstance(refusal, services.StillBlocking):
        return _("Your company blocks this company. Unblock it first, so that it can answer.")
    return _("This company does not take messages from your company at the moment. Nothing was sent.")


def _show_thread(request: MemberRequest, shown: ThreadView, form: ReplyForm) -> HttpResponse:
    words = _words(request, page=_inbox(request, unasked=shown.folder), thread=shown, form=form)
    return render(request, "offerboard/thread.html", {**words, "is_open": True})


def _inbox(request: MemberRequest, *, unasked: str = "inbox") -> InboxPage:
    """The folder that the address names, else `unasked`."""
    folder = request.GET.get("folder", "")
    return inbox_page(
        company_id=request.acting.company.pk,
        member_id=request.user.pk,
        folder=folder if folder in FOLDERS else unasked,
        words=" ".join(request.GET.get("q", "").replace("\0", "").split())[:MOST_SEARCHED],
        cursor=request.GET.get("after", ""),
        at=timezone.now(),
    )


def _words(request: MemberRequest, *, page: InboxPage, thread: ThreadView | None, form: ReplyForm) -> dict[str, Any]:
    """What both pages need; `keep` carries folder and search from row to row."""
    kept = {name: value for name, value in (("folder", page.folder), ("q", page.words)) if value not in {"", "inbox"}}
    labels = {"inbox": _("Inbox"), "sent": _("Sent"), "blocked": _("Blocked")}
    return {
        "page": page,
        "thread": thread,
        "form": form,
        "keep": f"?{urlencode(kept)}" if kept else "",
        "folders": [(name, labels[name]) for name in FOLDERS],
        "can_write": request.acting.can_edit,
    }


def _own_thread(request: MemberRequest, pk: UUID) -> tuple[Inquiry, Company]:
    """The thread and the company at its other end, for those who may decide for their own."""
    company_id = request.acting.company.pk
    threads = Inquiry.objects.of_company(company_id).select_related("sender", "recipient")
    inquiry = get_object_or_404(threads, pk=pk)
    if not request.acting.can_edit:
        raise PermissionDenied
    return inquiry, inquiry.other_side(company_id)


def _elsewhere(request: MemberRequest, pk: UUID) -> HttpResponse:
    """A thread of another of the reader's companies, to which a mail may have led: offer to act for that one."""
    others = {company.pk: company for company in request.acting.others}
    inquiry = Inquiry.objects.filter(pk=pk).first()
    company = others.get(inquiry.sender_id) or others.get(inquiry.recipient_id) if inquiry else None
    if company is None or request.method == "POST":
        raise Http404
    return render(request, "offerboard/thread_elsewhere.html", {"company": company, "next": request.path})


def _is_opened_by_a_person(request: HttpRequest) -> bool:
    """A browser that fetches ahead says so (Sec-Purpose of the Fetch standard, formerly Purpose)."""
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}"
    return request.method == "GET" and "prefetch" not in purpose
