"""The work lists of moderation: reports, tickets, and the log of decisions."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Field, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from moderation import services
from moderation.models import Decision, Report, Ticket, TicketReply
from moderation.provisional import reject_reports
from moderation.registry import moderatable
from moderation.staff import ChangesOnlyAdmin
from privacy.staff import ReasonForm, desk_of

REPORT_FIELDS = (
    *("target", "reason", "text", "reporter", "email"),
    *("filed_at", "state", "hid_at", "closed_at", "closed_by", "exhibits"),
)
OPEN_FIRST = Case(When(state=Report.State.OPEN, then=0), default=1).asc()
CHILDREN_FIRST = Case(When(reason=Report.Reason.CHILD, then=0), default=1).asc()
REPLY_FIELDS = ("sent_at", "author", "text")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that the product writes."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Written elsewhere."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Kept as proof."""
        return False


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Open reports first; the thing itself is one press away, letters after saying why."""

    list_display = ["filed_at", "reason", "target_kind", "target_title", "state", "hid_at", "closed_by"]
    list_filter = ["state", "reason", "target_kind"]
    list_select_related = ["closed_by"]
    search_fields = ["target_title", "text"]
    date_hierarchy = "filed_at"
    ordering = [OPEN_FIRST, CHILDREN_FIRST, "filed_at"]  # type: ignore[list-item]
    fields = REPORT_FIELDS
    readonly_fields = REPORT_FIELDS
    actions = ["close_selected", "reject_selected"]
    change_form_template = "admin/decided_change_form.html"

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The report and a button to close it; there is nothing to save."""
        report = self.get_object(request, object_id)
        can_close = report is not None and report.state == Report.State.OPEN and self.has_change_permission(request)
        shown = {
            "decisions": self._presses(report) if can_close else [],
            "show_save": False,
            "show_save_and_continue": False,
        }
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def _presses(self, report: Report) -> list[tuple[str, Any]]:
        """What is hidden by a report is shown again, or suspended where staff decide about it."""
        if report.hid_at is not None:
            return [("reject_selected", _("Nothing is wrong: show it again"))]
        return [("close_selected", _("Close")), ("reject_selected", _("Reject"))]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The report, with who reads it: staff find what is hidden from others."""
        report = super().get_object(request, object_id, from_field)
        if report is not None:
            report.reader_id = request.user.pk
        return report

    @admin.display(description=_("what"))
    def target(self, report: Report) -> str:
        """The reported thing with a link to where staff decide about it."""
        known = moderatable(report.target_kind)
        found = known.find(report.target_id, getattr(report, "reader_id", None)) if known else None
        if found is None:
            return report.target_title
        page = format_html(' · <a href="{}">{}</a>', found.url, _("page")) if found.url else ""
        return format_html('<a href="{}">{}</a>{}', found.admin_url, found.title, page)

    @admin.display(description=_("what was written"))
    def exhibits(self, report: Report) -> str:
        """The way to private content, which may be read because somebody it was addressed to reported it."""
        if not _has_exhibits(report):
            return "–"
        place = reverse("admin:moderation_report_letters", args=[report.pk])
        return format_html('<a href="{}">{}</a>', place, _("Read it, and say why"))

    def get_urls(self) -> list[URLPattern]:
        """The letters of a reported thread."""
        letters = path("<int:pk>/letters/", self.admin_site.admin_view(self.letters), name="moderation_report_letters")
        return [letters, *super().get_urls()]

    def letters(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The question why; the answer to a good reason has the letters, and no other page ever does."""
        report = self.get_object(request, str(pk))
        if not self.has_view_permission(request, report):
            raise PermissionDenied
        if report is None or not _has_exhibits(report):
            raise Http404
        form = ReasonForm(request.POST if request.method == "POST" else None)
        words = {**self.admin_site.each_context(request), "opts": self.opts, "report": report}
        if not form.is_valid():
            words |= {"title": _("Why do you read these letters?"), "record": report, "form": form}
            return TemplateResponse(request, "admin/moderation/why_letters.html", words)
        letters = services.open_exhibits(
            report=report, reader=desk_of(request.user), reason=form.reason(), now=timezone.now()
        )
        words |= {"title": report.target_title, "letters": letters}
        return TemplateResponse(request, "admin/moderation/letters.html", words)

    @admin.action(description=_("Close: looked at, nothing more to do"), permissions=["change"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Take reports off the queue; a decision about the thing is made in its own list."""
        closed = services.close_reports(
            reports=list(queryset.values_list("pk", flat=True)), by=request.user, now=timezone.now()
        )
        messages.success(request, ngettext("%(n)s report closed.", "%(n)s reports closed.", closed) % {"n": closed})
        if queryset.hiding().exists():  # type: ignore[attr-defined]
            told = _("What a report has hidden waits: reject the report, or suspend the thing with a reason.")
            messages.warning(request, told)

    @admin.action(description=_("Reject: nothing is wrong, show again what was hidden"), permissions=["change"])
    def reject_selected(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        """Nothing was wrong."""
        rejected = reject_reports(
            reports=list(queryset.values_list("pk", flat=True)), by=request.user, now=timezone.now()
        )
        done = ngettext("%(n)s report rejected.", "%(n)s reports rejected.", rejected) % {"n": rejected}
        messages.success(request, done)


def _has_exhibits(report: Report) -> bool:
    known = moderatable(report.target_kind)
    return known is not None and known.exhibits is not None


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """What was decided, by whom, and the reasons as they were sent."""

    list_display = ["decided_at", "action", "target_kind", "target_title", "decided_by"]
    list_filter = ["action", "target_kind"]
    search_fields = ["target_title", "reason"]
    date_hierarchy = "decided_at"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A decision is history; another decision may follow it."""
        return False


class AnswerForm(forms.ModelForm):
    """Staff's answer, sent when the page is saved; `press` tells a second press of the button from a second answer."""

    press = forms.UUIDField(  # not the ticket's own `submission`; never a change in the page's history
        widget=forms.HiddenInput, initial=uuid4, show_hidden_initial=True
    )
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80}),
        help_text=_("Sent by e-mail to the ticket’s address as soon as you save."),
    )

    class Meta:
        model = Ticket
        fields = ["state"]


