"""Searches that send mails, and what has come of them, for tests."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Member
from mailings.models import Delivery
from offerboard import alerting
from offerboard.models import Lead, SavedSearch
from offerboard.search import Filters
from offerboard.services import lead_states
from offerboard.services.watching import save_search
from tests.factories import NOW, LeadFactory, MemberFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)  # the Monday after NOW


def asks(member: Member | None = None, *, frequency: str = "instant", name: str = "x", **filters: Any) -> SavedSearch:
    """A search that sends mails, of somebody new unless a member is given."""
    saved, _new = save_search(
        member=member or MemberFactory(), filters=Filters(**filters), name=name, now=NOW, frequency=frequency
    )
    return saved


def publish(*, now: datetime = NOW, **values: Any) -> Lead:
    """A lead that becomes public at this moment."""
    lead = LeadFactory(state="draft", **values)
    lead_states.publish_lead(lead=lead, now=now)
    return lead


def work(now: datetime = NOW) -> None:
    """What a worker does when it is woken."""
    alerting.tell_of_new_leads(now=now)


def told() -> list[tuple[str, str]]:
    """Receiver and subject of each mail about new leads, the first one first."""
    mails = Delivery.objects.filter(template="new_leads").order_by("queued_at", "to")
    return list(mails.values_list("to", "subject"))


def links(text: str, name: str) -> list[str]:
    """The paths of the links of a mail that lead to such a page."""
    return re.findall(rf"https?://[^/\s]+(/mails/{name}/\S+)", text)


def the_mail() -> Delivery:
    return Delivery.objects.get(template="new_leads")


def mailed() -> tuple[SavedSearch, SavedSearch, str]:
    """Two searches of a member, of which one has sent a mail, and its text."""
    saved = asks(words="coffee", name="Coffee")
    other = asks(saved.member, words="tea", frequency="daily")
    publish(title="Coffee")
    work()
    return saved, other, the_mail().text


def frequencies() -> list[str]:
    return sorted(SavedSearch.objects.values_list("frequency", flat=True))
