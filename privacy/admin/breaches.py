"""The breach register: the clock of 72 hours, whom it concerns, telling them, and the end."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from privacy.admin.breach_form import BreachForm
from privacy.admin.deadlines import KeptAdmin, due_words
from privacy.models import CLOCK, Breach, BreachNotice
from privacy.selectors import breaches as selectors
from privacy.services import breaches as services

TOLD = ["happened", "consequences", "measures", "advice"]  # as people have read it
DATES = ["people", "progress", "people_told_at", "people_done_at", "closed_at"]


@admin.register(Breach)
class BreachAdmin(KeptAdmin):
    """Open ones first, the one with the least time left on top."""

    form = BreachForm
    list_display = ["title", "risk", "discovered_at", "clock", "authority_told_at", "progress", "closed_at"]
    list_filter = ["risk"]
    search_fields = ["title"]
    ordering = [F("closed_at").desc(nulls_first=True), "discovered_at"]  # type: ignore[list-item]
    readonly_fields = ["clock", *DATES]
    change_form_template = "admin/privacy/breach/change_form.html"
    fieldsets = [
        (None, {"fields": ["title", "discovered_at", "began_at", "clock", "risk"]}),
        (gettext_lazy("Whom it concerns"), {"fields": ["tables", "rows_from", "rows_until", "people"]}),
        (gettext_lazy("What the people are told"), {"fields": ["happened", "consequences", "measures", "advice"]}),
        (gettext_lazy("The authority"), {"fields": ["authority", "authority_told_at", "delay"]}),
        (gettext_lazy("Where it stands"), {"fields": ["progress", "people_told_at", "people_done_at", "closed_at"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As the group says."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is closed is only read."""
        return (obj is None or obj.closed_at is None) and super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With how many were told."""
        told, sent = Count("notices"), Count("notices__sent_at")
        return super().get_queryset(request).annotate(told=told, sent=sent)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What people have been told stays as they read it."""
        return [*self.readonly_fields, *(TOLD if obj is not None and obj.people_told_at else [])]

    @admin.display(description=gettext_lazy("authority to be told by"), ordering="discovered_at")
    def clock(self, breach: Breach) -> str:
        """72 hours from when it became known: the time left, or that it is overdue."""
        if breach.pk is None:
            return "–"
        return due_words(breach.due_at, done=not breach.clock_runs, soon=CLOCK)

    @admin.display(description=gettext_lazy("people concerned"))
    def people(self, breach: Breach) -> str:
        """Counted from the data map now."""
        if not breach.tables:
            return "–"
        count = selectors.affected_people(breach).count()
        words = ngettext("%(n)s person", "%(n)s people", count) % {"n": count}
        if unknown := selectors.unfindable(breach):
            words += " · " + _("nobody can be found from: %(what)s") % {"what": ", ".join(unknown)}
        return words

    @admin.display(description=gettext_lazy("mails"))
    def progress(self, breach: Any) -> str:
        """Written, and handed over."""
        told, sent = getattr(breach, "told", 0), getattr(breach, "sent", 0)
        return _("%(told)s written, %(sent)s sent") % {"told": told, "sent": sent} if told else "–"

    def get_urls(self) -> list[URLPattern]:
        """Telling the people, and closing."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/tell/", view(self.tell), name="privacy_breach_tell"),
            path("<int:pk>/close/", view(self.close), name="privacy_breach_close"),
            *super().get_urls(),
        ]

    def tell(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Whom it concerns, the mail as they will read it, and the button."""
        breach = self._open(request, pk)
        if request.method == "POST":
            try:
                services.tell_people(breach=breach, now=timezone.now())
            except services.NotReady as refusal:
                names = [str(Breach._meta.get_field(name).verbose_name) for name in refusal.missing]  # type: ignore[union-attr]
                messages.error(request, _("Write this first: %(names)s.") % {"names": ", ".join(names)})
            else:
                self.log_change(request, breach, _("Began to tell the people."))
                messages.success(request, _("The people are being told. This page shows how many mails have left."))
            return redirect("admin:privacy_breach_change", breach.pk)
        everybody, untold = selectors.affected_people(breach), selectors.untold_people(breach)
        words = {
            **self.admin_site.each_context(request),
            "title": _("Tell the people"),
            "opts": self.opts,
            "breach": breach,
            "count": everybody.count(),
            "untold": untold.count(),
            "preview": render_to_string("mail/breach_notice.txt", selectors.preview_words(breach)),
        }
        return TemplateResponse(request, "admin/privacy/breach/tell.html", words)

    def close(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Nothing more is to be done; only by a button."""
        breach = self._open(request, pk)
        if request.method != "POST":
            return redirect("admin:privacy_breach_change", breach.pk)
        try:
            services.close_breach(breach=breach, now=timezone.now())
        except services.NotJudged:
            messages.error(request, _("Judge the risk first: the register says what was thought of it."))
        except services.StillTelling:
            messages.error(request, _("People are still being told."))
        except services.AlreadyClosed:
            messages.warning(request, _("It was closed already."))
        else:
            self.log_change(request, breach, _("Closed."))
            messages.success(request, _("It is closed, and stays in the register."))
        return redirect("admin:privacy_breach_change", breach.pk)

    def _open(self, request: HttpRequest, pk: int) -> Breach:
        """The breach, for staff who may change it. Raises Http404, PermissionDenied."""
        breach: Breach | None = self.get_object(request, str(pk))
        if not super().has_change_permission(request, breach):
            raise PermissionDenied
        if breach is None:
            raise Http404
        return breach


@admin.register(BreachNotice)
class BreachNoticeAdmin(KeptAdmin):
    """Who was told, as proof."""

    list_display = ["breach", "member", "email", "queued_at", "sent_at"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter)]
    list_select_related = ["breach", "member"]
    ordering = ["-pk"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History."""
        return False
