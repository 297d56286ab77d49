"""What the pages about partners share."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class StepPages(admin.ModelAdmin):
    """Rows with pages of their own for what is done to them."""

    list_per_page = 50

    def step_page(self, request: HttpRequest, template: str, row: Any, **context: Any) -> HttpResponse:
        """A page about one row, in admin's frame. Admin lets no cache keep it."""
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "original": row, **context}
        return TemplateResponse(request, f"admin/partners/{template}", shown)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History: people were told of it."""
        return False
