"""A campaign that is no draft any more: how far it is, and how it is stopped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings.admin.previewing import PreviewPages, topic_words
from mailings.admin.releasing import may_release
from mailings.models import Campaign
from mailings.selectors.campaigns import campaign_page
from mailings.services import campaigns as services

State = Campaign.State
MOVING = [State.APPROVED, State.MATERIALISING, State.SENDING, State.DRAINING]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done to a campaign in some of its states."""

    label: Promise
    explained: Promise
    states: list[Campaign.State]
    run: Callable[[Campaign], None]
    sends: bool = False  # only for those who may release
    is_harmless: bool = False  # done at once, without a second look


STEPS = {
    "pause": Step(
        gettext_lazy("Pause"),
        gettext_lazy("What is being handed over at this moment still arrives. Nothing else leaves until it goes on."),
        [State.SENDING],
        lambda campaign: services.pause_campaign(campaign=campaign),
        is_harmless=True,
    ),
    "resume": Step(
        gettext_lazy("Go on"),
        gettext_lazy("It goes on where it stopped. Nobody gets it twice."),
        [State.PAUSED],
        lambda campaign: services.resume_campaign(campaign=campaign),
        sends=True,
    ),
    "back": Step(
        gettext_lazy("Back to the draft"),
        gettext_lazy("It can be changed again, and has to be released anew."),
        [State.APPROVED],
        lambda campaign: services.take_back_approval(campaign=campaign),
    ),
    "cancel": Step(
        gettext_lazy("Cancel it"),
        gettext_lazy("What has left cannot be called back. The others never get it, and it cannot be taken up again."),
        services.STOPPABLE,
        lambda campaign: services.cancel_campaign(campaign=campaign, now=timezone.now()),
    ),
}


class UnderWayPages(PreviewPages):
    """The page that its change page becomes, the part of it that is asked for again, and the steps."""

    def get_urls(self) -> list[URLPattern]:
        """Each step has an address; only a POST takes it."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", view(self.progress), name="mailings_campaign_progress"),
            path("<int:pk>/step/<slug:name>/", view(self.step), name="mailings_campaign_step"),
            *super().get_urls(),
        ]

    def under_way(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        """What stands where the form stood, once there is nothing left to change."""
        return self.page(request, "under_way.html", self._page(request, campaign))

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The part that changes, for htmx; others get the page."""
        campaign = self.visible(request, pk)
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect("admin:mailings_campaign_change", pk)
        return self.page(request, "under_way.html#progress", self._page(request, campaign))

    def step(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """What a step does, and the button that does it. Of two clicks, one wins."""
        campaign, step = self.visible(request, pk), STEPS.get(name)
        if step is None:
            raise Http404
        if not _may(request, step):
            raise PermissionDenied
        if request.method == "POST":
            self._take(request, campaign, step)
            return redirect("admin:mailings_campaign_change", pk)
        return self.page(request, "step.html", {"title": step.label, "campaign": campaign, "step": step})

    def _take(self, request: HttpRequest, campaign: Campaign, step: Step) -> None:
        try:
            step.run(campaign)
        except services.WrongState:
            messages.error(request, _("Somebody else was quicker, or it has ended. Nothing was changed."))
        else:
            self.log_change(request, campaign, str(step.label))
            messages.success(request, _("Done: %(step)s.") % {"step": step.label})

    def _page(self, request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
        pk, now = campaign.pk, timezone.now()
        starts_at = campaign.starts_at
        is_waiting = campaign.state == State.APPROVED and starts_at is not None and starts_at > now
        steps = [
            (reverse("admin:mailings_campaign_step", args=[pk, name]), step)
            for name, step in STEPS.items()
            if campaign.state in step.states and _may(request, step)
        ]
        return {
            "title": str(campaign),
            "page": campaign_page(campaign, at=now),
            "topic": topic_words(campaign),
            "steps": steps,
            "is_waiting": is_waiting,
            "is_moving": campaign.state in MOVING and not is_waiting,
            "may_see_mails": request.user.has_perm("mailings.view_delivery"),
        }


def _may(request: HttpRequest, step: Step) -> bool:
    return may_release(request) if step.sends else bool(request.user.has_perm("mailings.change_campaign"))
