"""Decisions, as the people concerned are told of several in one mail: each with its reasons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mailings.notices import Gathering, Line, NoticeKind, Reader, register_notices
from moderation.models import Decision
from moderation.registry import Subject, moderatable


def people_of(subject: Subject) -> QuerySet[Any]:
    """The members who hear what becomes of it."""
    return get_user_model().objects.filter(pk__in=subject.people).order_by("pk")


def _words(decision: Decision) -> str:
    """What was done, as the subject of the decision's own mail has it."""
    said = {
        Decision.Action.APPROVE: _("Approved: %(what)s"),
        Decision.Action.REJECT: _("Not accepted: %(what)s"),
        Decision.Action.RESTORE: _("No longer suspended: %(what)s"),
        Decision.Action.SUSPEND: _("Suspended: %(what)s")
        if decision.decided_by_id is not None
        else _("Hidden for now: %(what)s"),
    }
    return said[Decision.Action(decision.action)] % {"what": decision.target_title}


def _lines(keys: Sequence[str], reader: Reader, _now: datetime) -> list[Line]:
    """A link only where the reader may still look."""
    return [
        Line(words=_words(decision), url=_url(decision, reader.pk), quote=decision.reason)
        for decision in Decision.objects.filter(pk__in=keys).order_by("decided_at", "pk")
    ]


def _url(decision: Decision, reader: Any) -> str:
    known = moderatable(decision.target_kind)
    subject = known.find(decision.target_id, reader) if known else None
    return urljoin(settings.SITE_URL, subject.url) if subject and subject.url else ""


def count_decisions(count: int) -> str:
    """3 decisions of our staff."""
    return ngettext("%(n)s decision of our staff", "%(n)s decisions of our staff", count) % {"n": count}


DECISION = NoticeKind(
    key="decision",
    template="decision",
    title=gettext_lazy("Decisions of our staff"),
    hint=gettext_lazy("Something of yours is suspended, or no longer. The mail says why."),
    is_owed=True,  # Regulation (EU) 2022/2065, art. 17
    gathering=Gathering(
        count_decisions,
        _lines,
        note=gettext_lazy("If you think that something of this is a mistake, write to us:"),
        note_page="moderation:contact",
    ),
)


def register() -> None:
    """Make it known to those who choose how often they are told."""
    register_notices(DECISION)
