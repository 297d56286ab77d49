"""Members in admin: who they are to the market, not their passwords."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from directory.models import TeamMember
from moderation.staff import DecidedAdmin
from privacy.purposes import ACCOUNT
from privacy.staff import MemberRecordAdmin


class CompanyInline(admin.TabularInline):
    """The companies the person acts for."""

    model = TeamMember
    extra = 0
    fields = ["company", "role", "joined_at"]
    readonly_fields = ["company", "role", "joined_at"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Owners invite."""
        return False


@admin.register(Member)
class MemberAdmin(MemberRecordAdmin, DecidedAdmin):
    """Opening a record asks for a reason, which the person sees; so does suspending, which ends their sessions."""

    record_purpose = ACCOUNT
    decides = ("member", lambda member: str(member.pk))
    list_display = ["email", "full_name", "country", "state", "is_staff", "joined_at"]
    list_filter = ["state", "is_staff", "groups"]
    search_fields = ["email", "full_name"]
    date_hierarchy = "joined_at"
    fieldsets = [
        (None, {"fields": ["email", "full_name", "display_name", "country", "language", "state"]}),
        (_("Staff"), {"fields": ["is_staff", "groups"]}),
        (_("Dates"), {"fields": ["joined_at", "adult_declared_at"]}),
    ]
    readonly_fields = ["email", "state", "joined_at", "adult_declared_at"]
    filter_horizontal = ["groups"]
    inlines = [CompanyInline]
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Only an administrator makes staff: a moderator must not raise anybody, least of all themselves."""
        staff_fields = [] if request.user.has_perm("auth.change_group") else ["is_staff", "groups"]
        return [*self.readonly_fields, *staff_fields]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members join by signing up; the first administrator by `manage.py create_admin`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Erasure is a request with a procedure of its own."""
        return False
