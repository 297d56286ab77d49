"""Mails to many in admin: written as drafts, looked at, released by somebody, watched while they go out."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailings.admin.campaign_form import CampaignForm
from mailings.admin.campaign_texts import TextForm, TextFormSet
from mailings.admin.copying import CopyPages
from mailings.admin.counting import CountPages, readers_of, words_of_readers
from mailings.admin.faults import faults_of
from mailings.admin.releasing import ReleasePages
from mailings.admin.under_way import UnderWayPages
from mailings.forms.campaigns import FILTERS
from mailings.models import Campaign, CampaignText
from mailings.services import campaigns as services


class Texts(admin.StackedInline):
    """One for each language; whoever may write the campaign may write them."""

    model = CampaignText
    form = TextForm
    formset = TextFormSet
    verbose_name = gettext_lazy("text")
    verbose_name_plural = gettext_lazy("what it says, in each language")
    extra = 0
    min_num = 1
    fieldsets = [
        (None, {"fields": ["language", "subject", "body"]}),
        (
            gettext_lazy("Offer (marketing only)"),
            {"classes": ["collapse"], "fields": ["offer_title", "offer_text", "offer_button", "offer_link"]},
        ),
    ]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A campaign that says nothing is not saved."""
        return super().get_formset(request, obj, validate_min=True, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Texts have no permission of their own: whoever sees the campaign reads them."""
        return bool(request.user.has_perm("mailings.view_campaign"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change the campaign, or begin one."""
        return bool(request.user.has_perm("mailings.change_campaign" if obj else "mailings.add_campaign"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Writing and rewriting are one right."""
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A language may be taken out of a draft."""
        return self.has_add_permission(request, obj)


@admin.register(Campaign)
class CampaignAdmin(CountPages, CopyPages, ReleasePages, UnderWayPages):
    """Drafts and what is under way on top. What is no draft any more is shown on a page of its own."""

    form = CampaignForm
    inlines = [Texts]
    list_display = ["title", "kind", "state", "starts_at", "audience", "sent"]
    list_filter = ["state", "kind"]
    search_fields = ["title"]
    ordering = [F("ended_at").desc(nulls_first=True), "-written_at"]  # type: ignore[list-item]
    list_per_page = 50
    change_form_template = "admin/mailings/campaign/change_form.html"
    fieldsets = [
        (None, {"fields": ["title", "kind", "topic", "reason", "default_language", "is_archived", "seen"]}),
        (
            gettext_lazy("Who gets it"),
            {
                "fields": FILTERS,
                "description": gettext_lazy(
                    "Nothing chosen lets everybody through. One value of each must fit. "
                    "When it goes is said by whoever releases it."
                ),
            },
        ),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was released says what was released."""
        return (obj is None or obj.state == Campaign.State.DRAFT) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A draft, from its own page."""
        return obj is not None and obj.state == Campaign.State.DRAFT and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Campaign) -> None:
        """Unless it was released meanwhile."""
        services.delete_draft(campaign=obj)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What Django has noted of a draft that stays is taken back with the rest."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except services.WrongState:
            messages.error(request, _("Somebody released or deleted it at that moment. Nothing was changed."))
            return redirect("admin:mailings_campaign_change", object_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """With who wrote and released it, whom several pages name."""
        campaigns: QuerySet[Campaign] = super().get_queryset(request)
        return campaigns.select_related("written_by", "approved_by")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form of a draft; the page of everything else."""
        campaign = self.get_object(request, unquote(object_id)) if object_id else None
        if campaign is not None and not self.has_change_permission(request, campaign):
            if request.method == "POST" or not self.has_view_permission(request, campaign):
                raise PermissionDenied
            return self.under_way(request, campaign)
        readers = words_of_readers(campaign, readers_of(campaign)) if campaign else ""
        shown: dict[str, Any] = {"readers": readers, "show_save_and_add_another": False}
        try:
            return super().changeform_view(request, object_id, form_url, {**shown, **(extra_context or {})})
        except services.Rewritten:
            messages.error(request, _("Somebody changed or released it at that moment. Your changes are not saved."))
            return redirect("admin:mailings_campaign_change", object_id)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """With what is wrong, and where."""
        form, (texts,) = context["adminform"].form, context["inline_admin_formsets"]
        shown = {**context, "faults": faults_of(form, texts.formset)}
        return super().render_change_form(request, shown, *args, **kwargs)

    def save_form(self, request: HttpRequest, form: ModelForm, change: bool) -> Campaign:
        """With its address, which the mail may name."""
        campaign: Campaign = super().save_form(request, form, change)
        campaign.slug = campaign.slug or services.new_slug(now=timezone.now())
        return campaign

    def save_model(self, request: HttpRequest, obj: Campaign, form: ModelForm, change: bool) -> None:
        """A new one; what becomes of a draft is known with its texts."""
        if not change:
            services.add_campaign(campaign=obj, writer=request.user, now=timezone.now())

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:
        """Whoever changes it is its author now, also where only a text was changed; who changes nothing is not."""
        changed = form.changed_data or any(one.has_changed() for one in formsets)
        if change and changed:
            seen, now = form.cleaned_data["seen"], timezone.now()
            services.change_campaign(campaign=form.instance, writer=request.user, seen=seen, now=now)
        super().save_related(request, form, formsets, change)

    def response_add(self, request: HttpRequest, obj: Campaign, post_url_continue: Any = None) -> HttpResponse:
        """On to its page, where it can be looked at."""
        messages.success(request, _("“%(title)s” is saved as a draft. Nothing is sent.") % {"title": obj})
        return redirect("admin:mailings_campaign_change", obj.pk)

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        """On to what the button says, with the draft saved."""
        for step in ("preview", "release"):
            if f"_{step}" in request.POST:
                return redirect(f"admin:mailings_campaign_{step}", obj.pk)
        return super().response_change(request, obj)
