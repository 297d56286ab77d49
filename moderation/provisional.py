"""Hiding at once what is reported as being about a child, until staff have looked.

Nothing is decided by that: the owner is told so in neutral words, staff see the report on top of their list, and undo
it in one press. What staff have found harmless is not hidden again by the next report for a while, and whoever
reports without end hides nothing more (the view asks the rate limit); such reports still come on top.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from mailings.services import queue_mail
from moderation.models import Decision, Report
from moderation.notices import people_of
from moderation.registry import Subject, moderatable
from privacy.models import Removal

Person = AbstractBaseUser | AnonymousUser
TRUSTED = timedelta(days=30)  # after staff have rejected such a report


@transaction.atomic
def hide_at_once(*, report: Report, subject: Subject, now: datetime) -> bool:
    """Hide it and tell its people, if its kind can be hidden and staff have not cleared it lately; whether it did."""
    known = moderatable(subject.kind)
    hide = known.actions.get(Decision.Action.SUSPEND) if known else None
    earlier = Report.objects.about(subject.kind, subject.key).about_children()
    cleared = earlier.filter(state=Report.State.REJECTED, closed_at__gt=now - TRUSTED)
    if hide is None or cleared.exists():
        return False
    if not hide(subject.key, "", now) and not take_over(subject.kind, subject.key):
        return False
    Report.objects.filter(pk=report.pk).update(hid_at=now)
    _tell(subject, template="hidden_for_now", now=now)
    return True


@transaction.atomic
def reject_reports(*, reports: Sequence[int], by: Person, now: datetime) -> int:
    """Nothing was wrong: close them, and show again what they had hidden; returns how many were open.

    Of a thing about which one report on a child is rejected, all such reports are.
    """
    chosen = Report.objects.filter(pk__in=reports, state=Report.State.OPEN)
    things = set(chosen.about_children().values_list("target_kind", "target_id"))
    rejected = sum(_clear(kind, key, by=by, now=now) for kind, key in sorted(things))
    return rejected + chosen.update(**_rejected(by, now))


def settle(*, kind: str, key: str, action: str, by: Person | None, now: datetime) -> None:
    """A decision was made about a thing: it is no longer hidden provisionally, but for good or not at all."""
    hiding = Report.objects.about(kind, key).hiding()
    if action == Decision.Action.RESTORE:
        hiding.update(**_rejected(by, now))
    elif action == Decision.Action.SUSPEND:
        hiding.update(state=Report.State.CLOSED, closed_at=now, closed_by_id=by.pk if by else None)


def take_over(kind: str, key: str) -> bool:
    """Whether a removal had hidden it; refusing the removal does not show it again from now on."""
    hidden = Removal.objects.filter(target_kind=kind, target_key=key, hidden_here=True)
    return bool(hidden.update(hidden_here=False))


def is_hidden_for_now(kind: str, key: str) -> bool:
    """Whether an open report hides it."""
    return Report.objects.about(kind, key).hiding().exists()


def _clear(kind: str, key: str, *, by: Person, now: datetime) -> int:
    """Reject all open reports on a child about one thing; of two of the staff one does."""
    open_ones = Report.objects.about(kind, key).about_children().filter(state=Report.State.OPEN)
    locked = list(open_ones.select_for_update().order_by("pk"))
    if any(report.hid_at for report in locked):
        _restore(kind, key, by=by, now=now)
    return Report.objects.filter(pk__in=[report.pk for report in locked]).update(**_rejected(by, now))


def _restore(kind: str, key: str, *, by: Person, now: datetime) -> None:
    known = moderatable(kind)
    show = known.actions.get(Decision.Action.RESTORE) if known else None
    subject = known.find(key, by.pk) if known else None
    if show is not None and show(key, "", now) and subject is not None:
        _tell(subject, template="shown_again", now=now)


def _rejected(by: Person | None, now: datetime) -> dict[str, object]:
    return {"state": Report.State.REJECTED, "closed_at": now, "closed_by_id": by.pk if by else None}


def _tell(subject: Subject, *, template: str, now: datetime) -> None:
    """Neither why nor who."""
    for person in people_of(subject):
        words = {"subject_title": subject.title, "path": subject.url}
        queue_mail(template=template, to=person.email, language=person.language, context=words, now=now)
