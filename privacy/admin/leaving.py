"""Those who leave: how far each is, a wish that came by telephone or letter, and refusing one."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import datamap
from privacy.admin.deadlines import KeptAdmin, due_words
from privacy.forms.staff import RefusalForm, WishForm
from privacy.models import OPEN, Erasure
from privacy.services import leaving as services
from privacy.services.requests import AlreadyAsked


@admin.register(Erasure)
class ErasureAdmin(KeptAdmin):
    """Open ones first. The software carries them out; staff enter and refuse."""

    list_display = ["member_number", "state", "runs_at", "due"]
    list_select_related = ["request"]
    list_filter = ["request__state"]
    ordering = ["request__ended_at", "request__due_at"]
    fields = ("member_number", "state", "due", "leads", "runs_at", "wish", "proof", "attempts", "rows", "stays")
    readonly_fields = fields
    change_list_template = "admin/privacy/erasure/change_list.html"
    change_form_template = "admin/privacy/erasure/change_form.html"

    @admin.display(description=gettext_lazy("state"), ordering="request__state")
    def state(self, job: Erasure) -> str:
        """Of the request."""
        return job.request.get_state_display()

    @admin.display(description=gettext_lazy("to be answered by"), ordering="request__due_at")
    def due(self, job: Erasure) -> str:
        """The day, marked when it is past or near."""
        return due_words(job.request.due_at, done=job.request.state not in OPEN)

    @admin.display(description=gettext_lazy("in their words"))
    def wish(self, job: Erasure) -> str:
        """What the person wrote."""
        return job.request.text or "–"

    @admin.display(description=gettext_lazy("how identity was proved"))
    def proof(self, job: Erasure) -> str:
        """A password, or what staff saw."""
        return job.request.identity_proof

    @admin.display(description=gettext_lazy("erased so far"))
    def rows(self, job: Erasure) -> str:
        """By kind of data."""
        words = {table.label: str(table.what) for table in datamap.tables_about_people()}
        done = [(count, words.get(label) or label) for label, count in sorted(job.erased.items())]
        return format_html_join("", "<div>{} · {}</div>", done) or "–"

    @admin.display(description=gettext_lazy("kept, and why"))
    def stays(self, job: Erasure) -> str:
        """As the final letter says it."""
        kept = [(one["what"], "; ".join(one["why"]), "; ".join(one["until"])) for one in job.kept]
        return format_html_join("", "<div>{}: {} ({})</div>", kept) or "–"

    def get_urls(self) -> list[URLPattern]:
        """Entering and refusing, each a page of its own."""
        view = self.admin_site.admin_view
        return [
            path("enter/", view(self.enter), name="privacy_erasure_enter"),
            path("<uuid:pk>/refuse/", view(self.refuse), name="privacy_erasure_refuse"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the button that enters one."""
        shown = {"may_enter": self.has_change_permission(request), **(extra_context or {})}
        return super().changelist_view(request, shown)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the button that refuses, while there is something to refuse."""
        job = self.get_object(request, object_id)
        may = job is not None and job.request.state in services.MAY_STAY and self.has_change_permission(request)
        shown = {"may_refuse": may, "show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, shown)

    def enter(self, request: HttpRequest) -> HttpResponse:
        """File a wish for somebody; the link of the mail has to be followed as ever."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = WishForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                services.ask_to_leave(
                    member=form.member,
                    leads=Erasure.Leads.NOW,
                    successors={},
                    text=form.cleaned_data["text"],
                    identity_proof=form.cleaned_data["identity_proof"],
                    now=timezone.now(),
                )
            except AlreadyAsked:
                messages.info(request, _("This person has asked already."))
            else:
                messages.success(request, _("Entered. What they posted is hidden, and a mail asks them to confirm."))
            return redirect("admin:privacy_erasure_changelist")
        words = _("What they posted is hidden at once. They get a mail, and are deleted 14 days after they confirm it.")
        return self._page(request, form, title=_("Enter a wish to leave"), explained=words)

    def refuse(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """Say no, and why."""
        job = self.get_object(request, str(pk))
        if job is None:
            raise Http404
        if not self.has_change_permission(request, job):
            raise PermissionDenied
        form = RefusalForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                services.refuse_leaving(request=job.request, reason=form.cleaned_data["reason"], now=timezone.now())
            except services.NotLeaving:
                messages.error(request, _("It was taken back or carried out meanwhile. Nothing was changed."))
            else:
                messages.success(request, _("Refused. The person reads the reason, and what was hidden is back."))
            return redirect("admin:privacy_erasure_change", pk)
        return self._page(
            request, form, title=_("Refuse"), explained=_("The account stays, and what was hidden is shown.")
        )

    def _page(self, request: HttpRequest, form: Any, **words: str) -> HttpResponse:
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "form": form, **words}
        return TemplateResponse(request, "admin/privacy/erasure/form.html", shown)
