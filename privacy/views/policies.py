"""The policies: the version in force, the earlier ones, and what each changed."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from privacy.models import PolicyVersion
from privacy.selectors import policies as selectors
from privacy.selectors.policy_changes import policy_changes

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


@require_safe
def changes(request: HttpRequest, kind: str, number: str) -> HttpResponse:
    """What one version changed."""
    if not VERSION.fullmatch(number):
        raise Http404
    try:
        version, comparison = policy_changes(kind=kind, number=int(number), at=timezone.now())
    except PolicyVersion.DoesNotExist as error:
        raise Http404 from error
    return render(request, "privacy/policy_changes.html", {"version": version, "comparison": comparison})
