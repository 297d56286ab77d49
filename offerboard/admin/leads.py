"""Leads and inquiries in admin."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from moderation.models import Decision
from moderation.staff import DecidedAdmin
from offerboard.downloads import sent_safely
from offerboard.models import Inquiry, Lead, LeadDocument, LeadPicture, LeadRevision, PriceTier
from offerboard.services.documents import forget_documents
from offerboard.services.leads import refile_lead
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


class ReadOnlyInline(admin.TabularInline):
    """Rows that staff read and nobody writes here."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


class TierInline(ReadOnlyInline):
    """Prices by quantity, as the company set them."""

    model = PriceTier
    fields = ["min_quantity", "price"]


class RevisionInline(ReadOnlyInline):
    """What the public could read, and when."""

    model = LeadRevision
    fields = ["public_from", "public_until", "what"]
    readonly_fields = ["what", "public_until"]

    @admin.display(description=_("facts"))
    def what(self, revision: LeadRevision) -> str:
        """The facts, one a line; what was left open is left out."""
        lines = ((name, fact) for name, fact in revision.facts.items() if fact not in ("", None, []))
        return format_html_join(mark_safe("<br>"), "<b>{}</b>: {}", lines)  # no outside word in it


class DocumentInline(admin.TabularInline):
    """What buyers can read; a bad document can be removed."""

    model = LeadDocument
    extra = 0
    fields = ["download", "kind", "size"]
    readonly_fields = ["download", "kind", "size"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Sellers add documents."""
        return False

    @admin.display(description=_("document"))
    def download(self, document: LeadDocument) -> str:
        """A way to it that asks for the second factor, as all of admin does."""
        address = reverse("admin:offerboard_lead_document", args=[document.pk])
        return format_html('<a href="{}">{}</a>', address, document.name)


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
        *("brand", "model", "packaging", "samples", "lead_time_days", "destinations"),
        *("created_at", "posted_at", "expires_at", "renewals"),
    ]
    readonly_fields = [str(name) for name in fields if name != "category"]
    autocomplete_fields = ["category"]
    inlines = [TierInline, PictureInline, DocumentInline, RevisionInline]
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members post."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reject or suspend instead; threads refer to it."""
        return False

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """A removed picture's or document's files go with its row."""
        super().save_formset(request, form, formset, change)
        if formset.model is LeadPicture:
            forget_files(formset.deleted_objects)
        if formset.model is LeadDocument:
            forget_documents(formset.deleted_objects)

    def save_model(self, request: HttpRequest, obj: Lead, form: forms.ModelForm, change: bool) -> None:
        """The category is all that staff can change."""
        if "category" in form.changed_data and obj.category:
            refile_lead(lead=obj, category=obj.category, now=timezone.now())

    def get_urls(self) -> list[Any]:
        """Documents have an address here: those of a lead that is not public are open to no staff elsewhere."""
        address = path(
            "documents/<uuid:pk>/", self.admin_site.admin_view(self.document_view), name="offerboard_lead_document"
        )
        return [address, *super().get_urls()]

    def document_view(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        """One document, for staff who may see documents."""
        if not request.user.has_perm("offerboard.view_leaddocument"):
            raise PermissionDenied
        document = get_object_or_404(LeadDocument, pk=pk)
        try:
            return sent_safely(document)
        except FileNotFoundError as error:
            raise Http404 from error


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