class ReplyInline(admin.TabularInline):
    """Earlier answers."""

    model = TicketReply
    extra = 0
    fields = REPLY_FIELDS
    readonly_fields = REPLY_FIELDS
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Answers are written in the ticket's own field."""
        return False


@admin.register(Ticket)
class TicketAdmin(ChangesOnlyAdmin, ReadOnlyAdmin):
    """Messages from the contact page, oldest open first."""

    form = AnswerForm
    list_display = ["reference", "kind", "name", "opened_at", "state"]
    list_filter = ["state", "kind"]
    search_fields = ["number", "name", "email", "text"]
    date_hierarchy = "opened_at"
    ordering = ["-state", "opened_at"]
    fields = ["kind", "name", "email", "text", "member", "opened_at", "state", "answer", "press"]
    readonly_fields = ["kind", "name", "email", "text", "member", "opened_at"]
    inlines = [ReplyInline]

    def formfield_for_choice_field(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        """The state is written when staff chose another than the page showed: an old page undoes nothing."""
        return super().formfield_for_choice_field(db_field, request, show_hidden_initial=True, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Save the state if staff chose another; an answer also goes out, and makes an open ticket answered."""
        super().save_model(request, obj, form, change)
        if answer := form.cleaned_data["answer"].strip():
            language = obj.member.language if obj.member else "en"
            services.answer_ticket(
                ticket=obj,
                author=request.user,
                text=answer,
                submission=form.cleaned_data["press"],
                language=language,
                now=timezone.now(),
            )
            messages.success(request, _("The answer was sent."))
