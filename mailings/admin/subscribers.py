"""People without an account who get marketing mail, or were asked whether they want it. No address is shown.

Who writes or calls says their address, which is found when it is typed whole. There is no record to open: what else is
known of a subscriber, the ledger of consent knows under a key.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from mailings.admin.opting_out import OptOutPages
from mailings.admin.reading import ReadOnly
from mailings.models import Subscriber, SubscriptionWish
from mailings.topics import topics
from privacy.addresses import of_mailbox


class MailboxList(ReadOnly):
    """Rows found by a whole address and by nothing else."""

    list_display_links = None
    search_fields = ["email"]
    change_list_template = "admin/mailings/subscriber/change_list.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list, and no page of one person."""
        return obj is None and super().has_view_permission(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """In any case of its letters."""
        if search_term:
            queryset = queryset.filter(of_mailbox(search_term.strip()))
        return queryset, False

    @admin.display(description=_("mailbox"))
    def mailbox(self, row: Any) -> str:
        """Enough to know it again."""
        name, _at, domain = row.email.partition("@")
        return f"{name[:1]}…@{domain}"


@admin.register(Subscriber)
class SubscriberAdmin(MailboxList, OptOutPages):
    """The newest first."""

    list_display = ["mailbox", "language", "confirmed_at", "stopped_at"]
    list_filter = ["language"]
    ordering = ["-confirmed_at", "pk"]


@admin.register(SubscriptionWish)
class SubscriptionWishAdmin(MailboxList):
    """Forgotten after thirty days."""

    list_display = ["mailbox", "wanted", "language", "asked_at"]
    ordering = ["-asked_at", "pk"]

    @admin.display(description=_("topics"))
    def wanted(self, wish: SubscriptionWish) -> str:
        """Titles; a topic that nobody is asked about any more is left out."""
        return ", ".join(str(topics()[one].title) for one in wish.topics if one in topics())
