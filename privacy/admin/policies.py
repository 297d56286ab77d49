"""Policies in admin: drafts are written, looked at and published; a published text is never edited."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import TextField
from django.forms import Textarea
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from privacy.downloads import as_csv
from privacy.models import PolicyDraft, PolicyVersion
from privacy.selectors.policy_drafts import draft_page, propose
from privacy.selectors.processing import record_of_processing
from privacy.services import policies as services


@admin.register(PolicyVersion)
class PolicyVersionAdmin(admin.ModelAdmin):
    """What was published. Nobody adds to it but by publishing a draft, and nobody changes or removes any of it."""

    list_display = ["__str__", "published_at", "effective_at", "material", "notices_done_at"]
    list_filter = ["kind", "material"]
    date_hierarchy = "effective_at"
    fields = [
        *("kind", "number", "published_at", "effective_at", "material", "changes", "notices_done_at"),
        *("digest", "body"),
    ]

    def get_urls(self) -> list[URLPattern]:
        """The record of processing stands beside what the public reads of it."""
        record = path(
            "record-of-processing/", self.admin_site.admin_view(self.record), name="privacy_record_of_processing"
        )
        return [record, *super().get_urls()]

    def record(self, request: HttpRequest) -> HttpResponse:
        """GDPR art. 30, to read, to print, or as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        record = record_of_processing(at=now)
        if request.GET.get("format") == "csv":
            return as_csv(record.rows(), name=f"record-of-processing-{now:%Y-%m-%d}.csv")
        words = {**self.admin_site.each_context(request), "title": _("Record of processing activities")}
        words |= {"opts": self.opts, "record": record, "at": now}
        return TemplateResponse(request, "admin/privacy/record_of_processing.html", words)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Drafts become versions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Published is published."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Acceptances refer to it."""
        return False


@admin.register(PolicyDraft)
class PolicyDraftAdmin(admin.ModelAdmin):
    """The coming text of each policy. A new one begins with the newest published text."""

    list_display = ["kind", "effective_at", "changed_at"]
    formfield_overrides = {TextField: {"widget": Textarea(attrs={"rows": 30, "cols": 100})}}

    def get_fields(self, request: HttpRequest, obj: PolicyDraft | None = None) -> Any:
        """First which policy, then its text."""
        return ["body", "effective_at"] if obj else ["kind"]

    def save_model(self, request: HttpRequest, obj: PolicyDraft, form: Any, change: bool) -> None:
        """A new draft begins with the newest text."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            obj.pk = services.start_draft(kind=obj.kind, now=timezone.now()).pk

    def response_add(self, request: HttpRequest, obj: PolicyDraft, post_url_continue: Any = None) -> HttpResponse:
        """On to the text."""
        return redirect("admin:privacy_policydraft_change", obj.pk)

    def response_change(self, request: HttpRequest, obj: PolicyDraft) -> HttpResponse:
        """On to what the button says, with the draft saved."""
        for step in ("preview", "publish"):
            if f"_{step}" in request.POST:
                return redirect(f"admin:privacy_policydraft_{step}", obj.pk)
        return super().response_change(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """Looking at a draft, and publishing it."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", view(self.preview), name="privacy_policydraft_preview"),
            path("<int:pk>/publish/", view(self.publish), name="privacy_policydraft_publish"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page as everybody will see it."""
        draft = self._draft(request, pk)
        if draft is None or not self.has_view_permission(request, draft):
            raise Http404
        return render(request, "privacy/policy.html", {"page": draft_page(draft, at=timezone.now())})

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What publishing would do, and the button that does it."""
        if not request.user.has_perm("privacy.add_policyversion"):
            raise PermissionDenied
        draft = self._draft(request, pk)
        if draft is None:
            messages.warning(request, _("This draft has been published already, or deleted."))
            return redirect("admin:privacy_policyversion_changelist")
        if request.method == "POST" and (version := self._publish(request, draft)):
            return redirect("admin:privacy_policyversion_change", version.pk)
        proposal, now = propose(draft, at=timezone.now()), timezone.now()
        words = {
            **self.admin_site.each_context(request),
            "title": _("Publish %(version)s") % {"version": proposal.version},
            "opts": self.opts,
            "draft": draft,
            "shown": draft.changed_at.isoformat(),
            "proposal": proposal,
            "comparison": proposal.comparison(),
            "earliest": services.earliest_effect(proposal, now=now),
        }
        return TemplateResponse(request, "admin/privacy/policydraft/publish.html", words)

    def _draft(self, request: HttpRequest, pk: int) -> PolicyDraft | None:
        draft: PolicyDraft | None = self.get_object(request, str(pk))
        return draft

    def _publish(self, request: HttpRequest, draft: PolicyDraft) -> PolicyVersion | None:
        """The new version; or None, and a message that says what to do."""
        try:
            if request.POST.get("shown") != draft.changed_at.isoformat():
                raise services.DraftGone
            version = services.publish_policy(draft=draft, now=timezone.now(), material="material" in request.POST)
        except services.DraftGone:
            messages.error(request, _("Somebody changed the draft meanwhile. Look at it again, then publish it."))
        except services.NothingNew:
            messages.error(request, _("Text and tables are the same as in the newest version. Change something first."))
        except services.UnknownPromise as refusal:
            told = _("This program keeps no promise called %(promises)s. Correct or remove the mark, then publish it.")
            messages.error(request, told % {"promises": ", ".join(f"“{name}”" for name in refusal.promises)})
        except services.TooSoon as refusal:
            day = date_format(refusal.earliest, "j M Y, H:i e")
            told = _("It cannot take effect before %(day)s. Set a later date in the draft, then publish it.")
            messages.error(request, told % {"day": day})
        else:
            self.log_addition(request, version, _("Published."))
            messages.success(request, _("%(version)s is published.") % {"version": version})
            return version
        return None
