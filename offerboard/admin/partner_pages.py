"""The pages of leads that partners link to, in admin beside the partners; here, since they are made of leads."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offerboard.forms.partner_page import PartnerPageForm
from offerboard.selectors.addresses import partner_address
from partners.models import PartnerPage
from partners.services.pages import keep_page


@admin.register(PartnerPage)
class PartnerPageAdmin(admin.ModelAdmin):
    """A page ends with the contract, or is switched off; it is not deleted, so that it can come back."""

    form = PartnerPageForm
    list_display = ["title", "partner", "is_on", "until"]
    list_filter = ["is_on"]
    list_select_related = ["partner__receiver"]
    search_fields = ["title", "partner__slug", "partner__receiver__name"]
    ordering = ["partner__slug"]
    list_per_page = 50
    fieldsets = [
        (None, {"fields": ["partner", "is_on"]}),
        (_("What is shown"), {"fields": ["categories", "kind", "countries"]}),
        (_("How it is introduced"), {"fields": ["title", "intro", "logo", "privacy_url"]}),
    ]

    @admin.display(description=_("contract until"), ordering="partner__receiver__until")
    def until(self, page: PartnerPage) -> Any:
        """The last day on which it is shown, as the register of receivers says."""
        return page.partner.receiver.until

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Another partner is another page, at another address."""
        return ["partner"] if obj else []

    def save_model(self, request: HttpRequest, obj: PartnerPage, form: Any, change: bool) -> None:
        """Through the service, which looks after the logo's file."""
        keep_page(page=obj)

    def view_on_site(self, obj: PartnerPage) -> str:
        """Where the partner links to."""
        return partner_address(obj.partner.slug)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Switch it off instead."""
        return False
