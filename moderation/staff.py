"""Deciding in admin: from a list or from the thing's own page, always with a reason and a second look."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from moderation import services
from moderation.models import Decision
from moderation.selectors import case

LABELS = {
    Decision.Action.APPROVE: gettext_lazy("Approve"),
    Decision.Action.REJECT: gettext_lazy("Reject"),
    Decision.Action.SUSPEND: gettext_lazy("Suspend"),
    Decision.Action.RESTORE: gettext_lazy("Restore"),
}


class DecisionForm(forms.Form):
    """The statement of reasons; decisions against somebody need one."""

    reason = forms.CharField(
        label=gettext_lazy("Statement of reasons"),
        help_text=gettext_lazy("The people concerned receive it word for word: the rule, the facts, what they can do."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
    )

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = action in services.AGAINST


class ChangesOnlyAdmin(admin.ModelAdmin):
    """Writes the columns that the form changed and no others; for rows that are not added in admin.

    A decision or a publication committed between loading a row and saving it thereby stays.
    """

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:  # noqa: ARG002
        """Nothing to write, nothing saved; many-to-many fields follow in `save_related`."""
        columns = {field.name for field in obj._meta.concrete_fields}
        changed = [name for name in form.changed_data if name in columns]
        if changed:
            obj.save(update_fields=changed)


class DecidedAdmin(ChangesOnlyAdmin):
    """Rows that staff decide about; `decides` names the kind in moderation's registry and a row's key there."""

    decides: tuple[str, Callable[[Any], str]]
    decisions: tuple[Decision.Action, ...] = (Decision.Action.SUSPEND, Decision.Action.RESTORE)
    change_form_template = "admin/decided_change_form.html"

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Only decisions, no deleting in bulk; and only for staff who may file decisions."""
        if not request.user.has_perm("moderation.add_decision"):
            return {}
        return {
            action.value: (partial(_decide_selected, action=action), action.value, f"{LABELS[action]} …")
            for action in self.decisions
        }

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The thing, what has been reported and decided about it, and buttons to decide."""
        row = self.get_object(request, object_id)
        shown: dict[str, Any] = {
            "decisions": [(name, label) for _run, name, label in self.get_actions(request).values()]
        }
        if row is not None and request.user.has_perm("moderation.view_decision"):
            kind, key_of = self.decides
            shown["case"] = case(kind=kind, key=key_of(row))
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})


def _decide_selected(
    model_admin: DecidedAdmin, request: HttpRequest, queryset: QuerySet[Model], *, action: Decision.Action
) -> HttpResponse | None:
    """Ask for the reason on a page of its own, then decide about each row."""
    confirmed = "confirmed" in request.POST
    form = DecisionForm(request.POST if confirmed else None, action=action)
    if not (confirmed and form.is_valid()):
        return _ask_reason(model_admin, request, queryset, form, action=action)
    decided = 0
    for row in queryset:
        if _decide(model_admin, request, row, action=action, reason=form.cleaned_data["reason"]):
            decided += 1
        else:
            messages.warning(request, _("%(row)s: nothing to do in its present state.") % {"row": row})
    if decided:
        made = ngettext("%(n)s decision made and sent.", "%(n)s decisions made and sent.", decided)
        messages.success(request, made % {"n": decided})
    return None


def _ask_reason(
    model_admin: DecidedAdmin,
    request: HttpRequest,
    queryset: QuerySet[Model],
    form: DecisionForm,
    *,
    action: Decision.Action,
) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "title": LABELS[action],
        "action": action.value,
        "objects": queryset,
        "form": form,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "admin/decide.html", context)


def _decide(
    model_admin: DecidedAdmin, request: HttpRequest, row: Model, *, action: Decision.Action, reason: str
) -> bool:
    kind, key_of = model_admin.decides
    try:
        services.decide(kind=kind, key=key_of(row), action=action, reason=reason, by=request.user, now=timezone.now())
    except services.NothingToDecide:
        return False
    return True
