"""Leads as Atom feeds: what a reader would see on the board, for programs that look again and again.

An ETag tells them that nothing changed. There is no Last-Modified: a lead that is taken away leaves the others' times
as they were, and whoever asked by time would keep it.
"""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from directory.models import Category
from offerboard.atom import write_feed
from offerboard.forms.board import BoardForm
from offerboard.search import Filters
from offerboard.selectors.feeds import LeadFeed, lead_feed
from offerboard.selectors.tree import category_tree


@require_safe
@conditional_page
def feed(request: HttpRequest) -> HttpResponse:
    """The newest leads for any filters of the board. Nobody sees what a program asks, so nothing is passed over."""
    form, now = BoardForm(request.GET), timezone.now()
    filters, unknown = form.filters(), form.passed_over()
    if not unknown and category_tree().known(filters.categories) != filters.categories:
        unknown = ["category"]
    if unknown:
        told = f"There is no such feed. Not understood: {', '.join(unknown)}."
        return HttpResponse(told, status=404, content_type="text/plain; charset=utf-8")
    return feed_answer(lead_feed(filters, now=now), now=now)


@require_safe
@conditional_page
def category_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """A category's newest leads."""
    if not Category.objects.filter(slug=slug).exists():
        raise Http404
    now = timezone.now()
    return feed_answer(lead_feed(Filters(categories=(slug,)), now=now), now=now)


def feed_answer(feed: LeadFeed, *, now: datetime) -> HttpResponse:
    """The feed as Atom."""
    return HttpResponse(write_feed(feed, now=now), content_type="application/atom+xml; charset=utf-8")
