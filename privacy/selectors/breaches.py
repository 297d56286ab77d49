"""Whom a breach concerns, found from the data map; and what they are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.text import capfirst

from privacy import datamap
from privacy.datamap import Table
from privacy.models import Breach, BreachNotice
from privacy.selectors.corrections import what_of

TO_COME = {
    "due_at",
    "ends_at",
    "expires_at",
    "expire_date",
    "not_before",
}  # times that do not say when a row was written


@dataclass(frozen=True, slots=True)
class Affected:
    """The people in the rows, each once, as queries that have not run."""

    members: "models.QuerySet[Any]"
    addresses: "models.QuerySet[Any] | None"  # of people without an account, in lower case; None where no table has any

    def count(self) -> int:
        """How many people. Two queries."""
        return self.members.count() + (self.addresses.count() if self.addresses is not None else 0)


def affected_people(breach: Breach) -> Affected:
    """Everybody whom rows of the breach's tables are about, in any way, as far as they were written in its window.

    A time that is not known counts as in the window. Accounts without an address were erased, and are left out.
    """
    ways = [(rows_in(table, breach), about) for table in _tables(breach) for about in table.abouts()]
    found = Q(pk__in=[])
    for rows, about in ways:
        for back in about.members:
            found |= Q(pk__in=back(rows))
    mailboxes = [back(rows) for rows, about in ways for back in about.mailboxes]
    confirmed = EmailAddress.objects.filter(verified=True).annotate(address=Lower("email"))
    for addresses in mailboxes:
        found |= Q(pk__in=confirmed.filter(address__in=addresses).values("user"))
    reachable = Exists(EmailAddress.objects.filter(user=OuterRef("pk")))
    members = get_user_model()._default_manager.filter(found, reachable)
    strangers = [rows.exclude(mailbox_found__in=confirmed.values("address")).order_by() for rows in mailboxes]
    return Affected(members, strangers[0].union(*strangers[1:]) if strangers else None)


def untold_people(breach: Breach) -> Affected:
    """Those whom the breach concerns and nobody has told yet."""
    everybody = affected_people(breach)
    told = BreachNotice.objects.filter(breach=breach)
    members = everybody.members.exclude(pk__in=told.filter(member__isnull=False).values("member"))
    if everybody.addresses is None:
        return Affected(members, None)
    return Affected(members, everybody.addresses.difference(told.exclude(email="").values("email")))


def rows_in(table: Table, breach: Breach) -> "models.QuerySet[Any]":
    """The table's rows, as far as they were written in the breach's window."""
    rows, column = table.model._default_manager.all(), written_at(table)
    if column and breach.rows_from:
        rows = rows.filter(**{f"{column}__gte": breach.rows_from})
    if column and breach.rows_until:
        rows = rows.filter(**{f"{column}__lte": breach.rows_until})
    return rows


def written_at(table: Table) -> str:
    """The column that says when a row was written: the first time that every row has; "" where there is none."""
    times = (field for field in table.model._meta.local_concrete_fields if isinstance(field, models.DateTimeField))
    return next((field.name for field in times if not field.null and field.name not in TO_COME), "")


def choices_of_tables() -> list[tuple[str, str]]:
    """What the map holds about people, in words, with the time by which rows are chosen."""
    found = []
    for table in datamap.tables_about_people():
        time = written_at(table)
        words = f"{table.model._meta.get_field(time).verbose_name}" if time else "–"  # type: ignore[union-attr]
        found.append((table.label, f"{capfirst(str(table.what))} ({words})"))
    return sorted(found, key=lambda choice: choice[1])


def unfindable(breach: Breach) -> list[str]:
    """Tables in words from whose rows nothing leads back to people, such as digests."""
    ways = ((table, about) for table in _tables(breach) for about in table.abouts())
    return list(dict.fromkeys(what_of(table.label) for table, about in ways if not (about.members or about.mailboxes)))


def notice_words(breach: Breach) -> Mapping[str, Any]:
    """What the mail says: GDPR art. 34(2). The people’s own names are added for each."""
    return {
        "title": breach.title,
        "happened": breach.happened,
        "began_at": breach.began_at,
        "discovered_at": breach.discovered_at,
        "data": [what_of(label) for label in breach.tables],
        "consequences": breach.consequences,
        "measures": breach.measures,
        "advice": breach.advice,
    }


def preview_words(breach: Breach) -> Mapping[str, Any]:
    """What a mail is made of, with a name that stands for all."""
    market = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "operator": settings.OPERATOR}
    return {**notice_words(breach), **market, "name": "…"}


def _tables(breach: Breach) -> list[Table]:
    return [table for table in datamap.tables_about_people() if table.label in breach.tables]
