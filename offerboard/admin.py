"""Leads and inquiries in admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from moderation.models import Decision
from moderation.staff import DecidedAdmin
from offerboard.models import Inquiry, Lead, LeadPicture
from offerboard.services.pictures import forget_files


class PictureInline(admin.TabularInline):
    """What buyers see; a bad picture can be removed."""

    model = LeadPicture
    extra = 0
    fields = ["image", "caption", "position"]
    readonly_fields = ["image"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Sellers add pictures."""
        return False


@admin.register(Lead)
class LeadAdmin(DecidedAdmin):
    """The moderation list of leads; texts are the members' own and stay as they wrote them."""

    decides = ("lead", lambda lead: lead.slug)
    decisions = (Decision.Action.APPROVE, Decision.Action.REJECT, Decision.Action.SUSPEND, Decision.Action.RESTORE)
    list_display = ["title", "kind", "company", "category", "state", "hidden", "posted_at", "expires_at"]
    list_filter = ["state", "hidden", "kind", ("category__parent", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["company", "category"]
    search_fields = ["title", "slug", "company__legal_name"]
    date_hierarchy = "created_at"
    fields = [
        *(
            "title",
            "slug",
            "kind",
            "company",
            "posted_by",
            "category",
            "description",
            "hs_code",
            "quantity",
            "unit",
            "price",
        ),
        *("currency", "incoterm", "place", "payment_terms", "condition", "origin", "state", "holds", "rejection"),
        *("created_at", "posted_at", "expires_at", "renewals"),
    ]
    readonly_fields = [str(name) for name in fields if name != "category"]
    autocomplete_fields = ["category"]
    inlines = [PictureInline]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members post."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reject or suspend instead; threads refer to it."""
        return False

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """A removed picture's files go with its row."""
        super().save_formset(request, form, formset, change)
        if formset.model is LeadPicture:
            forget_files(formset.deleted_objects)


@admin.register(Inquiry)
class InquiryAdmin(admin.ModelAdmin):
    """That companies wrote to each other, not what: letters are opened only for a report, on its own page."""

    list_display = ["subject", "sender", "recipient", "started_at", "last_message_at"]
    list_select_related = ["sender", "recipient"]
    search_fields = ["subject", "sender__legal_name", "recipient__legal_name"]
    date_hierarchy = "started_at"
    fields = ["subject", "sender", "recipient", "lead", "started_at", "last_message_at"]
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members write."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits a thread."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor removes one."""
        return False
