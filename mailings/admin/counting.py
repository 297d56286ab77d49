"""How many readers the filters of a form find, before anything is saved."""

from collections.abc import Callable, Mapping
from functools import partial

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailings.audiences import filters_of
from mailings.forms.campaigns import CountForm
from mailings.models import Campaign
from mailings.selectors.counting import count_readers
from mailings.writing.languages import language_name
from mailings.writing.texts import best_language


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


def readers_of(campaign: Campaign) -> Mapping[str, int] | None:
    """By language, as it is saved; None is more than can be counted while somebody waits."""
    filters, kind, topic = filters_of(campaign), campaign.kind, campaign.topic
    return count_readers(filters=filters, kind=kind, topic=topic, at=timezone.now())


def words_of_readers(campaign: Campaign, readers: Mapping[str, int] | None) -> str:
    """How many they are, and which of its texts they get."""
    written = set(campaign.texts.values_list("language", flat=True))
    return _words(readers, partial(best_language, written=written, own=campaign.default_language))


def _count(form: CountForm) -> str:
    if not form.is_valid():
        return _("Choose first what it is.")
    kind, topic = form.cleaned_data["kind"], form.cleaned_data["topic"]
    if kind == Campaign.Kind.MARKETING and not topic:
        return _("Choose a topic first: only those who said yes to it get it.")
    readers = count_readers(filters=form.filters(), kind=kind, topic=topic, at=timezone.now())
    return _words(readers, form.gets())


def _words(readers: Mapping[str, int] | None, gets: Callable[[str], str]) -> str:
    if readers is None:
        return _("So many that counting them takes too long. They are counted when it begins.")
    if not readers:
        return _("Nobody would get it now.")
    number = sum(readers.values())
    said = ngettext("%(n)s person would get it now.", "%(n)s people would get it now.", number) % {"n": _said(number)}
    return f"{said} {' · '.join(_of_language(code, some, gets(code)) for code, some in readers.items())}"


def _of_language(code: str, number: int, text: str) -> str:
    """Whoever reads a language that it is not written in gets another text."""
    readers = f"{language_name(code)} {_said(number)}"
    if not text or text == code:
        return readers
    said = ngettext("%(readers)s (gets the %(text)s text)", "%(readers)s (get the %(text)s text)", number)
    return said % {"readers": readers, "text": language_name(text)}


def _said(number: int) -> str:
    return str(number_format(number, force_grouping=True))
