"""Releasing a campaign: everything that its readers get, how many they are, and a button that not everybody has."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailings.admin.counting import readers_of, words_of_readers
from mailings.admin.previewing import PreviewPages, framing, topic_words
from mailings.audiences import filters_of
from mailings.forms.releasing import ReleaseForm
from mailings.models import Campaign
from mailings.selectors.campaigns import words_of, wrote_in
from mailings.services import campaigns as services
from mailings.writing.languages import language_name
from mailings.writing.previews import all_previews
from mailings.writing.promotion import WHAT_TO_DO
from mailings.writing.texts import Unsendable

OWN_WORDS = gettext_lazy(
    "An announcement goes out when a second person has read it: nobody who wrote in it can release it."
)
NOBODY = gettext_lazy("Nobody would get it, so it is not released. Look at whom it is for.")


class ReleasePages(PreviewPages):
    """Its words are read where they are released."""

    def get_urls(self) -> list[URLPattern]:
        """The page may hold frames of our own site: the mails are read in them."""
        view = framing(self.admin_site.admin_view(self.release))
        return [path("<int:pk>/release/", view, name="mailings_campaign_release"), *super().get_urls()]

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What would go to whom, and the button that lets it go."""
        campaign = self.visible(request, pk)
        if not may_release(request):
            raise PermissionDenied
        form = ReleaseForm(request.POST if request.method == "POST" else None)
        if campaign.state != Campaign.State.DRAFT:
            messages.warning(request, _("It was released already, or cancelled."))
            return redirect("admin:mailings_campaign_change", pk)
        if form.is_valid() and self._release(request, campaign, form):
            return redirect("admin:mailings_campaign_change", pk)
        for error in chain.from_iterable(form.errors.values()):  # the field is below all words, perhaps out of sight
            messages.error(request, _("It is not released. %(why)s") % {"why": error})
        return self.page(request, "release.html", _page(request, campaign, form))

    def _release(self, request: HttpRequest, campaign: Campaign, form: ReleaseForm) -> bool:
        """Whether it is released or out of reach, so that its own page is next; else a message says what to do here."""
        now = timezone.now()
        if readers_of(campaign) == {}:
            messages.error(request, NOBODY)
            return False
        starts_at = form.cleaned_data["starts_at"] if form.cleaned_data["when"] == "later" else now
        campaign.written_at = form.cleaned_data["seen"]  # the words that were on the page
        try:
            services.approve_campaign(campaign=campaign, approver=request.user, starts_at=starts_at, now=now)
        except services.WrongState:
            messages.error(request, _("Somebody else released it at the same moment, or deleted it."))
            return True
        except services.Rewritten:
            messages.error(request, _("Somebody changed it meanwhile. Read it again, then release it."))
        except services.OwnWords:
            messages.error(request, OWN_WORDS)
        except services.Promotes as refusal:
            messages.error(request, _promotes(refusal))
        except Unsendable as refusal:
            messages.error(request, _("It lacks %(lacks)s.") % {"lacks": refusal.lacks})
        else:
            self.log_change(request, campaign, _("Released."))
            messages.success(request, _("It is released."))
            return True
        campaign.refresh_from_db()
        return False


def may_release(request: HttpRequest) -> bool:
    """Whether this person may let campaigns go out, and go on."""
    return bool(request.user.has_perm("mailings.approve_campaign"))


def _page(request: HttpRequest, campaign: Campaign, form: ReleaseForm) -> dict[str, Any]:
    is_announcement = campaign.kind == Campaign.Kind.ANNOUNCEMENT
    readers = readers_of(campaign)
    context: dict[str, Any] = {
        "title": _("Release “%(title)s”") % {"title": campaign},
        "campaign": campaign,
        "form": form,
        "seen": campaign.written_at.isoformat(),
        "readers": words_of_readers(campaign, readers),
        "is_empty": readers == {},
        "nobody": NOBODY,
        "button": _button(readers),
        "who": words_of(filters_of(campaign)),
        "topic": topic_words(campaign),
        "is_announcement": is_announcement,
        "wrote_it": is_announcement and wrote_in(campaign, request.user),
        "own_words": OWN_WORDS,
        "frame": reverse("admin:mailings_campaign_mail", args=[campaign.pk]),
        "frames": [(480, _("As mail programs show it"))],
        "zone": timezone.get_current_timezone_name(),
    }
    try:
        services.examine_words(campaign=campaign, texts=campaign.texts.all())
        context["mails"] = list(all_previews(campaign))
    except services.Promotes as refusal:
        context["obstacle"] = _promotes(refusal)
    except Unsendable as refusal:
        context["obstacle"] = _("It lacks %(lacks)s.") % {"lacks": refusal.lacks}
    return context


def _button(readers: Mapping[str, int] | None) -> str:
    """What a press does, with the number where there is one."""
    if readers is None:
        return _("Release")
    number = sum(readers.values())
    said = ngettext("Release to %(n)s person", "Release to %(n)s people", number)
    return said % {"n": number_format(number, force_grouping=True)}


def _promotes(refusal: services.Promotes) -> str:
    found = [f"{language_name(code)}: {', '.join(words)}" for code, words in refusal.found.items()]
    said = ngettext("This text promotes something: %(found)s", "These texts promote something: %(found)s", len(found))
    return f"{said % {'found': '; '.join(found)}}. {WHAT_TO_DO}"
