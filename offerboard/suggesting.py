"""Mails that suggest leads in the industries of a member's companies, once a week, to those who asked for them.

What a member was told of ends at a time, `told_until`: a lead that became public before it is never suggested again.
That time lies a little back: what is posted in a long transaction carries the time of its beginning, and is seen only
after its end.
"""

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation

from mailings.models import MailPreference
from mailings.services import queue_mail
from mailings.times import due_at, zone_of
from offerboard.notices import SUGGESTIONS
from offerboard.selectors.suggestions import suggested, suggestions
from privacy.languages import site_language

SETTLED = timedelta(minutes=10)  # longer than any batch of an import takes


def write_due_suggestions(*, now: datetime) -> int:
    """A mail to each member whose time has come and for whom there is something new; answers how many were written."""
    due = MailPreference.objects.filter(kind=SUGGESTIONS.key, due_at__lte=now).order_by("due_at", "pk")
    return sum(_write(pk, now=now) for pk in due.values_list("pk", flat=True))


@transaction.atomic(durable=True)
def _write(pk: int, *, now: datetime) -> bool:
    """The preference is locked: of two workers, one writes. Where nothing is new, the next week begins all the same."""
    preferences = MailPreference.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    preference = preferences.select_related("member").filter(pk=pk, due_at__lte=now).first()
    if preference is None or preference.told_until is None:
        return False
    member, since = preference.member, preference.told_until
    preference.due_at = due_at(preference.frequency, time_zone=member.time_zone, now=now)
    preference.told_until = until = max(since, now - SETTLED)
    preference.save(update_fields=["due_at", "told_until"])
    leads = suggested(member=member, since=since, until=until, now=now) if member.gets_news else []
    if not leads:
        return False
    with translation.override(site_language(member.language)), timezone.override(zone_of(member.time_zone)):
        context = {"reader_name": member.name, **asdict(suggestions(leads, member=member, now=now))}
        queue_mail(template=SUGGESTIONS.template, to=member.email, language=member.language, context=context, now=now)
    return True
