"""Partners in admin: what their contract allows, and their keys."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.admin.pages import StepPages
from partners.forms.keys import NewKeyForm, ScopesField
from partners.models import ApiKey, Partner
from partners.scopes import OF_PARTNERS, scope_words
from partners.services.keys import AlreadyMade, ScopeNotAllowed, issue_partner_key


class PartnerForm(forms.ModelForm):
    """What a contract allows; who it is stands in the register of receivers."""

    website = forms.URLField(label=gettext_lazy("Website"), assume_scheme="https")
    scopes = ScopesField(
        label=gettext_lazy("What its contract allows"),
        help_text=gettext_lazy("What is taken away here is closed to its keys from the next call on."),
    )

    class Meta:
        model = Partner
        fields = ["receiver", "slug", "website", "contact_email", "scopes", "calls_a_minute"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "scopes" in self.fields:  # not in a form that only reads it
            self.fields["scopes"].offer(OF_PARTNERS)  # type: ignore[attr-defined]


class Serving(admin.SimpleListFilter):
    """Whether its contract runs."""

    title = gettext_lazy("contract")
    parameter_name = "contract"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Yes or no."""
        return [("runs", gettext_lazy("runs")), ("out", gettext_lazy("not begun, or over"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        """Those."""
        serving = Partner.objects.serving(on=timezone.now().date()).values("pk")
        chosen = {"runs": lambda: queryset.filter(pk__in=serving), "out": lambda: queryset.exclude(pk__in=serving)}
        return chosen.get(self.value() or "", lambda: queryset)()


class Keys(admin.TabularInline):
    """On a partner's page; each leads to its own."""

    model = ApiKey
    fields = readonly_fields = ("begins", "name", "may", "state", "created_at", "last_used_at", "expires_at")
    extra = 0
    can_delete = False
    ordering = ("-created_at",)
    verbose_name_plural = gettext_lazy("its keys")

    def get_queryset(self, request: HttpRequest) -> Any:
        """With what took their place."""
        return super().get_queryset(request).select_related("followed_by", "partner__receiver")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are issued on a page of their own, which shows the secret once."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing of a key is edited."""
        return False

    @admin.display(description=gettext_lazy("begins with"))
    def begins(self, key: ApiKey) -> str:
        """A link to its page."""
        return format_html('<a href="{}">{}</a>', reverse("admin:partners_apikey_change", args=[key.pk]), key.prefix)

    @admin.display(description=gettext_lazy("what it may do"))
    def may(self, key: ApiKey) -> str:
        """In words."""
        return ", ".join(map(str, scope_words(key.scopes)))

    @admin.display(description=gettext_lazy("state"))
    def state(self, key: ApiKey) -> str:
        """In words."""
        return str(key.state(at=timezone.now()).label)


@admin.register(Partner)
class PartnerAdmin(StepPages):
    """Its time ends in the register of receivers; none is removed, since people were told."""

    form = PartnerForm
    inlines = [Keys]
    list_display = ["__str__", "website", "calls_a_minute", "since", "until", "last_used"]
    list_filter = [Serving]
    list_select_related = ["receiver"]
    search_fields = ["receiver__name", "slug", "website"]
    ordering = ["receiver__name"]
    change_form_template = "admin/partners/steps_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the last use of any of its keys."""
        return super().get_queryset(request).annotate(last_use=Max("keys__last_used_at"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Which company it is stays as it was entered."""
        return ["receiver"] if obj else []

    def get_urls(self) -> list[URLPattern]:
        """Issuing a key."""
        view = self.admin_site.admin_view(self.issue)
        return [path("<int:pk>/issue/", view, name="partners_partner_issue"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The contract, the keys, and a button to issue one."""
        steps = []
        if request.user.has_perm("partners.add_apikey"):
            steps = [(_("Issue a key"), reverse("admin:partners_partner_issue", args=[object_id]))]
        return super().change_view(request, object_id, form_url, {"steps": steps, **(extra_context or {})})

    def issue(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the key may do; the answer shows its secret once, and pressing again makes no second key."""
        partner: Partner | None = self.get_object(request, str(pk))
        if partner is None:
            raise Http404
        if not request.user.has_perm("partners.add_apikey"):
            raise PermissionDenied
        form = NewKeyForm(request.POST if request.method == "POST" else None, offered=partner.scopes)
        if form.is_valid():
            return self._issue(request, partner, form)
        words = {"title": _("Issue a key"), "label": _("Issue the key"), "explained": ""}
        return self.step_page(request, "step.html", partner, form=form, **words)

    def _issue(self, request: HttpRequest, partner: Partner, form: NewKeyForm) -> HttpResponse:
        said, now = form.cleaned_data, timezone.now()
        wanted = {name: said[name] for name in ("name", "scopes", "submission")}
        try:
            issued = issue_partner_key(partner=partner, expires_at=form.expires_at(now=now), now=now, **wanted)
        except AlreadyMade:
            messages.warning(request, _("This key is issued already; its secret is shown only once. Renew it."))
        except ScopeNotAllowed:
            messages.error(request, _("The contract was changed meanwhile. Nothing was issued."))
        else:
            self.log_change(request, partner, _("Issued the key %(prefix)s.") % {"prefix": issued.key.prefix})
            return self.step_page(request, "issued.html", partner, title=_("The new key"), issued=issued)
        return redirect("admin:partners_partner_change", partner.pk)

    @admin.display(description=gettext_lazy("since"), ordering="receiver__since")
    def since(self, partner: Partner) -> Any:
        """As the register says."""
        return partner.receiver.since

    @admin.display(description=gettext_lazy("until"), ordering="receiver__until")
    def until(self, partner: Partner) -> Any:
        """As the register says."""
        return partner.receiver.until

    @admin.display(description=gettext_lazy("last used"), ordering="last_use")
    def last_used(self, partner: Any) -> Any:
        """Any of its keys."""
        return partner.last_use
