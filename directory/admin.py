"""Companies, categories and verification in admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from directory.models import Category, Company, TeamMember, Verification
from directory.services import keep_category
from moderation.models import Decision
from moderation.staff import DecidedAdmin


class TeamInline(admin.TabularInline):
    """Who acts for the company; teams look after themselves."""

    model = TeamMember
    extra = 0
    fields = ["member", "role", "joined_at"]
    readonly_fields = ["member", "role", "joined_at"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Owners invite."""
        return False


class VerificationInline(admin.TabularInline):
    """Dated checks; added by staff, kept when they lapse."""

    model = Verification
    extra = 0
    fields = ["claim", "method", "checked_at", "valid_until", "verifier"]
    raw_id_fields = ["verifier"]
    can_delete = False


@admin.register(Company)
class CompanyAdmin(DecidedAdmin):
    """The directory; profiles are the owners' own, and suspending asks for a reason, which the owners receive."""

    decides = ("company", lambda company: company.slug)
    decisions = (Decision.Action.APPROVE, Decision.Action.SUSPEND, Decision.Action.RESTORE)
    list_display = ["legal_name", "country", "city", "state", "created_at"]
    list_filter = ["state", "headcount_band", ("industries", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["legal_name", "trade_name", "city", "slug"]
    date_hierarchy = "created_at"
    fieldsets = [
        (None, {"fields": ["legal_name", "trade_name", "slug", "state", "description", "logo"]}),
        (_("Where"), {"fields": ["country", "region", "city", "postal_code", "address"]}),
        (
            _("Facts"),
            {"fields": ["business_types", "industries", "turnover_band", "headcount_band", "year_established"]},
        ),
        (_("Contact, not public"), {"fields": ["phone", "fax", "website"]}),
    ]
    readonly_fields = [
        *("legal_name", "trade_name", "slug", "state", "description", "logo"),
        *("country", "region", "city", "postal_code", "address"),
        *("business_types", "turnover_band", "headcount_band", "year_established"),
        *("phone", "fax", "website"),
    ]
    autocomplete_fields = ["industries"]
    inlines = [VerificationInline, TeamInline]
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Companies join by signing up."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Suspend instead; others have written to it."""
        return False


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """The tree; moving a category keeps its id, its leads and its address."""

    list_display = ["name", "parent", "slug", "hs_codes", "hs_edition", "position"]
    list_filter = [("parent", admin.RelatedOnlyFieldListFilter), "hs_edition"]
    search_fields = ["name", "slug"]
    list_select_related = ["parent"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Tops with their leaves below them."""
        return super().get_queryset(request).order_by("parent__position", "position", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Once it exists the slug stays: partners hold leads under it."""
        return ["slug"] if obj else []

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        """Through the service, which takes along what is filed under the category."""
        keep_category(category=obj)
