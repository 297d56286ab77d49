"""Leads by rules: repeatable, lawful, and spread as leads of a real market are."""

import hashlib
from collections import Counter
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Window
from django.db.models.functions import Lag

from accounts.models import Member
from directory.models import Company, TeamMember, Verification
from directory.services import load_categories
from marketplace.seed.market import Size, seed_market
from marketplace.seed.people import DEMO_EMAILS
from marketplace.seed.scale.market import is_scaled, seed_scale
from marketplace.seed.scale.plan import short_code
from marketplace.seed.scale.words import Zipf, fairs, models, tail_words
from offerboard.models import BoardEntry, Lead
from offerboard.models.lead import NextRank
from privacy.masking import holds_contacts
from tests.factories import NOW

LEADS = 1_500


def seed(*, leads: int = LEADS, number: int = 7) -> None:
    load_categories()
    seed_scale(leads=leads, number=number, now=NOW, say=lambda _: None)


def digest() -> str:
    """Of every row of a lead, byte by byte, and of what belongs to it."""
    found = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in ("offerboard_lead", "directory_company", "directory_teammember", "directory_verification"):
            cursor.execute(f"SELECT ({table}.*)::text FROM {table} ORDER BY id")  # noqa: S608  # names of ours
            for (row,) in cursor.fetchall():
                found.update(row.encode())
    return found.hexdigest()


def empty_the_market() -> None:
    Lead.objects.all().delete()
    Company.objects.all().delete()
    Member.objects.all().delete()


