"""The policies: the version in force, and the earlier ones."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.models import PolicyVersion
from privacy.selectors import policies as selectors

VERSION = re.compile(r"[0-9]{0,4}")


@require_safe
def policy(request: HttpRequest, kind: str) -> HttpResponse:
    """The policy in force, or the version that ?version= names."""
    asked = request.GET.get("version", "")
    if not VERSION.fullmatch(asked):
        raise Http404
    try:
        page = selectors.policy_page(kind=kind, number=int(asked) if asked else None, at=timezone.now())
    except PolicyVersion.DoesNotExist as error:
        raise Http404 from error
    return render(request, "privacy/policy.html", {"page": page})
