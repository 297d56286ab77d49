"""Members and staff at work, all at once, and slow to commit."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from directory.models import Category, Company
from offerboard.models import Lead, PriceTier
from offerboard.models.lead import NextRank

SLOWEST = 0.3  # seconds between a change and its commit


def post(company: Company, category: Category) -> Lead:
    """A lead that is public at once."""
    now = timezone.now()
    lead = Lead.objects.create(
        company=company,
        category=category,
        category_path=category.path,
        slug=f"lead-{uuid4().hex}",
        kind=Lead.Kind.SELL_OFFER,
        title="Robusta",
        description="Washed",
        quantity=10,
        unit="TNE",
        price=4000,
        currency="USD",
        origin="VN",
        country="VN",
        state=Lead.State.PUBLISHED,
        created_at=now,
        updated_at=now,
        posted_at=now,
        expires_at=now + timedelta(days=30),
        rank=NextRank(),
    )
    PriceTier.objects.create(lead=lead, place=1, min_quantity=10, price=4000)
    return lead


class Writer(threading.Thread):
    """Posts, changes, takes down, brings back and deletes leads; each in a transaction that takes its time."""

    def __init__(self, seed: int, *, until: float, at_least: int) -> None:
        """Until that moment, and on until so many commits: a busy machine needs longer for them."""
        super().__init__()
        self.until, self.at_least = until, at_least
        self.chance = random.Random(seed)  # noqa: S311 - so that a run can be repeated
        self.commits, self.failure = 0, ""

    def run(self) -> None:
        """Work until the time is over and enough is done."""
        try:
            while time.monotonic() < self.until or self.commits < self.at_least:
                with transaction.atomic():
                    self._change()
                    time.sleep(self.chance.uniform(0, SLOWEST))
                self.commits += 1
        except Exception as error:  # noqa: BLE001 - a thread's end is told by who waits for it
            self.failure = repr(error)
        finally:
            connection.close()

    def _change(self) -> None:
        company, category = Company.objects.first(), Category.objects.leaves().first()
        assert company is not None
        assert category is not None
        lead = self._some_lead()
        if lead is None or self.chance.random() < 0.4:
            post(company, category)
            return
        mine = Lead.objects.filter(pk=lead.pk)
        now = timezone.now()
        match self.chance.randrange(5):
            case 0:
                mine.update(title=f"Robusta {self.chance.random()}", updated_at=now)
            case 1:
                mine.update(state=Lead.State.PAUSED, updated_at=now)
            case 2:
                mine.update(state=Lead.State.PUBLISHED, updated_at=now)
            case 3:
                PriceTier.objects.filter(lead=lead).update(price=self.chance.randrange(1, 5000))
            case _:
                lead.delete()

    def _some_lead(self) -> Lead | None:
        """One that nobody else is changing, so that writers do not wait for one another."""
        free = Lead.objects.select_for_update(skip_locked=True, of=("self",)).order_by("?")
        return free.first()


@contextmanager
def long_transaction() -> Iterator[None]:
    """Something that was begun before everything else and is not committed before all is over."""

    def begin() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")

    with transaction.atomic():
        Company.objects.update(updated_at=timezone.now())
        transaction.set_rollback(True)
    with held_open(begin):
        yield


@contextmanager
def late_post(company: Company, category: Category) -> Iterator[None]:
    """A lead that is posted before everything that happens meanwhile, and committed after it."""
    with held_open(lambda: post(company, category)):
        yield


@contextmanager
def held_open(begin: Callable[[], object]) -> Iterator[None]:
    """A transaction of somebody else's that has begun like this, and is committed in the end."""
    began, over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                begin()
                began.set()
                over.wait()
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert began.wait(120)
        yield
    finally:
        over.set()
        thread.join()