def shape_of_the_table() -> list[Any]:
    """Indexes, keys and triggers of the leads and of the board."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes "
            "WHERE tablename IN ('offerboard_lead', 'offerboard_boardentry') UNION ALL "
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid IN ('offerboard_lead'::regclass, 'offerboard_boardentry'::regclass) UNION ALL "
            "SELECT tgname, tgenabled::text FROM pg_trigger "
            "WHERE tgrelid = 'offerboard_lead'::regclass AND NOT tgisinternal ORDER BY 1, 2"
        )
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_the_same_number_gives_the_same_rows_byte_by_byte() -> None:
    seed()
    first = digest()
    empty_the_market()

    seed()

    assert digest() == first
    assert Lead.objects.count() == LEADS


@pytest.mark.django_db
def test_another_number_gives_other_leads() -> None:
    seed()
    titles = set(Lead.objects.values_list("title", flat=True))
    empty_the_market()

    seed(number=8)

    assert len(titles & set(Lead.objects.values_list("title", flat=True))) < LEADS / 4


@pytest.mark.django_db
def test_a_second_run_of_the_command_changes_nothing(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT, settings.LOCAL_STATE, settings.DEMO = str(tmp_path / "media"), tmp_path, True
    call_command("seed", companies=2, leads=2_400, number=7, stdout=StringIO())
    before = digest()

    call_command("seed", companies=2, leads=3_000, number=8, stdout=(said := StringIO()))

    assert digest() == before
    assert Lead.objects.count() == 2_400
    assert said.getvalue() == "The market is filled already.\n"


@pytest.mark.django_db
def test_a_run_that_breaks_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    load_categories()
    table = shape_of_the_table()

    with pytest.raises(KeyboardInterrupt):
        seed_scale(leads=100, number=7, now=NOW, say=stop)

    assert (Lead.objects.count(), Company.objects.count(), is_scaled()) == (0, 0, False)
    assert shape_of_the_table() == table


@pytest.mark.django_db
def test_indexes_and_keys_are_back_afterwards() -> None:
    before = shape_of_the_table()

    seed(leads=100)

    assert shape_of_the_table() == before


@pytest.mark.django_db
def test_four_of_ten_leads_are_on_the_board_and_the_others_in_every_other_state() -> None:
    seed()

    assert 0.35 < Lead.objects.public(at=NOW).count() / LEADS < 0.45
    assert set(Lead.objects.values_list("state", flat=True)) == set(Lead.State.values)
    assert Lead.objects.expired(at=NOW).exists()
    assert set(Lead.objects.values_list("kind", flat=True)) == set(Lead.Kind.values)


@pytest.mark.django_db
def test_the_board_holds_every_public_lead_and_none_that_expired() -> None:
    seed()

    assert set(BoardEntry.objects.values_list("pk", "rank")) == set(
        Lead.objects.public(at=NOW).values_list("pk", "rank")
    )


@pytest.mark.django_db
def test_ranks_follow_the_times_of_posting_without_a_gap_between_old_and_new_leads() -> None:
    load_categories()
    seed_market(size=Size(companies=3, leads=20), seed=1, passwords=dict.fromkeys(DEMO_EMAILS, "a-pass-word"), now=NOW)
    seed()
    posted = Lead.objects.exclude(posted_at=None)

    before = Window(Lag("posted_at"), order_by="rank")
    steps = posted.annotate(before=before).values_list("before", "posted_at")
    assert [pair for pair in steps if pair[0] and pair[0] > pair[1]] == []
    assert posted.filter(rank=None).count() == 0
    assert Lead.objects.filter(posted_at=None).exclude(rank=None).count() == 0


@pytest.mark.django_db
def test_the_next_lead_stands_above_all() -> None:
    seed(leads=200)
    top = Lead.objects.exclude(rank=None).latest("rank")

    Lead.objects.filter(pk=Lead.objects.earliest("pk").pk).update(rank=NextRank())

    assert (Lead.objects.latest(F("rank").asc(nulls_first=True)).rank or 0) > (top.rank or 0)


@pytest.mark.django_db
def test_recent_leads_stand_denser() -> None:
    seed()
    days = Counter((NOW - at).days // 100 for at in Lead.objects.values_list("posted_at", flat=True) if at)

    assert days[0] > days[1] > days[2] > days[3] > 0
    assert max(at for at in Lead.objects.values_list("posted_at", flat=True) if at) <= NOW
    assert set(days) <= {0, 1, 2, 3, 4}


@pytest.mark.django_db
def test_a_few_companies_countries_and_languages_have_most() -> None:
    seed()
    by_company = list(Company.objects.annotate(n=Count("leads")).values_list("n", flat=True).order_by("-n"))
    by_country = Counter(Lead.objects.values_list("country", flat=True)).most_common()

    assert by_company[0] > 5 * by_company[len(by_company) // 2]
    assert by_country[0][1] > 5 * by_country[-1][1]
    assert {"en", "zh", "ar", "es"} <= set(Lead.objects.values_list("language", flat=True))


@pytest.mark.django_db
def test_there_are_verified_companies_and_some_whose_leads_are_held() -> None:
    seed()

    verified = Verification.objects.identity().current(at=NOW).values("company").distinct().count()
    assert 0.2 < verified / Company.objects.count() < 0.5
    assert Lead.objects.filter(holds__contains=["company"]).exists()
    assert not Lead.objects.public(at=NOW).exclude(company__state="listed").exists()
    assert not Lead.objects.filter(holds__contains=["company"], company__state="listed").exists()
    assert TeamMember.objects.values("company").distinct().count() == Company.objects.count()


@pytest.mark.django_db
def test_rows_would_pass_their_own_forms() -> None:
    seed(leads=300)
    rows = [*Lead.objects.all(), *Company.objects.all(), *Member.objects.all()]

    assert rows
    for row in rows:
        row.full_clean(exclude=["password"])
    assert [row.pk for row in rows if isinstance(row, Lead) and holds_contacts(row.title + row.description)] == []


@pytest.mark.django_db
def test_a_fair_is_named_by_the_leads_of_its_month_only() -> None:
    seed()
    words = fairs()[3]
    ages = [
        (NOW - at).days for at in Lead.objects.filter(description__contains=words).values_list("created_at", flat=True)
    ]

    assert ages
    assert min(ages) >= 88


def test_words_have_a_few_common_and_many_rare_ones() -> None:
    rng = Random(1)  # noqa: S311  # the same every time
    picked = Counter(tail_words().pick(rng) for _ in range(20_000))

    assert picked[tail_words().items[0]] > 1_000
    assert len([word for word, times in picked.items() if times == 1]) > 1_000
    assert len(set(tail_words().items)) == 30_000
    assert len(set(models().items)) == 50_000


def test_shares_add_up() -> None:
    words = Zipf("abc")

    assert sum(words.share(rank) for rank in range(3)) == pytest.approx(1)
    assert words.share(0) == pytest.approx(2 * words.share(1))


def test_short_codes_do_not_come_twice() -> None:
    assert len({short_code(place) for place in range(20_000)}) == 20_000
    assert (
        len({short_code(28**6 // 2 + place) for place in range(1_000)} | {short_code(place) for place in range(1_000)})
        == 2_000
    )
