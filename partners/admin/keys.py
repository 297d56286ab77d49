"""Partners' keys in admin: read, renewed and revoked. Members' keys are their companies' business, and not here."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.admin.pages import StepPages
from partners.forms.keys import LifetimeForm
from partners.models import ApiKey
from partners.scopes import scope_words
from partners.selectors.usage import usage_page
from partners.services.keys import OVERLAP, AlreadyRenewed, renew_key, revoke_key

SHOWN = (
    *("partner", "name", "prefix", "may", "state"),
    *("created_at", "last_used_at", "expires_at", "revoked_at", "follows"),
)


class Works(admin.SimpleListFilter):
    """Whether it opens something."""

    title = gettext_lazy("works")
    parameter_name = "works"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        """Yes or no."""
        return [("yes", gettext_lazy("works")), ("no", gettext_lazy("expired or revoked"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> Any:
        """Those."""
        valid = ApiKey.objects.valid(at=timezone.now()).values("pk")
        chosen = {"yes": lambda: queryset.filter(pk__in=valid), "no": lambda: queryset.exclude(pk__in=valid)}
        return chosen.get(self.value() or "", lambda: queryset)()


@admin.register(ApiKey)
class ApiKeyAdmin(StepPages):
    """Nothing of a key is edited: it is renewed or revoked, on pages of their own."""

    list_display = ["prefix", "partner", "name", "state", "last_used_at", "expires_at"]
    list_filter = [Works, "partner"]
    list_select_related = ["partner__receiver", "followed_by"]
    search_fields = ["prefix", "name", "partner__receiver__name"]
    ordering = ["-created_at"]
    fields = SHOWN
    readonly_fields = SHOWN
    change_form_template = "admin/partners/steps_change_form.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """Of partners."""
        keys: Any = super().get_queryset(request)
        return keys.filter(member=None).select_related("partner__receiver", "followed_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """From the partner's page."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Renewing and revoking."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/usage/", view(self.usage), name="partners_apikey_usage"),
            path("<int:pk>/renew/", view(self.renew), name="partners_apikey_renew"),
            path("<int:pk>/revoke/", view(self.revoke), name="partners_apikey_revoke"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The key and what can be done to it; there is nothing to save."""
        key: ApiKey | None = self.get_object(request, object_id)
        steps = [] if key is None else [(_("Usage"), reverse("admin:partners_apikey_usage", args=[key.pk]))]
        if key is not None and key.state(at=timezone.now()) in {ApiKey.State.VALID, ApiKey.State.RENEWED}:
            if self._may_issue(request) and not hasattr(key, "followed_by"):
                steps.append((_("Renew"), reverse("admin:partners_apikey_renew", args=[key.pk])))
            if self.has_change_permission(request, key):
                steps.append((_("Revoke"), reverse("admin:partners_apikey_revoke", args=[key.pk])))
        shown = {"steps": steps, "show_save": False, "show_save_and_continue": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, shown)

    def usage(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How often it was used, day by day."""
        key = self._key(request, pk)
        if not self.has_view_permission(request, key):
            raise PermissionDenied
        page = usage_page(key, now=timezone.now())
        return self.step_page(request, "usage.html", key, title=_("How the key is used"), page=page)

    def renew(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A key with another secret takes its place; the answer shows that once."""
        key, now = self._key(request, pk), timezone.now()
        if not self._may_issue(request):
            raise PermissionDenied
        form = LifetimeForm(request.POST if request.method == "POST" else None)
        if not form.is_valid():
            explained = _("The partner gets a new key. The old one works for at most %(days)s more days.")
            words = {
                "title": _("Renew this key?"),
                "explained": explained % {"days": OVERLAP.days},
                "label": _("Renew"),
            }
            return self.step_page(request, "step.html", key, form=form, **words)
        try:
            issued = renew_key(key=key, expires_at=form.expires_at(now=now), now=now)
        except AlreadyRenewed:
            messages.warning(request, _("It was renewed before, or opens nothing any more. Nothing was changed."))
            return redirect("admin:partners_apikey_change", pk)
        self.log_change(request, key, _("Renewed as %(prefix)s.") % {"prefix": issued.key.prefix})
        return self.step_page(request, "issued.html", key, title=_("The new key"), issued=issued)

    def revoke(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A second look, and the button that ends it."""
        key = self._key(request, pk)
        if not self.has_change_permission(request, key):
            raise PermissionDenied
        if request.method != "POST":
            explained = _("It opens nothing from the next call on. This cannot be undone.")
            words = {"title": _("Revoke this key?"), "explained": explained, "label": _("Revoke")}
            return self.step_page(request, "step.html", key, **words)
        if revoke_key(key=key, now=timezone.now()):
            self.log_change(request, key, _("Revoked."))
            messages.success(request, _("%(key)s opens nothing any more.") % {"key": key})
        else:
            messages.info(request, _("It was revoked before."))
        return redirect("admin:partners_apikey_change", pk)

    def _key(self, request: HttpRequest, pk: int) -> ApiKey:
        key: ApiKey | None = self.get_object(request, str(pk))
        if key is None:
            raise Http404
        return key

    def _may_issue(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("partners.add_apikey"))

    @admin.display(description=gettext_lazy("what it may do"))
    def may(self, key: ApiKey) -> str:
        """In words; the contract may allow less today."""
        return ", ".join(map(str, scope_words(key.scopes)))

    @admin.display(description=gettext_lazy("state"))
    def state(self, key: ApiKey) -> str:
        """Of the key itself; the contract may be over."""
        return str(key.state(at=timezone.now()).label)
