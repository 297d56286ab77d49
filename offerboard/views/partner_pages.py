"""Pages of leads that partners link to, and the same leads as feeds.

They are the market's own pages under the market's own policies: nothing is loaded from a partner and nothing is told
to it, and they are linked, never framed (frame-ancestors 'none', as everywhere).
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from offerboard.forms.board import BoardForm
from offerboard.selectors.partner_page import NoPartnerPage, partner_board, partner_feed
from offerboard.views.feeds import feed_answer


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A partner's categories by words and kind; whatever else the address asks is passed over."""
    form = BoardForm(request.GET)
    asked, after = form.filters(), request.GET.get("after", "")
    try:
        board = partner_board(slug, words=asked.words, kind=asked.kind, after=after, now=timezone.now())
    except NoPartnerPage as error:
        raise Http404 from error
    return render(request, "offerboard/partner_page.html", {"page": board, "form": form})


@require_safe
@conditional_page
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest leads of the page."""
    now = timezone.now()
    try:
        leads = partner_feed(slug, now=now)
    except NoPartnerPage as error:
        raise Http404 from error
    return feed_answer(leads, now=now)
