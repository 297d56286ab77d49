"""Webhooks and what was sent to them: staff look, and pause or take up again; nobody sees a secret."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mailings.admin.reading import ReadOnly
from partners.models import Webhook, WebhookDelivery
from partners.services.webhooks import pause_webhook, resume_webhook


@admin.register(Webhook)
class WebhookAdmin(ReadOnly):
    """The rows are their holders'. Pausing needs the permission to change them."""

    list_display = ["url", "partner", "member", "state", "pause_reason", "state_since", "created_at"]
    list_filter = ["state", "pause_reason"]
    list_select_related = ["partner__receiver", "member"]
    ordering = ["-created_at"]
    fields = [
        *("partner", "member", "url", "kinds", "state", "pause_reason", "state_since"),
        *("previous_until", "quiet_until", "created_at"),
    ]
    actions = ("pause", "resume")

    def has_pause_permission(self, request: HttpRequest) -> bool:
        """Asked by Django for the two actions."""
        return bool(request.user.has_perm("partners.change_webhook"))

    @admin.action(description=_("Pause: only staff take it up again"), permissions=["pause"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Nothing is lost: each goes on where it stopped."""
        now = timezone.now()
        self._each(
            request,
            queryset,
            lambda webhook: pause_webhook(webhook=webhook, by=Webhook.PauseReason.STAFF, now=now) is None,
            "paused",
        )

    @admin.action(description=_("Take up again"), permissions=["pause"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Whoever paused it."""
        now = timezone.now()
        self._each(
            request,
            queryset,
            lambda webhook: resume_webhook(webhook=webhook, key=None, now=now),
            "taken up again",
        )

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Webhook], act: Callable[[Webhook], bool], words: str
    ) -> None:
        done = 0
        for webhook in queryset:
            if act(webhook):
                self.log_change(request, webhook, words)
                done += 1
            else:
                told = _("%(url)s stays paused: its key has ended. Its holder takes it up again with another one.")
                messages.warning(request, told % {"url": webhook.url})
        said = ngettext("Done: %(count)d webhook.", "Done: %(count)d webhooks.", done)
        messages.success(request, said % {"count": done})


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    """The newest first. What a message said is in the feed, and nowhere else."""

    list_display = ["created_at", "webhook", "event", "state", "attempts", "last_status", "last_error", "took_ms"]
    list_filter = ["state", "event"]
    list_select_related = ["webhook"]
    date_hierarchy = "created_at"
    ordering = ["-created_at", "-id"]

    fields = [field.name for field in WebhookDelivery._meta.fields if field.name != "id"]
