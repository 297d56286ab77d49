"""The content security policy: a browser loads scripts only from the folders that its reader's choice opens."""

from collections.abc import Iterator

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from privacy.consents import purposes
from privacy.cookies import reader_of

NECESSARY = ("js/", "django_htmx/")
OPTIONAL = "optional/"  # with a folder for each purpose
STAFF = "/admin/"  # Django's own pages bring scripts from folders of their own


class ContentPolicy(CSPMiddleware):
    """Names script folders by path. The host is the page's own: CSP level 3 knows no path after 'self'."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,
    ) -> PolicyParts:
        """What the settings say, and the folders and sources of what was granted."""
        parts = super().get_policy_parts(request, response, report_only)
        if report_only or request.path.startswith(STAFF):
            return parts
        granted = reader_of(request).granted
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie", "Sec-GPC"])
        parts.replace = {"script-src": list(_folders(request, granted))} | (parts.replace or {})
        update = dict(parts.update or {})
        for key in sorted(granted):
            for directive, sources in purposes()[key].sources.items():
                update[directive] = [*update.get(directive, ()), *sources]
        parts.update = update
        return parts


def _folders(request: HttpRequest, granted: frozenset[str]) -> Iterator[str]:
    for folder in (*NECESSARY, *(f"{OPTIONAL}{key}/" for key in sorted(granted))):
        yield f"{request.get_host()}{settings.STATIC_URL}{folder}"
