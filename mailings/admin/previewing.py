"""A campaign as it will arrive: in each language, for one member, on a phone and on a desk, and as a test."""

from typing import Any

from csp.decorators import csp_update
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from mailings.admin.looking import LookOver, begin_look, looked_at, may_look
from mailings.forms.previewing import AsMemberForm
from mailings.models import Campaign
from mailings.services import campaigns as services
from mailings.topics import topics
from mailings.writing.frames import framed
from mailings.writing.languages import language_name
from mailings.writing.previews import Preview, preview
from mailings.writing.texts import Unsendable, texts_by_language

framing: Any = csp_update({"frame-src": ["'self'"]})  # its types know of no view with arguments


class PreviewPages(admin.ModelAdmin):
    """Whoever may see a campaign may see it as its readers will."""

    def get_urls(self) -> list[URLPattern]:
        """The page, the HTML half alone for its frames, and the test."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/preview/", framing(view(self.preview)), name="mailings_campaign_preview"),
            path("<int:pk>/mail/", view(self.mail), name="mailings_campaign_mail"),
            path("<int:pk>/test/", view(self.test), name="mailings_campaign_test"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Both halves for `?language=` or `?member=`; an address that is sent with a reason finds the member."""
        campaign = self.visible(request, pk)
        form = AsMemberForm(request.POST if request.method == "POST" else None)
        if form.is_bound and not may_look(request):
            raise PermissionDenied
        if form.is_valid():
            asked = form.cleaned_data
            token = begin_look(request, campaign, asked["member"], reason=asked["reason"], now=timezone.now())
            return redirect(_address(pk, member=token))
        context: dict[str, Any] = {"title": _("Preview"), "campaign": campaign, "form": form}
        context["frame"], context["frames"] = _frame(request, pk), [(360, _("On a phone")), (800, _("On a desk"))]
        context["may_see_members"] = may_look(request)
        context["languages"] = [(language_name(code), _address(pk, language=code)) for code in _languages(campaign)]
        try:
            context["mail"] = _asked_for(request, campaign)
        except Unsendable as refusal:
            context["lacks"] = refusal.lacks
        except LookOver:
            messages.error(request, _("This address of a member’s mail holds no longer. Type their e-mail again."))
            return redirect(_address(pk))
        return self.page(request, "preview.html", context)

    def mail(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The HTML half, with its own styles."""
        try:
            return framed(_asked_for(request, self.visible(request, pk)).html)
        except (Unsendable, LookOver) as refusal:
            raise Http404 from refusal

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it to whoever presses the button, and to nobody else."""
        campaign, staff = self.visible(request, pk), request.user
        language = request.POST.get("language", campaign.default_language)
        if request.method != "POST":
            return redirect(_address(pk, language=language))
        to: dict[str, str] = {"to": staff.email, "name": staff.name}  # type: ignore[union-attr]
        try:
            words = texts_by_language(campaign)(language)
            services.send_test(campaign=campaign, words=words, **to, now=timezone.now())
        except Unsendable as refusal:
            messages.error(request, _("Not sent: it lacks %(lacks)s.") % {"lacks": refusal.lacks})
        else:
            messages.success(request, _("A test is on its way to %(to)s.") % {"to": to["to"]})
        return redirect(_address(pk, language=language))

    def visible(self, request: HttpRequest, pk: int) -> Campaign:
        """The campaign, for those who may see it. Raises Http404, PermissionDenied."""
        campaign: Campaign | None = self.get_object(request, str(pk))
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied
        if campaign is None:
            raise Http404
        return campaign

    def page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        """One of the pages about a campaign."""
        shown = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/mailings/campaign/{name}", shown)


def topic_words(campaign: Campaign) -> str:
    """What its readers have said yes to; "" for an announcement."""
    known = topics().get(campaign.topic)
    return str(known.title) if known else campaign.topic


def _asked_for(request: HttpRequest, campaign: Campaign) -> Preview:
    """For the member or language of the address, else in the campaign's own language.

    Raises Unsendable, PermissionDenied, LookOver.
    """
    token = request.GET.get("member", "")
    if not token:
        return preview(campaign, language=request.GET.get("language") or campaign.default_language)
    member = looked_at(request, campaign, token)
    return preview(campaign, language=member.language, name=member.name)


def _languages(campaign: Campaign) -> list[str]:
    return list(campaign.texts.order_by("language").values_list("language", flat=True))


def _address(pk: int, **asked: Any) -> str:
    return f"{reverse('admin:mailings_campaign_preview', args=[pk])}?{urlencode(asked)}".rstrip("?")


def _frame(request: HttpRequest, pk: int) -> str:
    asked = {name: request.GET[name] for name in ("member", "language") if name in request.GET}
    return f"{reverse('admin:mailings_campaign_mail', args=[pk])}?{urlencode(asked)}"
