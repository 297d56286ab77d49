"""How many a campaign would reach if it began now, by the language that they read."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Lower

from mailings.audiences import Filters, audience
from mailings.models import Campaign, Subscriber
from privacy.consents import Channel
from privacy.selectors.consents import keys_that_agree, may_contact


def count_readers(*, filters: Filters, kind: str, topic: str, at: datetime) -> Mapping[str, int] | None:
    """How many would get it now, by language, most of them first; None where PostgreSQL would take too long to say.

    An announcement reaches every member that fits; marketing those who say yes to its topic, and subscribers too where
    the filters ask for no company. Each mailbox counts once, a member's in the member's language. One query.
    """
    if kind == Campaign.Kind.ANNOUNCEMENT:
        topic = ""
    elif not topic:
        return {}
    found: Counter[str] = Counter()
    try:
        with transaction.atomic():
            for row in _by_language(filters, topic, at):
                found[row["language"]] += row["number"]
    except OperationalError:  # past the limit that every statement has
        return None
    return dict(found.most_common())


def _by_language(filters: Filters, topic: str, at: datetime) -> "QuerySet[Any, Any]":
    members = audience().members(filters, at)
    if topic:
        members = members.filter(pk__in=may_contact(purpose=topic, channel=Channel.EMAIL, at=at))
    if not topic or filters.ask_for_a_company:
        return _grouped(members)
    agreeing = keys_that_agree(purpose=topic, channel=Channel.EMAIL, at=at)
    subscribers = filters.of_language(Subscriber.objects.filter(key__in=agreeing))
    joined = members.order_by().alias(mailbox=Lower("email")).filter(mailbox=Lower(OuterRef("email")))
    found: QuerySet[Any, Any] = _grouped(members).union(_grouped(subscribers.filter(~Exists(joined))), all=True)
    return found


def _grouped(people: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    found: QuerySet[Any, Any] = people.order_by().values("language").annotate(number=Count("pk"))
    return found
