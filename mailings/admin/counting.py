"""How many readers the filters of a form find, before anything is saved."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.forms.campaigns import CountForm
from mailings.models import Campaign
from mailings.selectors.campaigns import count_readers


class CountPages(admin.ModelAdmin):
    """Asked by htmx after each change, and by a button."""

    def get_urls(self) -> list[URLPattern]:
        """One address for all campaigns: what is counted is sent along, and need not be saved."""
        count = path("count/", self.admin_site.admin_view(self.count), name="mailings_campaign_count")
        return [count, *super().get_urls()]

    def count(self, request: HttpRequest) -> HttpResponse:
        """For the filters that were sent; a page of its own where no script asked."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        readers = _count(CountForm(request.POST))
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(readers, content_type="text/plain")
        context = {"title": _("Readers"), "opts": self.opts, "readers": readers}
        shown = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, "admin/mailings/campaign/count.html", shown)


def words_for(readers: int | None) -> str:
    """The number in a sentence; None is more than can be counted while somebody waits."""
    if readers is None:
        return _("So many that counting them takes too long. They are counted when it begins.")
    if not readers:
        return _("Nobody would get it now.")
    said = ngettext("%(n)s person would get it now.", "%(n)s people would get it now.", readers)
    return said % {"n": number_format(readers, force_grouping=True)}


def _count(form: CountForm) -> str:
    if not form.is_valid():
        return _("Choose first what it is.")
    kind, topic = form.cleaned_data["kind"], form.cleaned_data["topic"]
    if kind == Campaign.Kind.MARKETING and not topic:
        return _("Choose a topic first: only those who said yes to it get it.")
    return words_for(count_readers(filters=form.filters(), kind=kind, topic=topic, at=timezone.now()))
