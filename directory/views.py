"""The directory's pages: who is here, and in what they trade."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from directory.forms import read_company_search, read_hs_words
from directory.models import Company
from directory.registry import Audience
from directory.selectors.categories import category_page, category_tree
from directory.selectors.companies import companies_page
from directory.selectors.company import company_page
from directory.selectors.hs import hs_page, hs_suggestions


@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """Search and filters; htmx swaps the results with their filters, others load the page."""
    page = companies_page(read_company_search(request.GET), now=timezone.now())
    swapped = request.htmx.target == "results" and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "directory/companies.html#swapped" if swapped else "directory/companies.html"
    response = render(request, template, {"page": page})
    if swapped:
        response["HX-Push-Url"] = page.search.url
    patch_vary_headers(response, ["HX-Request", "HX-Target"])  # one address, two answers
    return response


@require_safe
def company(request: HttpRequest, slug: str) -> HttpResponse:
    """A listed company for everyone; its own team sees it in any state."""
    found = get_object_or_404(Company, slug=slug)
    ours = request.user.is_authenticated and found.team.filter(member_id=request.user.pk).exists()
    if found.state != Company.State.LISTED and not ours:
        raise Http404
    audience = Audience.TEAM if ours else Audience.OTHERS
    page = company_page(found, audience=audience, now=timezone.now(), member_id=request.user.pk)
    return render(request, "directory/company.html", {"page": page})


@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    """The whole tree."""
    return render(request, "directory/categories.html", {"tree": category_tree(now=timezone.now())})


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """One category: what is inside, its HS codes, its newest leads and companies."""
    page = category_page(slug, now=timezone.now())
    if page is None:
        raise Http404
    return render(request, "directory/category.html", {"page": page})


@require_safe
def hs_codes(request: HttpRequest) -> HttpResponse:
    """The Harmonized System: its chapters, what is inside a code, what words find."""
    return render(request, "directory/hs.html", {"page": hs_page(read_hs_words(request.GET.get("q", "")))})


@require_safe
def hs_suggest(request: HttpRequest) -> HttpResponse:
    """Codes for what is being typed into a form's field `hs_code`; htmx puts them below it."""
    typed = read_hs_words(request.GET.get("hs_code", ""))
    return render(request, "directory/hs_suggestions.html", {"found": hs_suggestions(typed), "typed": typed})
