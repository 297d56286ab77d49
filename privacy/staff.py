"""Staff who open a person's record say why first, and the person sees who looked and why.

Nothing of the record is shown before: not by its page, its history or its other addresses, not to superusers. Lists
show what is needed to find somebody, and cannot be asked about anything else.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy import datamap
from privacy.datamap import Purpose, ReceiverKind
from privacy.services.disclosing import Ground, Party, disclose

LASTS = timedelta(minutes=30)  # a reason holds for one person in one session
SESSION_KEY = "opened_records"
USUAL = [
    gettext_lazy("They asked us for help"),
    gettext_lazy("A report or complaint about them"),
    gettext_lazy("Suspected fraud or misuse"),
    gettext_lazy("A request about their data"),
    gettext_lazy("A question of law"),
]


class ReasonForm(forms.Form):
    """Why a record is opened."""

    prefix = "why"
    usual = forms.ChoiceField(label=gettext_lazy("Reason"), choices=[("", "–"), *((str(one), one) for one in USUAL)])
    words = forms.CharField(
        label=gettext_lazy("In your words"),
        help_text=gettext_lazy("At least 10 characters. The person reads this word for word."),
        min_length=10,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )

    def reason(self) -> str:
        """Both answers in one line."""
        return f"{self.cleaned_data['usual']}: {self.cleaned_data['words']}"


class ReasonWanted(Exception):
    """A record was about to be shown to somebody who has not said why."""

    def __init__(self, record: Model) -> None:
        super().__init__(record.pk)
        self.record = record


class MemberRecordAdmin(admin.ModelAdmin):
    """A person's record; `record_purpose` is what its columns are held for.

    Whatever shows one row takes it from `get_object`, so that nothing leads around the question.
    """

    record_purpose: Purpose

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The record, for somebody who has said why; else raises ReasonWanted."""
        record = super().get_object(request, object_id, from_field)
        if record is not None and not _has_said_why(request, record, now=timezone.now()):
            raise ReasonWanted(record)
        return record

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The record, or the question."""
        may = self.has_change_permission if _other_values(request) else self.has_view_or_change_permission
        return self._or_ask(request, may, partial(super().change_view, request, object_id, form_url, extra_context))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was changed, or the question."""
        may = self.has_view_or_change_permission
        return self._or_ask(request, may, partial(super().history_view, request, object_id, extra_context))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What would go with it, or the question."""
        may = self.has_delete_permission
        return self._or_ask(request, may, partial(super().delete_view, request, object_id, extra_context))

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Only the list's own filters: any other would tell a hidden column, guess by guess."""
        offered = {str(name) for name in (*self.list_filter, self.date_hierarchy)}
        return lookup.split("__", maxsplit=1)[0] in offered and super().lookup_allowed(lookup, value, request)

    def _or_ask(self, request: HttpRequest, may: Callable[..., bool], page: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            return page()
        except ReasonWanted as wanted:
            if not may(request, wanted.record):
                raise PermissionDenied from wanted
            return self._ask(request, wanted.record, page)

    def _ask(self, request: HttpRequest, record: Model, page: Callable[[], HttpResponse]) -> HttpResponse:
        """The question; with a good answer the page. What somebody was saving when the time ran out is kept."""
        kept = _other_values(request)
        form = ReasonForm(request.POST if f"{ReasonForm.prefix}-words" in request.POST else None)
        if not form.is_valid():
            context = {"title": _("Why do you open this record?"), "record": record, "form": form, "kept": kept}
            shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
            return TemplateResponse(request, "admin/why.html", shown)
        self._note(request, record, reason=form.reason(), now=timezone.now())
        return page() if kept else HttpResponseRedirect(request.get_full_path())

    def _note(self, request: HttpRequest, record: Model, *, reason: str, now: datetime) -> None:
        disclose(
            members=[record.pk],
            receiver=desk_of(request.user),
            purpose=self.record_purpose,
            columns=self._columns(request, record),
            ground=Ground.STAFF,
            reason=reason,
            now=now,
        )
        _remember(request, record, now=now)

    def _columns(self, request: HttpRequest, record: Model) -> list[str]:
        """What the page shows of the person, its tables of other rows included."""
        parts = [(self.model, self.get_fieldsets(request, record))]
        inlines = self.get_inline_instances(request, record)
        parts += [(inline.model, inline.get_fieldsets(request, record)) for inline in inlines]
        shown = [f"{model._meta.label}.{name}" for model, sets in parts for name in flatten_fieldsets(sets)]
        return [name for name in shown if name in datamap.columns()]


def desk_of(staff: Any) -> Party:
    """Somebody of the staff as a receiver: people read the role and no name."""
    roles = [_("administrator")] if staff.is_superuser else list(staff.groups.values_list("name", flat=True))
    who = _("Our staff: %(role)s") % {"role": ", ".join(map(str, roles)) or _("without a group")}
    return Party(ReceiverKind.STAFF, f"member:{staff.pk}", who[:200])


def _other_values(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent besides the answer."""
    ours = ("csrfmiddlewaretoken", f"{ReasonForm.prefix}-")
    return [(name, value) for name, values in request.POST.lists() if not name.startswith(ours) for value in values]


def _opened(request: HttpRequest, *, now: datetime) -> dict[str, float]:
    """When this session opened which record, as far as it still holds."""
    oldest = (now - LASTS).timestamp()
    opened: dict[str, float] = request.session.get(SESSION_KEY, {})
    return {key: at for key, at in opened.items() if at > oldest}


def _key(request: HttpRequest, record: Model) -> str:
    return f"{request.user.pk}:{record.pk}"


def _has_said_why(request: HttpRequest, record: Model, *, now: datetime) -> bool:
    return _key(request, record) in _opened(request, now=now)


def _remember(request: HttpRequest, record: Model, *, now: datetime) -> None:
    request.session[SESSION_KEY] = _opened(request, now=now) | {_key(request, record): now.timestamp()}
